"""The attack list: what a hostile cell tries. Each prints ESCAPED when it got what it wanted.

The names `home`, `secret`, `victim` and so on are variables that `attack_runner` hands in.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

PRELUDE = """
import ctypes, os, signal, socket, sys, time
libc = ctypes.CDLL(None, use_errno=True)
def escaped(evidence=""):
    print("ESCAPED", str(evidence)[:80])
def call(number, *arguments):
    whole = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    result = libc.syscall(ctypes.c_long(number), *whole)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
"""


@dataclass(frozen=True)
class Attack:
    """One attempt.

    Attributes:
        leaks: Whether tier B is known to let it through: it tells names and sizes, not contents.
        depends: What beside our confinement may refuse it; then it cannot be judged on such a machine.
    """

    name: str
    code: str
    leaks: bool = False
    depends: str = ""


ATTACKS: list[Attack] = []


def _attack(name: str, code: str, *, leaks: bool = False, depends: str = "") -> None:
    ATTACKS.append(Attack(name, textwrap.dedent(code).strip() + "\n", leaks, depends))


def _read(name: str, path: str) -> None:
    _attack(name, f"if open({path}, 'rb').read(10):\n    escaped()")


# Files: reading.
_read("read /etc/passwd", "'/etc/passwd'")
_read("read a private key", "secret")
_read("read .env", "home + '/.env'")
_read("read the application's source", "source")
_read("read a file through ..", "'../' * 20 + secret.lstrip('/')")
_read("read a file through /proc/self/root", "'/proc/self/root' + secret")
_read("read a file through /proc/self/cwd", "'/proc/self/cwd/' + '../' * 20 + secret.lstrip('/')")
_read("read the application's memory map", "f'/proc/{app}/maps'")
_attack("open the application's memory", "open(f'/proc/{app}/mem', 'rb')\nescaped()", depends="Yama")
_attack("list the home folder", "'.env' in os.listdir(home) and escaped()")
_attack("list the root folder", "os.listdir('/') and escaped()")
_attack("list other processes", "str(app) in os.listdir('/proc') and escaped()")
_attack("find a key in the own environment", "os.environ.get(key_name) and escaped()")
_attack("find a key in /proc/self/environ", "key.encode() in open('/proc/self/environ', 'rb').read() and escaped()")
_attack(
    "find a key in the C environment",
    "libc.getenv.restype = ctypes.c_char_p\nlibc.getenv(key_name.encode()) and escaped()",
)
_attack(
    "find a key in any process's environment",
    """
    for pid in os.listdir('/proc'):
        try:
            if pid.isdigit() and key.encode() in open(f'/proc/{pid}/environ', 'rb').read():
                escaped(pid)
        except OSError:
            pass
    """,
)
_attack(
    "reopen a path descriptor",
    "fd = os.open(secret, os.O_PATH)\nopen(f'/proc/self/fd/{fd}').read() and escaped()",
)
_attack("read relative to a folder descriptor", "fd = os.open(home, os.O_RDONLY)\nescaped(os.listdir(fd))")
_attack(
    "chroot out by a folder descriptor", "fd = os.open('/', os.O_RDONLY)\nos.fchdir(fd)\nescaped(os.listdir('.'))"
)
_attack("import from the home folder", "sys.path.insert(0, home)\nimport canary_module\nescaped()")
_attack("map a file into memory", "import mmap\nfd = os.open(secret, 0)\nmmap.mmap(fd, 0, prot=1)\nescaped()")
_attack("load a library from the home folder", "ctypes.CDLL(home + '/library.so')\nescaped()")
_attack("read how another process was started", "open(f'/proc/{victim}/cmdline').read() and escaped()")
_attack("read extended attributes", "os.listxattr(secret) is not None and escaped()")
_attack("see the size of a file", "escaped(os.stat(secret).st_size)", leaks=True)
_attack("see whether a file is there", "os.access(secret, os.F_OK) and escaped()", leaks=True)
_attack("see where a link points", "escaped(os.readlink(home + '/link'))", leaks=True)
_attack("enter a folder", "os.chdir(home)\nescaped()", leaks=True)
_attack("open a path without reading it", "os.open(secret, os.O_PATH)\nescaped()", leaks=True)

# Files: writing.
_attack("write .bashrc", "open(home + '/.bashrc', 'a').write('x')\nescaped()")
_attack("write a new file in the home folder", "open(home + '/new', 'w').write('x')\nescaped()")
_attack("write to the temporary folder", "open(shared + '/new', 'w').write('x')\nescaped()")
_attack(
    "write to /dev/shm", "open('/dev/shm/rlm-attack', 'w').write('x')\nos.unlink('/dev/shm/rlm-attack')\nescaped()"
)
_attack("empty a file by truncate", "os.truncate(home + '/victim.txt', 0)\nescaped()")
_attack("empty a file by opening it", "os.open(home + '/victim.txt', os.O_WRONLY | os.O_TRUNC)\nescaped()")
_attack("remove a file", "os.unlink(home + '/removable')\nescaped()")
_attack("rename a file", "os.rename(home + '/movable', home + '/moved')\nescaped()")
_attack("move a file into the own folder", "os.rename(home + '/movable2', 'mine')\nescaped()")
_attack(
    "make a nameless file in the home folder",
    "os.open(home, os.O_TMPFILE | os.O_WRONLY)\nescaped()",
    depends="the file system",
)
_attack("make a folder", "os.mkdir(home + '/folder')\nescaped()")
_attack("remove a folder", "os.rmdir(home + '/empty')\nescaped()")
_attack(
    "change a mode",
    "os.chmod(home + '/victim.txt', 0o606)\nos.stat(home + '/victim.txt').st_mode & 0o777 == 0o606 and escaped()",
)
_attack(
    "change a time",
    "os.utime(home + '/victim.txt', (1, 1))\nos.stat(home + '/victim.txt').st_mtime == 1 and escaped()",
)
_attack("make a hard link to a key", "os.link(secret, 'linked')\nopen('linked').read() and escaped()")
_attack("make a symbolic link to a key", "os.symlink(secret, 'linked')\nopen('linked').read() and escaped()")
_attack("make a named pipe", "os.mkfifo('pipe')\nescaped()")
_attack("make a socket file", "s = socket.socket(socket.AF_UNIX)\ns.bind('sock')\nescaped()")
_attack("read a sibling's file", "open(sibling + '/mine.txt').read() and escaped()")
_attack("write a sibling's file", "open(sibling + '/mine.txt', 'a').write('x')\nescaped()")
_attack("list a sibling's folder", "escaped(os.listdir(sibling))")
_attack(
    "set an extended attribute",
    "os.setxattr(home + '/victim.txt', 'user.x', b'1')\nos.getxattr(home + '/victim.txt', 'user.x') and escaped()",
    depends="the file system",
)

# Other processes.
_attack("probe the application by a signal", "os.kill(app, 0)\nescaped()")
_attack("kill another process", "os.kill(victim, signal.SIGUSR1)\nescaped()")
_attack("kill everything", "os.kill(-1, 0)\nescaped()")
_attack("signal a process group", "os.killpg(os.getpgid(victim), 0)\nescaped()")
_attack("signal a thread of another process", "call(234, victim, victim, 0)\nescaped()")
_attack("signal by tkill", "call(200, victim, 0)\nescaped()")
_attack("queue a signal", "info = (ctypes.c_int * 32)(0, 0, -1)\ncall(129, victim, 0, info)\nescaped()")
_attack("open a pidfd", "os.pidfd_open(victim)\nescaped()")
_attack(
    "have the kernel signal another process", "r, w = os.pipe()\nimport fcntl\nfcntl.fcntl(r, 8, victim)\nescaped()"
)
_attack("choose another signal for SIGIO", "r, w = os.pipe()\nimport fcntl\nfcntl.fcntl(r, 10, 9)\nescaped()")
_attack(
    "trace another process", "call(101, 16, victim, 0, 0)\nescaped()\ncall(101, 17, victim, 0, 0)", depends="Yama"
)
_attack(
    "read another process's memory",
    """
    address = ctypes.c_ulong(int(open(f'/proc/{victim}/maps').read().split('-')[0], 16))
    buffer = ctypes.create_string_buffer(8)
    class Part(ctypes.Structure):
        _fields_ = [('base', ctypes.c_void_p), ('length', ctypes.c_size_t)]
    ours, theirs = Part(ctypes.addressof(buffer), 8), Part(address.value, 8)
    call(310, victim, ctypes.byref(ours), 1, ctypes.byref(theirs), 1, 0) == 8 and escaped()
    """,
    depends="Yama",
)
_attack(
    "read another process's limits", "import resource\nresource.prlimit(victim, resource.RLIMIT_NOFILE)\nescaped()"
)
_attack(
    "renice another process",
    "os.setpriority(os.PRIO_PROCESS, victim, 19)\nos.getpriority(os.PRIO_PROCESS, victim) == 19 and escaped()",
)
_attack(
    "pin another process to a core",
    "os.sched_setaffinity(victim, {0})\nos.sched_getaffinity(victim) == {0} and escaped()",
)
_attack("change the scheduling of another process", "call(144, victim, 3, ctypes.byref(ctypes.c_int()))\nescaped()")
_attack("change the disk priority of another process", "call(251, 1, victim, 3 << 13)\nescaped()")
_attack(
    "take a descriptor of another process",
    "call(438, call(434, victim, 0), 0, 0)\nescaped()",
    depends="Yama",
)
_attack("outlive the application", "libc.prctl(1, 0, 0, 0, 0) == 0 and escaped()")
_attack("hide from those who watch", "libc.prctl(4, 0, 0, 0, 0) == 0 and escaped()")
_attack("adopt processes", "libc.prctl(36, 1, 0, 0, 0) == 0 and escaped()")
_attack(
    "compare kernel objects",
    "call(312, os.getpid(), os.getpid(), 2, 0, 0)\nescaped()",
    depends="the kernel's configuration",
)
_attack("fork", "pid = os.fork()\npid or os._exit(0)\nescaped()")
_attack("fork by a raw call", "pid = call(57)\npid or os._exit(0)\nescaped()")
_attack("fork by clone", "pid = call(56, 17, 0, 0, 0, 0)\npid or os._exit(0)\nescaped()")
_attack(
    "fork by clone3",
    "asked = (ctypes.c_ulong * 8)(0, 0, 0, 0, 17)\npid = call(435, asked, 64)\npid or os._exit(0)\nescaped()",
)
_attack(
    "run a program",
    "import subprocess\nsubprocess.run([sys.executable or '/usr/bin/python3', '-c', ''], check=True)\nescaped()",
)
_attack("run a shell", "os.system('true') == 0 and escaped()")
_attack("run a program by posix_spawn", "os.posix_spawn('/bin/true', ['true'], {})\nescaped()")
_attack("become another program", "os.execv('/bin/echo', ['echo', 'ESCAPED'])")
_attack(
    "become a program in memory",
    "fd = os.memfd_create('x', 0)\nos.write(fd, b'#!/bin/echo ESCAPED\\n')\nos.execve(fd, ['x'], {})",
)
_attack(
    "use multiprocessing",
    "import multiprocessing\nmultiprocessing.get_context('fork').Process(target=print).start()\nescaped()",
)

# Network.
_attack("connect to TCP", "socket.create_connection(('127.0.0.1', port), 2)\nescaped()")
_attack("connect by asyncio", "import asyncio\nasyncio.run(asyncio.open_connection('127.0.0.1', port))\nescaped()")
_attack(
    "fetch a page",
    "import urllib.request\nurllib.request.urlopen(f'http://127.0.0.1:{port}/', timeout=2)\nescaped()",
)
_attack("listen on TCP", "s = socket.socket()\ns.bind(('127.0.0.1', 0))\ns.listen()\nescaped()")
_attack("send UDP", "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', port))\nescaped()")
_attack("use IPv6", "socket.socket(socket.AF_INET6)\nescaped()", depends="IPv6")
_attack("use netlink", "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)\nescaped()")
_attack("connect to a Unix socket", "s = socket.socket(socket.AF_UNIX)\ns.connect(unix)\nescaped()")
_attack(
    "connect to an abstract socket", "s = socket.socket(socket.AF_UNIX)\ns.connect('\\0' + abstract)\nescaped()"
)
_attack(
    "send from a datagram pair",
    "a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)\na.sendto(b'x', datagram)\nescaped()",
)
_attack("send out-of-band data", "a, b = socket.socketpair()\na.send(b'x', socket.MSG_OOB)\nescaped()")
_attack("pass a descriptor on", "a, b = socket.socketpair()\nsocket.send_fds(a, [b'x'], [0])\nescaped()")
_attack("make a sequenced pair", "socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)\nescaped()")
_attack("make a socket by a raw call", "socket.socket(fileno=call(41, 1, 1, 0)).connect(unix)\nescaped()")
_attack(
    "find foreign descriptors",
    """
    import stat
    found = []
    for fd in range(3, 64):
        try:
            found.append(stat.S_IFMT(os.fstat(fd).st_mode))
        except OSError:
            pass
    len(found) > 1 and escaped(found)
    """,
)

# Interfaces of the kernel.
_attack("use the session keyring", "call(250, 0, -3, 1)\nescaped()", depends="the kernel's keyrings")
_attack("add a key", "call(248, b'user', b'rlm-attack', b'x', 1, -1)\nescaped()", depends="the kernel's keyrings")
_attack(
    "use perf events",
    "call(298, (ctypes.c_uint * 32)(1, 112, 1), 0, -1, -1, 0)\nescaped()",
    depends="perf_event_paranoid",
)
_attack("make shared memory", "identity = call(29, 0, 4096, 0o1600)\nescaped()\ncall(31, identity, 0, 0)")
_attack("make a message queue", "identity = call(68, 0, 0o1600)\nescaped()\ncall(71, identity, 0, 0)")
_attack("make a semaphore", "identity = call(64, 0, 1, 0o1600)\nescaped()\ncall(66, identity, 0, 0)")
_attack("use io_uring", "call(425, 1, (ctypes.c_uint * 30)())\nescaped()", depends="io_uring")
_attack("use locks that hand on priority", "call(202, ctypes.byref(ctypes.c_int()), 6, 0, 0)\nescaped()")
_attack("watch all files", "call(300, 0x200, 0)\nescaped()", depends="the kernel's configuration")
_attack("watch files", "call(294, 0)\nescaped()")
_attack("make memory files without limit", "os.memfd_create('x')\nescaped()")
_attack("make a user namespace", "call(272, 0x10000000)\nescaped()", depends="user namespaces")
_attack("make a network namespace", "call(272, 0x10000000 | 0x40000000)\nescaped()", depends="user namespaces")
_attack("change the personality", "call(135, 0x0040000)\nescaped()")
_attack(
    "get a handle of a file",
    "call(303, -100, b'/', (ctypes.c_uint * 64)(128), ctypes.byref(ctypes.c_int()), 0)\nescaped()",
    depends="the file system",
)
_attack("use userfaultfd", "call(323, 1)\nescaped()", depends="userfaultfd")
_attack(
    "map an address table", "call(154, 0, ctypes.create_string_buffer(64), 64)\nescaped()", depends="the machine"
)
_attack("add a Landlock rule set", "call(444, 0, 0, 1)\nescaped()", depends="Landlock")
_attack("install a seccomp filter", "call(317, 2, 0, ctypes.byref(ctypes.c_uint(0x50000)))\nescaped()")
_attack("set a process timer", "call(222, 1, 0, ctypes.byref(ctypes.c_int()))\nescaped()")
_attack(
    "use 32-bit calls",
    """
    import mmap
    code = b'\\xb8\\x14\\x00\\x00\\x00\\xcd\\x80\\xc3'
    memory = mmap.mmap(-1, 4096, prot=7)
    memory.write(code)
    function = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(memory)))
    function() > 0 and escaped()
    """,
    depends="32-bit emulation",
)

# Resources.
_attack(
    "allocate 100 GB",
    "memory = libc.mmap(0, ctypes.c_size_t(100 << 30), 3, 0x4022, -1, 0)\nmemory != -1 and escaped()",
)
_attack(
    "start 3,000 threads",
    """
    import threading
    threading.stack_size(32768)
    for _ in range(3000):
        threading.Thread(target=time.sleep, args=(3,), daemon=True).start()
    time.sleep(1)
    escaped(threading.active_count())
    """,
)
_attack("raise the memory limit", "import resource\nresource.setrlimit(resource.RLIMIT_AS, (-1, -1))\nescaped()")
_attack("allocate 3 GB", "import mmap\nmmap.mmap(-1, 3 << 30)\nescaped()")
_attack("open 500 files", "files = [open('/dev/null') for _ in range(500)]\nescaped()")
_attack(
    "write a file of 200 MB",
    "with open('big', 'wb') as file:\n    file.truncate(200 << 20)\nescaped()\nos.unlink('big')",
)
_attack(
    "leave a core dump",
    "import resource\nresource.setrlimit(resource.RLIMIT_CORE, (1, 1))\nescaped()",
    depends="the limits of the session",
)
