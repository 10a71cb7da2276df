"""Takes symbols that only debuggers read out of the bundle's binaries: a fifth of some wheels.

`strip` moves segments of libraries that patchelf has changed, as auditwheel does, and they no longer load. So each
result is compared with what was there: it is taken only when all that is loaded into memory is the same.
"""

from __future__ import annotations

import struct
import subprocess
from collections.abc import Iterable
from pathlib import Path

_IDENTITY = b"\x7fELF\x02\x01"  # 64 bits, little-endian
_HEADER = struct.Struct("<16xHHIQQQIHHHHHH")
_SEGMENT = struct.Struct("<IIQQQQQQ")
_LOADED = 1


def strip(binaries: Iterable[Path], scratch: Path) -> tuple[int, list[Path]]:
    """Strip each binary for which it is safe.

    Args:
        binaries: ELF files.
        scratch: Where a file may be written.

    Returns:
        How many bytes that saved, and the binaries that were left as they are.
    """
    saved, kept = 0, list[Path]()
    for path in binaries:
        before = path.read_bytes()
        done = subprocess.run(["strip", "--strip-unneeded", "-o", scratch, path], capture_output=True)
        after = scratch.read_bytes() if done.returncode == 0 else b""
        if image(before) is None or image(before) != image(after):
            kept.append(path)
        elif len(after) < len(before):
            path.write_bytes(after)
            saved += len(before) - len(after)
    scratch.unlink(missing_ok=True)
    return saved, kept


def image(data: bytes) -> list[tuple[object, ...]] | None:
    """What the loader makes of a binary, but for its tables' places in the file; None for what it would refuse."""
    if not data.startswith(_IDENTITY):
        return None
    _, _, _, _, table, _, _, _, size, count, *_ = _HEADER.unpack_from(data)
    blank = bytearray(data)
    blank[: _HEADER.size] = bytes(_HEADER.size)
    blank[table : table + size * count] = bytes(size * count)
    found: list[tuple[object, ...]] = []
    for place in range(table, table + size * count, size):
        kind, flags, offset, address, _, in_file, in_memory, align = _SEGMENT.unpack_from(data, place)
        content = b""
        if kind == _LOADED:
            if align > 1 and offset % align != address % align:
                return None
            content = bytes(blank[offset : offset + in_file])
        found.append((kind, flags, address, in_file, in_memory, align, content))
    return found
