"""A disk that runs out of room, and gets room again while the store on it stays open."""

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MOUNTS = 21
"""The bit of CAP_SYS_ADMIN (capabilities(7))."""


def may_mount() -> bool:
    """Whether this process may mount a file system."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    effective = next(line.split()[1] for line in status.splitlines() if line.startswith("CapEff"))
    return os.geteuid() == 0 and bool(int(effective, 16) >> MOUNTS & 1)


class Tmpfs:
    """A file system in memory, on a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def leave(self, room: int) -> None:
        """Leaves so many bytes beside what is there."""
        usage = os.statvfs(self.folder)
        used = (usage.f_blocks - usage.f_bfree) * usage.f_frsize
        _run("mount", "-o", f"remount,size={used + room}", str(self.folder))

    def free(self) -> None:
        """Makes room."""
        _run("mount", "-o", "remount,size=500m", str(self.folder))


@contextmanager
def tmpfs(folder: Path) -> Iterator[Tmpfs]:
    """A file system in memory for a while."""
    _run("mount", "-t", "tmpfs", "-o", "size=500m", "none", str(folder))
    try:
        yield Tmpfs(folder)
    finally:
        _run("umount", "--lazy", str(folder))


class FileSizes:
    """How great a file may grow that this process writes."""

    def __init__(self) -> None:
        self.before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def limit(self, size: int) -> None:
        """Lets none grow over a size, in bytes."""
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, self.before[1]))

    def free(self) -> None:
        """Lets them grow as before."""
        resource.setrlimit(resource.RLIMIT_FSIZE, self.before)


def _run(*command: str) -> None:
    subprocess.run(command, check=True)
