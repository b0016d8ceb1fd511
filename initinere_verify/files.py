"""Files that somebody names: read where they are files, and no further than a limit, whatever stands behind the name."""

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

LARGEST_TEXT = 65_536
"""Bytes of a file with a checkpoint, or with keys; those of the product have a few hundred."""
LARGEST_PACK = 1_000_000_000
"""Bytes of a pack; that of a large plan with ten years of events has some ten million."""


def open_regular(path: Path) -> BinaryIO:
    """A file, open to be read; OSError for what is none: a device has no end, and a pipe may never begin."""
    _require_regular(path.stat().st_mode)
    file = os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)), "rb")
    try:
        _require_regular(os.fstat(file.fileno()).st_mode)
    except OSError:
        file.close()
        raise
    return file


def read_regular(path: Path, limit: int) -> bytes:
    """The bytes of a file; OSError for what is none, and for one of more bytes than `limit`."""
    with open_regular(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size > limit:
            raise OSError(errno.EFBIG, f"supera i {limit} byte")
        data = file.read(size)
        if file.read(1):
            raise OSError(errno.EBUSY, "cresce mentre lo si legge")
    return data


def _require_regular(mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, "è una cartella")
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "non è un file")
