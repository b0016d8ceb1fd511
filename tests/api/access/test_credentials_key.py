"""The key of the credentials: one file, for its owner only, one key whoever makes it first."""

import subprocess
import sys
from pathlib import Path

import pytest

from api.access.credentials_key import credentials_key, credentials_key_path, make_credentials_key
from projections.proof.keys import KEY_BEGINNING, KeyUnusable, make_key, read_key, write_key


def test_it_is_made_at_first_need_beside_the_signing_key_and_then_stays(tmp_path: Path) -> None:
    path = credentials_key_path(tmp_path / "dati" / "in-itinere.sqlite.key")
    key = credentials_key(path)
    assert path.name == "in-itinere.sqlite.key.credentials"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_bytes().startswith(KEY_BEGINNING)  # no output of a command is written over it
    assert credentials_key(path).digest("token", "x") == key.digest("token", "x")
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_several_processes_make_one(tmp_path: Path) -> None:
    path = tmp_path / "chiave"
    program = (
        "import sys; from pathlib import Path; from api.access.credentials_key import credentials_key\n"
        "print('ready', flush=True); sys.stdin.readline(); print(credentials_key(Path(sys.argv[1])).id)"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    ids = {process.communicate("\n", timeout=60)[0].strip() for process in processes}
    assert ids == {credentials_key(path).id}


def test_a_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "chiave"
    credentials_key(path)
    path.chmod(0o640)
    with pytest.raises(KeyUnusable, match="leggibile da altri"):
        credentials_key(path)


@pytest.mark.parametrize(
    "text", ["", "PRIVATE+KEY+credentials+", "PRIVATE+KEY+credentials+AAAA\n", "PRIVATE+KEY+credentials+è\n", "altro"]
)
def test_a_file_with_something_else_is_refused_and_left_as_it_is(tmp_path: Path, text: str) -> None:
    path = tmp_path / "chiave"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    with pytest.raises(KeyUnusable):
        credentials_key(path)
    assert path.read_text(encoding="utf-8") == text


def test_the_two_keys_are_not_taken_for_each_other(tmp_path: Path) -> None:
    signing, other = tmp_path / "firma", tmp_path / "credenziali"
    write_key(signing, make_key("prova"))
    credentials_key(other)
    with pytest.raises(KeyUnusable):
        credentials_key(signing)
    with pytest.raises(KeyUnusable):
        read_key(other)


def test_a_folder_that_takes_no_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(KeyUnusable):
        credentials_key(tmp_path / "file" / "chiave")


def test_an_archive_in_memory_has_a_key_of_its_own() -> None:
    assert make_credentials_key().id != make_credentials_key().id
