"""Reading files that anybody may have put there: plain ones only, and never by a link.

A run directory may come from elsewhere. A pipe in it would block for ever, a device never end, and
a link would let a file from outside pass for evidence.
"""

import hashlib
import os
import stat
from io import BufferedReader
from pathlib import Path

__all__ = ["digest", "open_plain", "read_plain", "write_all"]


def open_plain(path: Path) -> BufferedReader:
    """Open a plain file to read. Raises OSError, for a link or anything else than a file too."""
    fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise OSError(0, "is no plain file")
    return os.fdopen(fd, "rb")


def read_plain(path: Path) -> bytes:
    """Read a plain file whole. Raises OSError."""
    with open_plain(path) as file:
        return file.read()


def digest(path: Path) -> str:
    """Give the sha256 of a plain file, hex. Raises OSError."""
    with open_plain(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_all(fd: int, data: bytes) -> None:
    """Write all of it: write(2) takes only a part when the disk is nearly full. Raises OSError."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(fd, rest) :]
