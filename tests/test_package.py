"""The archive that an office installs without the network: what it is made of, and that it installs and serves."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from time import monotonic, sleep
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[1]
PACKAGING = ROOT / "packaging"
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"


def run(folder: Path, *command: str, **env: str) -> subprocess.CompletedProcess[str]:
    """What a command does in a folder, where nothing of this environment is known but what is named."""
    kept = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": str(folder)} | env
    return subprocess.run(command, cwd=folder, env=kept, check=False, capture_output=True, encoding="utf-8")


def test_what_windows_opens_has_lines_as_windows_ends_them_and_the_others_do_not() -> None:
    assert (PACKAGING / "In-Itinere.bat").read_bytes().count(b"\r\n") == len(
        (PACKAGING / "In-Itinere.bat").read_text(encoding="ascii").splitlines()
    )
    for script in PACKAGING.glob("*.sh"):
        assert b"\r" not in script.read_bytes()
        assert run(ROOT, "sh", "-n", str(script)).stderr == ""


def test_the_container_serves_as_nobody_in_particular_from_the_archive_alone() -> None:
    lines = (ROOT / "Containerfile").read_text(encoding="utf-8")
    assert re.search(r"^USER 10001$", lines, re.MULTILINE)
    assert re.findall(r"^COPY (?:--from=0 )?(\S+)", lines, re.MULTILINE) == ["dist/in-itinere", "/opt/in-itinere"]
    assert (ROOT / ".dockerignore").read_bytes() == (ROOT / ".containerignore").read_bytes()


def test_an_archive_for_another_python_says_so(tmp_path: Path) -> None:
    shutil.copy(PACKAGING / "installa.sh", tmp_path)
    (tmp_path / "per.txt").write_text("3.1 3.2\nx86_64\n")
    refused = run(tmp_path, "sh", "installa.sh")
    assert refused.returncode == 1
    assert "questo archivio è per 3.1, 3.2." in refused.stderr
    assert not (tmp_path / ".local").exists()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_archive_installs_without_the_network_and_serves(tmp_path: Path) -> None:
    made = tmp_path / "in-itinere"
    pip = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "HOME", "SSL_"))}
    done = run(ROOT, "make", "package", f"ARCHIVE={made}", f"PYTHONS={VERSION}", **pip)
    assert done.returncode == 0, done.stderr
    (packed,) = tmp_path.glob("in-itinere-*.zip")
    shutil.rmtree(made)
    with ZipFile(packed) as archive:
        archive.extractall(tmp_path)

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "INITINERE_PORT": port}
    with (tmp_path / "told.txt").open("w") as told:
        service = subprocess.Popen(
            ["/bin/sh", made / "avvia.sh"], cwd=tmp_path, env=env, stdout=told, stderr=told, start_new_session=True
        )
    try:
        assert _answers(int(port)), (tmp_path / "told.txt").read_text()
    finally:
        os.killpg(service.pid, signal.SIGINT)
        service.wait()
    assert "ancora senza piani" in (tmp_path / "told.txt").read_text()
    compiled = tmp_path.glob(".local/lib/in-itinere/lib/python3.*/site-packages/api/cli/__pycache__/app.*.pyc")
    assert list(compiled), "every start would compile the sources"
    assert run(tmp_path, ".local/bin/initinere", "--version").stdout.startswith("In Itinere ")


def _answers(port: int) -> bool:
    until = monotonic() + 120
    while monotonic() < until:
        connection = HTTPConnection("127.0.0.1", port, timeout=2)
        try:
            connection.request("GET", "/v1/status")
            return connection.getresponse().status == HTTPStatus.OK
        except OSError:
            sleep(0.5)
        finally:
            connection.close()
    return False
