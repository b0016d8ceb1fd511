"""No command writes over an archive, its journals or its key, whatever it is called by; a file that is there wants --force."""

import errno
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from api.cli.output_file import OutputFile, OutputRefused
from api.formats.json_reader import UnreadableFile
from tests.support.harness import PLAN

Run = Callable[..., Result]

WRITERS = {
    "export": ("export", PLAN),
    "pack": ("pack", PLAN, "--year", "2022"),
    "verifier": ("verifier",),
    "template": ("template", "--year", "2023"),
    "audit": ("audit", PLAN, "--format", "csv"),
    "plan next": ("plan", "next", PLAN, "--years", "2025-2027"),
}
"""The commands that write a file where they are told to."""


@pytest.fixture
def places(office: Run, tmp_path: Path) -> dict[str, str]:
    """What the archive, its files, its key and other archives can be called by."""
    assert office("checkpoint").exit_code == 0
    archive = tmp_path / "archivio.sqlite"
    (tmp_path / "cartella").mkdir()
    (tmp_path / "link").symlink_to("archivio.sqlite")
    (tmp_path / "link-a-link").symlink_to("link")
    (tmp_path / "link-al-giornale").symlink_to("archivio.sqlite-wal")
    (tmp_path / "duro").hardlink_to(archive)
    (tmp_path / "chiave-dura").hardlink_to(tmp_path / "archivio.sqlite.key")
    (tmp_path / "chiave-altrui").write_text("PRIVATE+KEY+altra+00000000+AAAA\n", encoding="ascii")
    (tmp_path / "giornale-altrui").write_bytes(b"\x37\x7f\x06\x82" + bytes(60))
    other = sqlite3.connect(tmp_path / "altro.db")
    other.execute("CREATE TABLE cose (nome)")
    other.close()
    return {
        "the archive": "archivio.sqlite",
        "by a longer way": "cartella/../archivio.sqlite",
        "by its whole path": str(archive),
        "in capitals": "ARCHIVIO.SQLITE",
        "a link": "link",
        "a link to a link": "link-a-link",
        "a hard link": "duro",
        "an open file": f"/dev/fd/{os.open(archive, os.O_RDONLY)}",
        "a journal that is not there": "archivio.sqlite-wal",
        "the shared memory": "archivio.sqlite-shm",
        "the old journal": "archivio.sqlite-journal",
        "a link to a journal": "link-al-giornale",
        "the key": "archivio.sqlite.key",
        "the next key": "archivio.sqlite.key.next",
        "the key of the credentials": "archivio.sqlite.key.credentials",
        "a hard link to the key": "chiave-dura",
        "another key": "chiave-altrui",
        "another archive": "altro.db",
        "the journal of another archive": "altro.db-wal",
        "the key of another archive": "altro.db.key",
        "the last checkpoint of another archive": "altro.db.key.last",
        "the key of another archive's credentials": "altro.db.key.credentials",
        "a journal under another name": "giornale-altrui",
    }


def _files(folder: Path) -> dict[str, bytes]:
    """What every file of a folder holds, but that of the archive changes when the pack is noted."""
    return {str(path): path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


@pytest.mark.parametrize("writer", WRITERS)
def test_no_command_writes_over_an_archive_or_a_key_even_by_force(
    office: Run, places: dict[str, str], tmp_path: Path, writer: str
) -> None:
    before = _files(tmp_path)
    for name, place in places.items():
        for force in ((), ("--force",)):
            refused = office(*WRITERS[writer], "--output", place, *force)
            assert (name, refused.exit_code) == (name, 1)
            assert "File non scritto" in refused.stderr, (name, refused.stderr)
            assert f"--output: {place} non si scrive" in refused.stderr
    assert _files(tmp_path) == before
    assert office("plans").exit_code == 0


@pytest.mark.parametrize("writer", WRITERS)
def test_a_file_that_is_there_is_written_over_by_force_alone(office: Run, tmp_path: Path, writer: str) -> None:
    written = tmp_path / "uscita"
    written.write_text("di prima", encoding="ascii")
    written.chmod(0o640)
    refused = office(*WRITERS[writer], "--output", "uscita")
    assert (refused.exit_code, "--force" in refused.stderr, written.read_text(encoding="ascii")) == (
        1,
        True,
        "di prima",
    )
    assert office(*WRITERS[writer], "--output", "uscita", "--force").exit_code == 0
    assert len(written.read_bytes()) > len("di prima")
    assert written.stat().st_mode & 0o777 == 0o640
    assert office(*WRITERS[writer], "--output", "nuova").exit_code == 0
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("place", ["/dev/null", "/dev/zero", "fifo"])
@pytest.mark.parametrize("force", [(), ("--force",)])
def test_what_is_no_file_is_not_written_to(office: Run, tmp_path: Path, place: str, force: tuple[str, ...]) -> None:
    os.mkfifo(tmp_path / "fifo")
    refused = office("export", PLAN, "--output", place, *force)
    assert (refused.exit_code, "non si scrive" in refused.stderr) == (1, True)
    assert Path("/dev/null").is_char_device()


@pytest.mark.parametrize("place", ["cartella", "manca/piano.json", "", "x" * 300, "y/" * 3000, "file/sotto"])
def test_a_place_that_cannot_be_is_refused_with_its_reason(office: Run, tmp_path: Path, place: str) -> None:
    (tmp_path / "cartella").mkdir()
    (tmp_path / "file").write_text("x", encoding="ascii")
    for force in ((), ("--force",)):
        refused = office("export", PLAN, "--output", place, *force)
        assert (refused.exit_code, "File non leggibile" in refused.stderr) == (1, True)
        assert "--output: " in refused.stderr


def test_the_archive_that_is_set_is_kept_when_another_is_named(office: Run, tmp_path: Path) -> None:
    assert office("demo", "--database", "prova.sqlite").exit_code == 0
    refused = office(
        "export", "brindisi-2022-2024", "--database", "prova.sqlite", "--output", "archivio.sqlite", "--force"
    )
    assert (refused.exit_code, "File non scritto" in refused.stderr) == (1, True)
    assert office("plans", "--database", str(tmp_path / "archivio.sqlite")).exit_code == 0


def test_the_key_is_kept_wherever_the_settings_put_it(
    office: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INITINERE_KEYS", str(tmp_path / "segreti.txt"))
    refused = office("export", PLAN, "--output", "segreti.txt")
    assert (refused.exit_code, "archivio in uso" in refused.stderr) == (1, True)


@pytest.mark.usefixtures("office")
def test_what_is_printed_does_not_go_into_the_archive(tmp_path: Path) -> None:
    archive = tmp_path / "archivio.sqlite"
    before = archive.read_bytes()
    for words in (("export", PLAN), ("checkpoint",), ("audit", PLAN, "--format", "csv"), ("template",)):
        with archive.open("ab") as led_there:
            done = subprocess.run(
                [sys.executable, "-c", "from api.cli import main; main()", *words],
                stdout=led_there,
                stderr=subprocess.PIPE,
                check=False,
            )
        assert (done.returncode, b"File non scritto" in done.stderr) == (1, True)
    assert archive.read_bytes() == before


def test_a_file_that_appears_meanwhile_is_not_written_over(tmp_path: Path) -> None:
    to = OutputFile(str(tmp_path / "uscita"), [])
    (tmp_path / "uscita").write_text("di un altro", encoding="ascii")
    with pytest.raises(OutputRefused, match="c'è già"):
        to.write(b"nostro")
    assert (tmp_path / "uscita").read_text(encoding="ascii") == "di un altro"
    assert len(list(tmp_path.iterdir())) == 1


def test_an_archive_that_appears_meanwhile_is_not_written_over_by_force(tmp_path: Path) -> None:
    place = tmp_path / "uscita"
    place.write_text("di prima", encoding="ascii")
    to = OutputFile(str(place), [], force=True)
    place.write_bytes(b"SQLite format 3\0" + bytes(100))
    with pytest.raises(OutputRefused, match="un archivio"):
        to.write(b"nostro")
    assert place.read_bytes().startswith(b"SQLite")


@pytest.mark.parametrize("no_links", [False, True])
def test_of_two_that_write_a_new_file_at_once_one_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, no_links: bool
) -> None:
    place = tmp_path / "uscita"
    to = OutputFile(str(place), [])

    def another_first(draft: Path, real: Path) -> None:
        place.write_text("di un altro", encoding="ascii")
        if no_links:
            raise OSError(errno.EPERM, "a file system without hard links")
        raise FileExistsError(errno.EEXIST, draft, real)

    monkeypatch.setattr("os.link", another_first)
    with pytest.raises(UnreadableFile, match="nel frattempo"):
        to.write(b"nostro")
    assert place.read_text(encoding="ascii") == "di un altro"


def test_a_file_system_without_hard_links_is_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_draft: Path, _real: Path) -> None:
        raise OSError(errno.EPERM, "a file system without hard links")

    monkeypatch.setattr("os.link", refused)
    OutputFile(str(tmp_path / "uscita"), []).write(b"nostro")
    assert (tmp_path / "uscita").read_bytes() == b"nostro"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_disk_without_room_leaves_the_file_of_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "uscita"
    place.write_text("di prima", encoding="ascii")

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(UnreadableFile, match="lo spazio è finito"):
        OutputFile(str(place), [], force=True).write(b"nostro" * 1000)
    assert [path.name for path in tmp_path.iterdir()] == ["uscita"]
    assert place.read_text(encoding="ascii") == "di prima"


@pytest.mark.parametrize("place", ["archivio.sqlite-wal", "archivio.sqlite-journal", "cartella", "fifo", "/dev/null"])
def test_an_archive_is_not_begun_in_what_serves_for_something_else(office: Run, tmp_path: Path, place: str) -> None:
    (tmp_path / "cartella").mkdir()
    os.mkfifo(tmp_path / "fifo")
    before = _files_but_fifo(tmp_path)
    for words in (
        ("import", "piano.json", "--database", place),
        ("demo", "--database", place),
        ("copy", "archivio.sqlite", place),
        ("migrate", "--database", place),
        ("backup", place),
    ):
        refused = office(*words)
        assert (words, refused.exit_code) == (words, 1)
        assert "Traceback" not in refused.output
    assert _files_but_fifo(tmp_path) == before
    assert office("verify").exit_code == 0


def _files_but_fifo(folder: Path) -> dict[str, bytes]:
    return {name: data for name, data in _files(folder).items() if not name.endswith(".key")}


@pytest.mark.parametrize("place", ["piano.json", "archivio.sqlite.key"])
def test_a_file_of_another_kind_does_not_become_an_archive(office: Run, tmp_path: Path, place: str) -> None:
    assert office("checkpoint").exit_code == 0
    before = (tmp_path / place).read_bytes()
    for words in (
        ("import", "piano.json", "--database", place),
        ("demo", "--database", place),
        ("copy", "archivio.sqlite", place),
    ):
        refused = office(*words)
        assert (words, refused.exit_code, "Archivio non utilizzabile" in refused.stderr) == (words, 1, True)
    assert (tmp_path / place).read_bytes() == before
