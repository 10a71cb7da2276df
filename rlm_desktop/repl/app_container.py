"""AppContainer and job object, the confinement on Windows, through ctypes. Experimental: written without Windows.

The container has no capabilities: no network, no loopback, no files but those whose access list names it. The job
ends with its last handle, allows one process and limits its memory. Needs no administrator.
"""

from __future__ import annotations

import ctypes
import subprocess
import sys
from collections.abc import Mapping, Sequence
from ctypes import POINTER, Structure, byref, c_size_t, c_uint16, c_uint32, c_uint64, c_void_p, c_wchar_p, sizeof
from typing import Any

_NAME = "rlm-desktop.repl.worker"
_ALREADY_EXISTS = 0x800700B7 - (1 << 32)
_NO_WINDOW = 0x08000000
_CREATION_FLAGS = 0x4 | 0x8 | 0x400 | 0x80000  # suspended, detached, Unicode environment, extended start-up data
_HANDLE_LIST, _SECURITY_CAPABILITIES, _CHILD_POLICY = 0x20002, 0x20009, 0x2000E
_JOB_BASIC_UI, _JOB_EXTENDED = 4, 9
_LIMIT_PROCESSES, _LIMIT_MEMORY, _LIMIT_DIE, _LIMIT_END_WITH_JOB = 0x8, 0x100, 0x400, 0x2000
_UI_ALL = 0xFF
_DACL = 4
_INFINITE = 0xFFFFFFFF


class _SidAndCapabilities(Structure):
    _fields_ = [("sid", c_void_p), ("capabilities", c_void_p), ("count", c_uint32), ("reserved", c_uint32)]


class _StartupInfo(Structure):
    _fields_ = [
        ("cb", c_uint32),
        ("reserved", c_wchar_p),
        ("desktop", c_wchar_p),
        ("title", c_wchar_p),
        ("geometry", c_uint32 * 8),
        ("show_window", c_uint16),
        ("reserved_size", c_uint16),
        ("reserved_data", c_void_p),
        ("handles", c_void_p * 3),
        ("attributes", c_void_p),
    ]


class _ProcessInformation(Structure):
    _fields_ = [("process", c_void_p), ("thread", c_void_p), ("pid", c_uint32), ("tid", c_uint32)]


class _ExtendedLimits(Structure):
    _fields_ = [
        ("process_time", c_uint64),
        ("job_time", c_uint64),
        ("flags", c_uint32),
        ("minimum_working_set", c_size_t),
        ("maximum_working_set", c_size_t),
        ("active_processes", c_uint32),
        ("affinity", c_size_t),
        ("priority", c_uint32),
        ("scheduling", c_uint32),
        ("io", c_uint64 * 6),
        ("process_memory", c_size_t),
        ("job_memory", c_size_t),
        ("peak_process_memory", c_size_t),
        ("peak_job_memory", c_size_t),
    ]


def _library(name: str) -> Any:
    if sys.platform != "win32":
        raise OSError("AppContainer is a part of Windows")
    return ctypes.WinDLL(name, use_last_error=True)


def _last_error(what: str) -> OSError:
    number = ctypes.get_last_error() if sys.platform == "win32" else 0
    return OSError(number, f"{what} failed with Windows error {number}")


class Container:
    """The container of all workers of this person; made once, found again later.

    Attributes:
        sid: Its identity, as text.
    """

    def __init__(self) -> None:
        """Make or find it.

        Raises:
            OSError: Windows refused.
        """
        self._kernel = _library("kernel32")
        self._advapi = _library("advapi32")
        self._user = _library("user32")
        userenv = _library("userenv")
        self._sid = c_void_p()
        result = userenv.CreateAppContainerProfile(_NAME, _NAME, "REPL workers", None, 0, byref(self._sid))
        if result == _ALREADY_EXISTS:
            result = userenv.DeriveAppContainerSidFromAppContainerName(_NAME, byref(self._sid))
        if result:
            raise OSError(result, f"the AppContainer could not be made (error {result & _INFINITE:#x})")
        text = c_wchar_p()
        if not self._advapi.ConvertSidToStringSidW(self._sid, byref(text)):
            raise _last_error("ConvertSidToStringSid")
        self.sid = text.value or ""
        for name in ("OpenProcess", "CreateJobObjectW", "GetCurrentProcess"):
            getattr(self._kernel, name).restype = c_void_p
        for name in ("GetProcessWindowStation", "GetThreadDesktop"):
            getattr(self._user, name).restype = c_void_p

    def allow(self, folder: str, rights: str) -> None:
        """Let it use a folder and all below: `rights` as icacls has them, RX or M.

        Raises:
            OSError: The access list could not be changed.
        """
        command = ["icacls", folder, "/grant", f"*{self.sid}:(OI)(CI){rights}", "/Q"]
        done = subprocess.run(command, capture_output=True, check=False, creationflags=_NO_WINDOW)
        if done.returncode:
            raise OSError(done.returncode, f"{folder} could not be opened to the workers")

    def allow_desktop(self) -> None:
        """Let it use this window station and desktop, without which Windows cannot start a process in it."""
        station = self._user.GetProcessWindowStation()
        desktop = self._user.GetThreadDesktop(self._kernel.GetCurrentThreadId())
        for handle in (station, desktop):
            self._add_to_access_list(c_void_p(handle))

    def _add_to_access_list(self, handle: c_void_p) -> None:
        information, size = c_uint32(_DACL), c_uint32()
        self._user.GetUserObjectSecurity(handle, byref(information), None, 0, byref(size))
        descriptor = ctypes.create_string_buffer(size.value)
        if not self._user.GetUserObjectSecurity(handle, byref(information), descriptor, size, byref(size)):
            raise _last_error("GetUserObjectSecurity")
        text = c_wchar_p()
        convert = self._advapi.ConvertSecurityDescriptorToStringSecurityDescriptorW
        if not convert(descriptor, 1, _DACL, byref(text), None):
            raise _last_error("ConvertSecurityDescriptor")
        rule = f"(A;;GA;;;{self.sid})"
        if rule in (text.value or ""):
            return
        changed = c_void_p()
        convert_back = self._advapi.ConvertStringSecurityDescriptorToSecurityDescriptorW
        if not convert_back(f"{text.value}{rule}", 1, byref(changed), None):
            raise _last_error("ConvertStringSecurityDescriptor")
        if not self._user.SetUserObjectSecurity(handle, byref(information), changed):
            raise _last_error("SetUserObjectSecurity")

    def start(
        self, command: Sequence[str], environment: Mapping[str, str], inherited: Sequence[int], memory_mb: int
    ) -> ContainedProcess:
        """Start a program in the container and in a job of its own; it never runs a moment outside of either.

        Raises:
            OSError: Windows refused.
        """
        job = self._new_job(memory_mb)
        handles = (c_void_p * len(inherited))(*inherited)
        capabilities = _SidAndCapabilities(sid=self._sid)
        no_children = c_uint32(1)
        attributes = self._attributes(
            (_SECURITY_CAPABILITIES, byref(capabilities), sizeof(capabilities)),
            (_HANDLE_LIST, handles, sizeof(handles)),
            (_CHILD_POLICY, byref(no_children), sizeof(no_children)),
        )
        startup = _StartupInfo(cb=sizeof(_StartupInfo), attributes=ctypes.cast(attributes, c_void_p))
        started = _ProcessInformation()
        block = "".join(f"{name}={value}\0" for name, value in sorted(environment.items())) + "\0"
        created = self._kernel.CreateProcessW(
            command[0],
            ctypes.create_unicode_buffer(subprocess.list2cmdline(command)),
            None,
            None,
            True,
            _CREATION_FLAGS,
            ctypes.create_unicode_buffer(block),
            None,
            byref(startup),
            byref(started),
        )
        if not created:
            error = _last_error("CreateProcess")
            self._kernel.CloseHandle(job)
            raise error
        process = ContainedProcess(self._kernel, started, job)
        if not self._kernel.AssignProcessToJobObject(job, c_void_p(started.process)):
            error = _last_error("AssignProcessToJobObject")
            self._kernel.TerminateProcess(c_void_p(started.process), 1)
            raise error
        self._kernel.ResumeThread(c_void_p(started.thread))
        return process

    def _new_job(self, memory_mb: int) -> c_void_p:
        job = c_void_p(self._kernel.CreateJobObjectW(None, None))
        limits = _ExtendedLimits(
            flags=_LIMIT_PROCESSES | _LIMIT_MEMORY | _LIMIT_DIE | _LIMIT_END_WITH_JOB,
            active_processes=1,
            process_memory=memory_mb << 20,
        )
        screen = c_uint32(_UI_ALL)
        set_information = self._kernel.SetInformationJobObject
        if not set_information(job, _JOB_EXTENDED, byref(limits), sizeof(limits)):
            raise _last_error("SetInformationJobObject")
        if not set_information(job, _JOB_BASIC_UI, byref(screen), sizeof(screen)):
            raise _last_error("SetInformationJobObject")
        return job

    def _attributes(self, *entries: tuple[int, Any, int]) -> Any:
        size = c_size_t()
        self._kernel.InitializeProcThreadAttributeList(None, len(entries), 0, byref(size))
        attributes = ctypes.create_string_buffer(size.value)
        if not self._kernel.InitializeProcThreadAttributeList(attributes, len(entries), 0, byref(size)):
            raise _last_error("InitializeProcThreadAttributeList")
        update = self._kernel.UpdateProcThreadAttribute
        update.argtypes = [c_void_p, c_uint32, c_size_t, c_void_p, c_size_t, c_void_p, POINTER(c_size_t)]
        for attribute, value, length in entries:
            pointer = ctypes.cast(value, c_void_p)
            if not update(ctypes.cast(attributes, c_void_p), 0, attribute, pointer, length, None, None):
                raise _last_error("UpdateProcThreadAttribute")
        return attributes


class ContainedProcess:
    """A running process and its job."""

    def __init__(self, kernel: Any, started: _ProcessInformation, job: c_void_p) -> None:
        self.pid: int = started.pid
        self._kernel = kernel
        self._process = c_void_p(started.process)
        self._thread = c_void_p(started.thread)
        self._job = job

    def wait(self) -> int:
        """Wait for its end; its exit code."""
        code = c_uint32()
        self._kernel.WaitForSingleObject(self._process, _INFINITE)
        self._kernel.GetExitCodeProcess(self._process, byref(code))
        return code.value

    def kill(self) -> None:
        """End it at once."""
        self._kernel.TerminateJobObject(self._job, 1)

    def close(self) -> None:
        """Free its handles; the job ends with them."""
        for handle in (self._thread, self._process, self._job):
            self._kernel.CloseHandle(handle)
