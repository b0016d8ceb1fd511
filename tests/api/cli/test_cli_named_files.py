"""Files that a command is to read: what is no file, or has no end, is refused at once, by every command that takes one."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result

from initinere_verify.__main__ import main
from initinere_verify.files import LARGEST_PACK, LARGEST_TEXT
from tests.support.harness import PLAN, document

Run = Callable[..., Result]
SECONDS = 20


@pytest.fixture(autouse=True)
def _ended() -> Iterator[None]:
    """Whoever reads on without end is stopped."""

    def stop(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def office(run: Run, save: Callable[..., str]) -> Run:
    """A runner beside an archive, a backup, a pack, and files that are none."""
    assert run("import", save(document(), "piano.json")).exit_code == 0
    assert run("backup", "copia.sqlite").exit_code == 0
    assert run("pack", PLAN, "--year", "2022", "--output", "fascicolo.zip").exit_code == 0
    os.mkfifo("fifo")
    Path("cartella").mkdir()
    return run


NONE = ("/dev/zero", "fifo", "cartella", "/proc/self/mem")
"""What is no file, or cannot be read as one."""


def test_what_is_no_file_is_refused(office: Run, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (
        ("verify",),
        ("verify", "--key"),
        ("verify", "--against"),
        ("verify", "fascicolo.zip", "--against"),
        ("restore",),
        ("restore", "copia.sqlite", "--against"),
        ("import",),
        ("change", PLAN),
    ):
        for name in NONE:
            refused = office(*words, name)
            assert (words, name, refused.exit_code, refused.stdout) == (words, name, 1, ""), refused.output
            assert name in refused.stderr or "--key" in refused.stderr
            assert "Traceback" not in refused.stderr
    for name in NONE:
        for arguments in ([name], ["fascicolo.zip", "--against", name], ["fascicolo.zip", "--key", name]):
            assert main(arguments) == 1
            assert "non leggibile" in (refused_alone := capsys.readouterr().err), refused_alone


def test_a_key_that_is_no_file_is_refused(office: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo("chiave", 0o600)
    monkeypatch.setenv("INITINERE_KEYS", "chiave")
    refused = office("checkpoint")
    assert (refused.exit_code, "Chiave non utilizzabile" in refused.stderr, "non è un file" in refused.stderr) == (
        1,
        True,
        True,
    )


def test_a_file_beyond_its_size_is_not_read(office: Run) -> None:
    for limit, words in (
        (LARGEST_PACK, ("verify",)),
        (LARGEST_TEXT, ("verify", "--key")),
        (LARGEST_TEXT, ("verify", "--against")),
    ):
        with Path("grande").open("wb") as file:
            file.truncate(limit + 1)
        refused = office(*words, "grande")
        assert (refused.exit_code, f"supera i {limit} byte" in refused.stderr) == (1, True), refused.output
