"""The browser of the tests: a Chromium or Chrome that is there, or Debian's, unpacked into `.browser` without any right.

`CHROMIUM=/path` names another. What is installed on the machine is left as it is: packages are fetched by the machine's
own apt-get, verified by it, and unpacked, not installed; `make clean` takes them away.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FOLDER = Path(__file__).parents[2] / ".browser"
UNPACKED = FOLDER / "unpacked"
CHROMIUM = FOLDER / "chromium"
DRIVER = Path(str(distribution("playwright").locate_file("playwright/driver/node")))
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--no-sandbox",  # as root there is none; every page is our own
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",  # it looks no name up
)
MISSING = (
    "There is no Chromium or Chrome that runs here, and none could be fetched from the packages of this machine.\n"
    "Install one (on Debian, as root: apt-get install chromium), or say where it is: CHROMIUM=/path make test."
)
# Beside its own: the libraries that the machine does not have, in whichever folders their packages put them.
_START = """#!/bin/sh
here=$(cd "$(dirname "$0")" && pwd)
export LD_LIBRARY_PATH={libraries}
[ -e /etc/fonts/fonts.conf ] || export FONTCONFIG_FILE="$here/fonts.conf"
exec "$here/unpacked/usr/lib/chromium/chromium" "$@"
"""
_FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir prefix="relative">unpacked/usr/share/fonts</dir></fontconfig>
"""


class NoBrowser(Exception):
    """There is none, and none could be fetched."""


def find_browser() -> Path | None:
    """The browser that the tests use; NoBrowser where the one that `CHROMIUM` names does not run."""
    if named := os.environ.get("CHROMIUM"):
        if not _runs(Path(named)):
            raise NoBrowser(f"CHROMIUM names {named}, which does not run.")
        return Path(named)
    there = [Path(path) for name in NAMES if (path := shutil.which(name))]
    return next((path for path in (*there, CHROMIUM) if _runs(path)), None)


def missing_packages() -> list[str]:
    """The packages of Debian that the tests want and this machine does not have, neither installed nor unpacked here."""
    with _driver_libraries():
        # The driver is a program of Node.js, which wants a library that a bare system is without.
        return [*(["chromium"] if find_browser() is None else []), *([] if _runs(DRIVER) else ["libatomic1"])]


def unpack(packages: Sequence[str]) -> None:
    """Fetches packages, with what they need and this machine does not have, and unpacks them into a folder of ours."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise NoBrowser(MISSING)
    shutil.rmtree(FOLDER, ignore_errors=True)
    UNPACKED.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="in-itinere-browser-") as work:
        for folder in ("state/lists/partial", "cache/archives/partial"):
            Path(work, folder).mkdir(parents=True)
        options = {
            "Dir::State": f"{work}/state",
            "Dir::Cache": f"{work}/cache",
            "Dir::Log": work,
            "Dir::State::status": "/var/lib/dpkg/status",
            "Debug::NoLocking": "true",
            "APT::Sandbox::User": "root",
            "APT::Install-Recommends": "false",
        }
        apt = ["apt-get", "-qq", *(f"-o{name}={value}" for name, value in options.items())]
        _run([*apt, "update"])
        _run([*apt, "install", "--yes", "--download-only", *packages])
        for package in Path(work, "cache/archives").glob("*.deb"):
            _run(["dpkg-deb", "--extract", str(package), str(UNPACKED)])
    (FOLDER / "fonts.conf").write_text(_FONTS, encoding="utf-8")
    libraries = ":".join(f"$here/{folder.relative_to(FOLDER)}" for folder in _libraries())
    CHROMIUM.write_text(_START.format(libraries=libraries), encoding="utf-8")
    CHROMIUM.chmod(0o755)
    if missing_packages():
        raise NoBrowser(MISSING)


@contextmanager
def browsing() -> Iterator["Browser"]:
    """A browser without a window, for a while; it calls nobody but what the tests serve."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - `make browser` waits for nothing

    path = find_browser()
    if path is None:
        raise NoBrowser("There is no browser: `make browser` finds or fetches one.")
    with _driver_libraries(), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS), chromium_sandbox=False)
        try:
            yield browser
        finally:
            browser.close()


def _libraries() -> list[Path]:
    return sorted({path.parent for path in UNPACKED.rglob("*.so*")})


@contextmanager
def _driver_libraries() -> Iterator[None]:
    """Lets programs find the libraries that were unpacked, where one of them was for the driver."""
    with pytest.MonkeyPatch.context() as patch:
        if list(UNPACKED.glob("usr/lib/*/libatomic.so.1")):
            patch.setenv("LD_LIBRARY_PATH", ":".join(map(str, _libraries())))
        yield


def _runs(path: Path) -> bool:
    try:
        return subprocess.run([path, "--version"], check=False, capture_output=True, timeout=60).returncode == 0
    except OSError:
        return False


def _run(command: list[str]) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise NoBrowser(f"{done.stderr.strip()}\n{MISSING}")


def main() -> None:
    """Finds what the tests want of a browser, or fetches it."""
    try:
        if packages := missing_packages():
            print(f"Fetching {' and '.join(packages)} for the tests into .browser; this takes a minute.")  # noqa: T201
            unpack(packages)
    except NoBrowser as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
