"""A name that can be no archive is refused by every command and by the service, with the place and the reason."""

import errno
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import Result

from projections.store.failures import refusal_of
from tests.support.disk import may_mount, tmpfs
from tests.support.harness import PLAN

Run = Callable[..., Result]

COMMANDS = (
    ("plans",),
    ("show", PLAN),
    ("import", "piano.json"),
    ("import", "piano.json", "--preview"),
    ("demo",),
    ("verify",),
    ("checkpoint",),
    ("keys", "show"),
    ("migrate",),
    ("rebuild",),
    ("follow", "--once"),
    ("backup", "copia.sqlite"),
    ("restore", "archivio.sqlite"),
    ("serve",),
)
PLACES = {
    "a name that is too long": ("x" * 300, "File name too long"),
    "a path that is too long": ("y/" * 5000 + "a.sqlite", "File name too long"),
    "a folder": ("cartella", "è una cartella"),
    "a file as a folder": ("piano.json/a.sqlite", "piano.json/a.sqlite"),
    "a device": ("/dev/null", "non è un file"),
    "a pipe": ("fifo", "non è un file"),
    "memory": (":memory:", "non nomina nessun file"),
    "a database whose name is too long": (f"postgresql://u@localhost/{'d' * 64}", "63 byte"),
    "a role whose name is too long": (f"postgresql://{'u' * 64}@localhost/d", "63 byte"),
    "a name of many bytes": (f"postgresql://u@localhost/{'è' * 32}", "63 byte"),
    "an address of many kilobytes": (f"postgresql://u@localhost/{'d' * 20_000}", "63 byte"),
    "an address with a NUL": ("postgresql://u@localhost/a%00b", "non si legge"),
    "a port beyond all": ("postgresql://u@localhost:99999/d", ""),
    "another program's address": ("mysql://u@localhost/d", "non è il percorso di un file"),
}


@pytest.mark.parametrize("name", PLACES)
def test_a_place_that_can_be_no_archive_is_refused_with_its_reason(office: Run, tmp_path: Path, name: str) -> None:
    place, reason = PLACES[name]
    (tmp_path / "cartella").mkdir()
    os.mkfifo(tmp_path / "fifo")
    for words in COMMANDS:
        refused = office(*words, "--database", place)
        assert (words, refused.exit_code) == (words, 1)
        assert reason in refused.stderr, (words, refused.stderr)
        assert "--database: " in refused.stderr, (words, refused.stderr)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "archivio.sqlite", "archivio.sqlite.key", "archivio.sqlite.key.last", "cartella", "fifo", "piano.json",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["a name that is too long", "a folder", "memory", "another program's address"])
def test_a_place_that_is_set_is_refused_likewise(office: Run, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    place, reason = PLACES[name]
    Path("cartella").mkdir()
    monkeypatch.setenv("INITINERE_DATABASE", place)
    for words in COMMANDS[:4] + COMMANDS[5:8] + COMMANDS[-1:]:
        refused = office(*words)
        assert (words, refused.exit_code, reason in refused.stderr) == (words, 1, True)


def test_a_copy_names_which_of_the_two_cannot_be(office: Run) -> None:
    Path("cartella").mkdir()
    for place in ("cartella", "x" * 300, "mysql://u@localhost/d"):
        for words in (("copy", "archivio.sqlite", place), ("copy", place, "nuova.sqlite")):
            refused = office(*words)
            where = "A: " if words[1] == "archivio.sqlite" else "DA: "
            assert (words, refused.exit_code, refused.stderr.splitlines()[1].startswith(where)) == (words, 1, True)
    assert not Path("nuova.sqlite").exists()


@contextmanager
def _for_reading_only(folder: Path) -> Iterator[Path]:
    """A folder in which nothing can be written: of a file system that is mounted so, where that may be done."""
    if not may_mount():
        folder.chmod(0o500)
        yield folder
        folder.chmod(0o700)
        return
    with tmpfs(folder):
        subprocess.run(["/bin/mount", "-o", "remount,ro", str(folder)], check=True)
        yield folder


def test_a_folder_in_which_nothing_can_be_written_is_refused_with_its_reason(office: Run, tmp_path: Path) -> None:
    (tmp_path / "chiusa").mkdir()
    with _for_reading_only(tmp_path / "chiusa"):
        for words in (
            ("import", "piano.json", "--database", "chiusa/a.sqlite"),
            ("demo", "--database", "chiusa/a.sqlite"),
            ("copy", "archivio.sqlite", "chiusa/a.sqlite"),
            ("restore", "archivio.sqlite", "--database", "chiusa/a.sqlite"),
            ("migrate", "--database", "chiusa/a.sqlite"),
            ("serve", "--database", "chiusa/a.sqlite"),
            ("export", PLAN, "--output", "chiusa/piano.json"),
            ("pack", PLAN, "--year", "2022", "--output", "chiusa/fascicolo.zip"),
            ("backup", "chiusa/copia.sqlite"),
        ):
            refused = office(*words)
            assert (words, refused.exit_code) == (words, 1)
            assert "chiusa/" in refused.stderr, (words, refused.stderr)
            assert "Read-only file system" in refused.stderr or "Permission denied" in refused.stderr


def test_a_key_that_cannot_be_written_is_refused_with_its_place(
    office: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "chiusa").mkdir()
    with _for_reading_only(tmp_path / "chiusa"):
        for place in ("chiusa/chiave", "chiusa/altra/chiave", "piano.json/chiave", "x" * 300, "chiusa"):
            monkeypatch.setenv("INITINERE_KEYS", place)
            refused = office("import", "piano.json", "--database", "nuovo.sqlite")
            assert (place, refused.exit_code, "Chiave non utilizzabile" in refused.stderr) == (place, 1, True)
            Path("nuovo.sqlite").unlink()


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM, errno.EROFS, errno.ENAMETOOLONG, errno.ELOOP, errno.EIO])
def test_what_the_system_refuses_is_told_with_the_place(number: int) -> None:
    told = str(refusal_of(OSError(number, os.strerror(number)), "archivi/a.sqlite"))
    assert "archivi/a.sqlite" in told
    assert os.strerror(number) in told
