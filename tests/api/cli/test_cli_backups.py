"""A backup that is made while others write, put back whole or not at all; and files that are not whole, refused at once."""

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from projections.store import sqlite_soundness
from projections.store.store import Store
from tests.support.earlier import as_of_version_5
from tests.support.harness import PLAN, document

Run = Callable[..., Result]
ROOT = Path(__file__).parents[3]
ANY_COMMANDS = (
    ("plans",),
    ("show", PLAN),
    ("audit", PLAN),
    ("export", PLAN),
    ("verify",),
    ("checkpoint",),
    ("rebuild",),
    ("migrate",),
    ("keys", "show"),
    ("across", "rates", "--year", "2022"),
    ("backup", "copia-2.sqlite"),
    ("import", "piano.json"),
)
_CUT_OFF = """
import os, sys
from pathlib import Path
from tests.support.harness import ServiceHarness
harness = ServiceHarness(sys.argv[1])
for number in range(int(sys.argv[2]), int(sys.argv[3])):
    harness.revise(f">= {number}%", "2022-09-30")
print("done", flush=True)
os.kill(os.getpid(), 9)
"""
"""Writes to an archive, and is killed: what it wrote last is in the journal alone."""


def _revise_and_be_killed(archive: Path, first: int, last: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _CUT_OFF, archive, str(first), str(last)],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, "done\n"), done.stderr
    assert Path(f"{archive}-wal").stat().st_size


def _sides(archive: Path) -> dict[str, bytes]:
    return {kind: side.read_bytes() for kind in ("", "-wal") if (side := Path(f"{archive}{kind}")).exists()}


@pytest.fixture
def archive(office: Run, tmp_path: Path) -> Path:
    """The archive of an office, with a checkpoint."""
    assert office("checkpoint").exit_code == 0
    return tmp_path / "archivio.sqlite"


@pytest.fixture
def beside_a_stale_journal(office: Run, archive: Path) -> Path:
    """An archive that a backup was copied over by hand, while the journal of what came later stayed."""
    assert office("backup", "copia.sqlite").exit_code == 0
    _revise_and_be_killed(archive, 50, 69)
    with closing(sqlite3.connect(archive)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    _revise_and_be_killed(archive, 30, 40)
    shutil.copy("copia.sqlite", archive)
    return archive


def _all_refused(office: Run, name: str = "Archivio danneggiato") -> None:
    for words in ANY_COMMANDS:
        refused = office(*words)
        assert (words, refused.exit_code) == (words, 1)
        assert name in refused.stderr, (words, refused.stderr)
        assert refused.stdout == ""


# -- what is not whole -------------------------------------------------------------------------------------------------


def test_a_backup_beside_the_journal_of_another_is_refused_by_every_command_and_untouched(
    office: Run, beside_a_stale_journal: Path
) -> None:
    before = _sides(beside_a_stale_journal)
    _all_refused(office)
    assert _sides(beside_a_stale_journal) == before
    assert "initinere restore" in office("plans").stderr
    # What is said to be done is enough.
    restored = office("restore", "copia.sqlite")
    assert restored.exit_code == 0, restored.output
    assert office("verify").exit_code == 0
    assert office("plans").exit_code == 0


def test_a_journal_that_is_its_own_is_taken_in(office: Run, archive: Path) -> None:
    _revise_and_be_killed(archive, 50, 60)
    assert office("verify").exit_code == 0
    assert ">= 59%" in office("show", PLAN).stdout


def test_two_archives_that_were_swapped_are_refused(office: Run, archive: Path, tmp_path: Path) -> None:
    other = tmp_path / "altro.sqlite"
    assert office("import", "piano.json", "--database", other).exit_code == 0
    _revise_and_be_killed(archive, 50, 69)
    _revise_and_be_killed(other, 10, 49)
    shutil.copy(f"{archive}-wal", f"{other}-wal")
    refused = office("plans", "--database", other)
    assert (refused.exit_code, "Archivio danneggiato" in refused.stderr) == (1, True)


@pytest.mark.parametrize("size", [1, 99, 512, 4096, 5000, 40_960, -1, -4096])
def test_a_file_that_was_cut_short_is_refused(office: Run, archive: Path, size: int) -> None:
    os.truncate(archive, size if size > 0 else archive.stat().st_size + size)
    for words in ANY_COMMANDS:
        refused = office(*words)
        assert (words, refused.exit_code) == (words, 1)
        assert "Archivio danneggiato" in refused.stderr or "Archivio non utilizzabile" in refused.stderr


@pytest.mark.parametrize(
    ("place", "content"), [(0, b"x"), (0, bytes(16)), (16, bytes(2)), (18, b"\7\7"), (100, bytes(40))]
)
def test_a_header_that_is_wrong_is_refused(office: Run, archive: Path, place: int, content: bytes) -> None:
    with archive.open("r+b") as file:
        file.seek(place)
        file.write(content)
    for words in ANY_COMMANDS:
        assert (words, office(*words).exit_code) == (words, 1)


def test_a_page_in_the_middle_that_is_lost_is_seen_by_every_question(office: Run, archive: Path) -> None:
    pages = archive.stat().st_size // 4096
    for page in range(2, pages, 7):
        content = archive.read_bytes()
        with archive.open("r+b") as file:
            file.seek(page * 4096)
            file.write(bytes(4096))
        refused = office("plans")
        archive.write_bytes(content)
        assert (page, refused.exit_code, "Archivio danneggiato" in refused.stderr) == (page, 1, True)


def test_an_archive_that_lacks_a_table_or_the_end_of_one_is_refused(office: Run, archive: Path) -> None:
    content = archive.read_bytes()
    for statement in (
        "DROP TABLE fact",
        "DROP TABLE receipt",
        "DELETE FROM edge",
        "DELETE FROM leaf",
        "DELETE FROM append",
    ):
        with closing(sqlite3.connect(archive)) as connection:
            connection.execute(statement)
            connection.commit()
        refused = office("plans")
        assert (statement, refused.exit_code, "Archivio danneggiato" in refused.stderr) == (statement, 1, True)
        archive.write_bytes(content)
    assert office("plans").exit_code == 0


@pytest.mark.parametrize("emptied", [False, True])
def test_a_journal_without_its_archive_is_not_thrown_away(office: Run, archive: Path, *, emptied: bool) -> None:
    _revise_and_be_killed(archive, 50, 60)
    journal = Path(f"{archive}-wal").read_bytes()
    archive.rename("via.sqlite")
    if emptied:
        archive.touch()
    _all_refused(office)
    assert Path(f"{archive}-wal").read_bytes() == journal


def test_the_journal_of_another_mode_is_not_rolled_back_into_an_archive(
    office: Run, archive: Path, tmp_path: Path
) -> None:
    other = tmp_path / "altro.db"
    with closing(sqlite3.connect(other, isolation_level=None)) as connection:
        connection.execute("PRAGMA cache_size = 1")
        connection.execute("CREATE TABLE cose (nome)")
        connection.execute("BEGIN")
        connection.executemany("INSERT INTO cose VALUES (?)", [("x" * 900,)] * 400)
        connection.execute("DELETE FROM cose WHERE rowid % 2")
        Path(f"{archive}-journal").write_bytes(Path(f"{other}-journal").read_bytes())
    before = archive.read_bytes()
    refused = office("plans")
    assert (refused.exit_code, "Archivio danneggiato" in refused.stderr, archive.read_bytes() == before) == (
        1,
        True,
        True,
    )


def test_an_opening_that_looks_for_damage_stays_cheap(archive: Path) -> None:
    best = 1.0
    for _ in range(10):
        begun = time.perf_counter()
        sqlite_soundness.check(str(archive))
        best = min(best, time.perf_counter() - begun)
    assert best < 0.01


# -- backup ------------------------------------------------------------------------------------------------------------


def test_a_backup_is_one_whole_file_with_its_checkpoint(office: Run, archive: Path, tmp_path: Path) -> None:
    _revise_and_be_killed(archive, 50, 60)
    done = office("backup", "copia.sqlite", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["checkpoint"], told["key"], told["bytes"]) == (2, None, Path("copia.sqlite").stat().st_size)
    assert not list(tmp_path.glob("copia.sqlite?*"))
    assert Path("copia.sqlite").stat().st_mode & 0o777 == 0o600
    verified = json.loads(office("verify", "--database", "copia.sqlite", "--json").stdout)
    assert (verified["events"], verified["uncovered"], verified["last"]) == (told["events"], 0, 2)


def test_a_backup_is_consistent_while_others_write(office: Run, archive: Path) -> None:
    program = _CUT_OFF.replace("done", "ended")
    words = [sys.executable, "-c", program, str(archive), "1", "60"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}) as writer:
        made = 0
        while writer.poll() is None:
            assert office("backup", f"copia-{made}.sqlite").exit_code == 0
            made += 1
    assert made > 1
    for number in range(made):
        assert office("verify", "--database", f"copia-{number}.sqlite").exit_code == 0


def test_the_key_goes_with_a_backup_on_demand_and_for_its_owner_only(office: Run, archive: Path) -> None:
    assert office("backup", "copia.sqlite", "--with-key").exit_code == 0
    assert Path("copia.sqlite.key").read_bytes() == Path(f"{archive}.key").read_bytes()
    assert Path("copia.sqlite.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.usefixtures("archive")
def test_a_backup_is_not_written_over_anything(office: Run) -> None:
    Path("testo").write_text("di prima", encoding="ascii")
    for place in ("archivio.sqlite", "testo", "archivio.sqlite.key"):
        refused = office("backup", place)
        assert (refused.exit_code, "File non scritto" in refused.stderr) == (1, True)
    assert office("backup", "copia.sqlite").exit_code == 0
    assert office("backup", "copia.sqlite").exit_code == 1
    Path("altra.sqlite.key").write_text("di prima", encoding="ascii")
    assert office("backup", "altra.sqlite", "--with-key").exit_code == 1
    assert not Path("altra.sqlite").exists()


def test_a_damaged_archive_is_not_backed_up(office: Run, archive: Path) -> None:
    with archive.open("r+b") as file:
        file.seek(20 * 4096)
        file.write(bytes(4096))
    refused = office("backup", "copia.sqlite")
    assert (refused.exit_code, "Archivio danneggiato" in refused.stderr, Path("copia.sqlite").exists()) == (
        1,
        True,
        False,
    )


# -- restore -----------------------------------------------------------------------------------------------------------


def _restored(office: Run, *words: str) -> dict[str, Any]:
    done = office("restore", *words, "--json")
    assert done.exit_code == 0, done.output
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_a_restored_archive_is_the_one_of_then_and_what_was_there_stays_aside(office: Run, archive: Path) -> None:
    checkpoint = office("checkpoint").stdout
    Path("prima.txt").write_text(checkpoint, encoding="utf-8")
    assert office("backup", "copia.sqlite").exit_code == 0
    backup = Path("copia.sqlite").read_bytes()
    _revise_and_be_killed(archive, 50, 60)
    before = _sides(archive)
    told = _restored(office, "copia.sqlite", "--against", "prima.txt")
    assert told["events_before"] - told["events"] == 11  # ten revisions, and the act that they share
    aside = Path(told["aside"])
    assert {kind: Path(f"{aside / archive.name}{kind}").read_bytes() for kind in before} == before
    assert (Path("copia.sqlite").read_bytes(), archive.stat().st_mode & 0o777) == (backup, 0o600)
    assert office("verify", "--against", "prima.txt").exit_code == 0
    assert ">= 59%" not in office("show", PLAN).stdout
    # What is aside is an archive as it was.
    assert office("verify", "--database", aside / archive.name).exit_code == 0
    assert office("checkpoint").exit_code == 0


def test_a_restoration_says_what_it_lost(office: Run, archive: Path) -> None:
    assert office("backup", "copia.sqlite").exit_code == 0
    _revise_and_be_killed(archive, 50, 52)
    done = office("restore", "copia.sqlite")
    assert "L'archivio di prima aveva 3 eventi in più: nella copia non ci sono" in done.stdout
    assert f"  plan/{PLAN}: versioni " in done.stdout
    assert "non è stato toccato" in done.stdout


def test_what_was_recorded_after_an_older_backup_was_put_back_is_lost_with_a_newer_one(
    office: Run, archive: Path
) -> None:
    assert office("backup", "lunedi.sqlite").exit_code == 0
    _revise_and_be_killed(archive, 50, 55)
    assert office("backup", "martedi.sqlite").exit_code == 0
    assert office("restore", "lunedi.sqlite").exit_code == 0
    _revise_and_be_killed(archive, 60, 61)  # fewer than the newer backup has, at the same versions
    told = _restored(office, "martedi.sqlite")
    assert told["events_before"] < told["events"]
    lost = {one["stream"]: one["versions"] for one in told["lost"]}
    assert set(lost) == {f"plan/{PLAN}", "administration/cciaa-prova"}
    assert all(len(versions) == 1 for versions in lost.values())
    again = office("restore", "martedi.sqlite")
    assert "in più" not in again.stdout


def test_a_backup_that_does_not_hold_what_a_checkpoint_covers_is_not_put_back(office: Run, archive: Path) -> None:
    assert office("backup", "copia.sqlite").exit_code == 0
    _revise_and_be_killed(archive, 50, 52)
    Path("dopo.txt").write_text(office("checkpoint").stdout, encoding="utf-8")
    before = archive.read_bytes()
    refused = office("restore", "copia.sqlite", "--against", "dopo.txt")
    assert (refused.exit_code, "nulla è stato toccato" in refused.stderr) == (1, True)
    assert archive.read_bytes() == before


@pytest.mark.parametrize("harm", ["cut", "page", "event", "words", "empty", "another"])
def test_a_backup_that_is_not_whole_is_not_put_back(office: Run, archive: Path, harm: str) -> None:
    assert office("backup", "copia.sqlite").exit_code == 0
    backup = Path("copia.sqlite")
    match harm:
        case "cut":
            os.truncate(backup, backup.stat().st_size - 4096)
        case "page":
            with backup.open("r+b") as file:
                file.seek(20 * 4096)
                file.write(bytes(4096))
        case "event":
            with closing(sqlite3.connect(backup)) as connection:
                connection.execute("UPDATE stored_events SET state = replace(state, '70.34', '10.34')")
                connection.commit()
        case "words":
            backup.write_text("SQLite format 3, ma non lo è", encoding="utf-8")
        case "empty":
            backup.write_bytes(b"")
        case _:
            backup.unlink()
            with closing(sqlite3.connect(backup)) as connection:
                connection.execute("CREATE TABLE cose (nome)")
    before = archive.read_bytes()
    refused = office("restore", "copia.sqlite")
    assert (refused.exit_code, "COPIA" in refused.stderr) == (1, True)
    assert archive.read_bytes() == before
    assert not list(archive.parent.glob("archivio.sqlite.re*"))


def test_an_archive_that_a_process_has_open_is_not_replaced(office: Run, archive: Path) -> None:
    assert office("backup", "copia.sqlite").exit_code == 0
    with _held_open(archive):
        refused = office("restore", "copia.sqlite")
        assert (refused.exit_code, "Archivio momentaneamente non disponibile" in refused.stderr) == (1, True)
        assert "fermino il servizio" in refused.stderr
    assert office("restore", "copia.sqlite").exit_code == 0


@contextmanager
def _held_open(archive: Path) -> Iterator[None]:
    program = (
        "import sys; from projections.store.store import Store; s = Store(sys.argv[1]); s.head('x'); print('open', flush=True);"
        "sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, archive], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        yield
        process.kill()


@pytest.mark.usefixtures("archive")
def test_a_backup_is_restored_where_nothing_is_and_through_a_link(office: Run, tmp_path: Path) -> None:
    assert office("backup", "copia.sqlite", "--with-key").exit_code == 0
    told = _restored(office, "copia.sqlite", "--database", str(tmp_path / "nuova" / "a.sqlite"))
    assert (told["aside"], told["events_before"]) == (None, None)
    assert (tmp_path / "nuova" / "a.sqlite.key").stat().st_mode & 0o777 == 0o600
    (tmp_path / "link").symlink_to(tmp_path / "nuova" / "a.sqlite")
    told = _restored(office, "copia.sqlite", "--database", str(tmp_path / "link"))
    assert ((tmp_path / "link").is_symlink(), Path(told["aside"]).parent) == (True, tmp_path / "nuova")
    assert office("verify", "--database", tmp_path / "link").exit_code == 0


def test_the_key_of_the_backup_takes_its_place_again_and_the_later_one_stays(office: Run, archive: Path) -> None:
    assert office("backup", "copia.sqlite", "--with-key").exit_code == 0
    first = Path(f"{archive}.key").read_bytes()
    assert office("keys", "rotate").exit_code == 0
    later = Path(f"{archive}.key").read_bytes()
    told = _restored(office, "copia.sqlite")
    assert Path(f"{archive}.key").read_bytes() == first
    assert (Path(told["aside"]) / "archivio.sqlite.key.replaced").read_bytes() == later
    assert office("checkpoint").exit_code == 0


@pytest.mark.usefixtures("archive")
def test_a_key_that_is_not_that_of_the_backup_is_said(office: Run) -> None:
    assert office("backup", "copia.sqlite").exit_code == 0
    assert office("keys", "rotate").exit_code == 0
    assert "non è quella della copia" in office("restore", "copia.sqlite").stdout


def _restore_and_be_killed(at: str) -> None:
    program = (
        "import os, sys; from api.cli import main; import projections.store_backup as b;"
        f"{at}; sys.argv = ['initinere', 'restore', 'copia.sqlite']; main()"
    )
    killed = subprocess.run([sys.executable, "-c", program], check=False)
    assert killed.returncode == -signal.SIGKILL


DEATHS = {
    "before it is in place": "b.os.link = lambda *_: os.kill(os.getpid(), 9)",
    "between the file and its journal": (
        "move = b.Path.rename; b.Path.rename = lambda one, to: (move(one, to), os.kill(os.getpid(), 9))"
    ),
}


@pytest.mark.parametrize("at", DEATHS.values(), ids=DEATHS)
def test_a_restoration_that_was_interrupted_is_refused_until_it_is_done_again(
    office: Run, archive: Path, tmp_path: Path, at: str
) -> None:
    assert office("backup", "copia.sqlite").exit_code == 0
    _revise_and_be_killed(archive, 50, 52)  # what it recorded lies in the journal
    _restore_and_be_killed(at)
    _all_refused(office)
    assert "si è interrotto" in office("plans").stderr
    (tmp_path / "rotta.sqlite").write_bytes(b"SQLite format 3\0" + bytes(9_000))
    assert office("restore", "rotta.sqlite").exit_code == 1
    assert "si è interrotto" in office("plans").stderr
    told = _restored(office, "copia.sqlite")
    assert sum(len(one["versions"]) for one in told["lost"]) == 3
    assert office("verify").exit_code == 0
    assert [str(path.parent) for path in archive.parent.glob("archivio.sqlite.replaced-*/archivio.sqlite")] == [
        told["aside"]
    ]


def test_a_restoration_that_was_interrupted_at_its_end_is_whole(office: Run, archive: Path) -> None:
    assert office("backup", "copia.sqlite").exit_code == 0
    _restore_and_be_killed("link = b.os.link; b.os.link = lambda *a: (link(*a), os.kill(os.getpid(), 9))")
    assert office("verify").exit_code == 0
    _revise_and_be_killed(archive, 50, 52)
    told = _restored(office, "copia.sqlite")
    assert sum(len(one["versions"]) for one in told["lost"]) == 3


@pytest.mark.usefixtures("archive")
def test_a_draft_that_was_discarded_does_not_stand_in_the_way(office: Run, save: Callable[..., str]) -> None:
    draft = document(plan={"id": "bozza", "title": "Bozza", "first_year": 2023, "last_year": 2025})
    draft |= {"objectives": [], "indicators": [], "act": None}
    assert office("import", save(draft, "bozza.json")).exit_code == 0
    assert office("across", "rates", "--year", "2022").exit_code == 0
    assert office("discard", "bozza", "--justification", "Era una prova").exit_code == 0
    assert office("across", "rates", "--year", "2022").exit_code == 0
    assert office("rebuild", "--check").exit_code == 0
    assert office("backup", "copia.sqlite").exit_code == 0
    assert office("restore", "copia.sqlite").exit_code == 0


@pytest.mark.usefixtures("archive")
def test_a_backup_is_a_file_of_its_own(office: Run) -> None:
    refused = office("restore", "archivio.sqlite")
    assert (refused.exit_code, "è l'archivio stesso" in refused.stderr) == (1, True)
    for words in (("restore", "manca.sqlite"), ("restore", ".")):
        assert office(*words).exit_code == 1


def test_a_server_has_its_own_backups(office: Run) -> None:
    for words in (("backup", "copia.sqlite"), ("restore", "archivio.sqlite")):
        refused = office(*words, "--database", "postgresql://u@localhost/x")
        assert (refused.exit_code, "pg_dump" in refused.stderr) == (1, True)


def test_a_store_opens_beside_one_that_is_open_in_the_same_process(archive: Path) -> None:
    with closing(Store(archive)) as one, closing(Store(archive)) as other:
        assert one.head("installation") == other.head("installation")


def test_a_backup_takes_the_place_of_an_archive_only(office: Run, archive: Path, tmp_path: Path) -> None:
    office("backup", "copia.sqlite")
    with closing(sqlite3.connect(tmp_path / "altro.sqlite")) as other:
        other.execute("CREATE TABLE altro (a)")
    (tmp_path / "testo.txt").write_text("Appunti")
    office("pack", PLAN, "--year", "2022", "--output", "fascicolo.zip")
    for name in (f"{archive.name}.key", "altro.sqlite", "testo.txt", "fascicolo.zip"):
        before = Path(name).read_bytes()
        refused = office("restore", "copia.sqlite", "--database", name)
        assert (refused.exit_code, "File non scritto" in refused.stderr) == (1, True), name
        assert "non è un archivio" in refused.stderr
        assert Path(name).read_bytes() == before
    assert not list(tmp_path.glob("*.replaced-*"))
    content = archive.read_bytes()
    archive.write_bytes(bytes(100) + content[100:])
    assert "Rimesso copia.sqlite" in office("restore", "copia.sqlite").stdout, "its key lies beside it"


def test_a_backup_of_another_installation_is_put_back_only_where_that_is_said(
    office: Run, archive: Path, tmp_path: Path
) -> None:
    other = tmp_path / "altro.sqlite"
    assert office("import", "piano.json", "--database", other).exit_code == 0
    assert office("backup", "altrui.sqlite", "--database", other).exit_code == 0
    before = _sides(archive)
    refused = office("restore", "altrui.sqlite")
    assert (refused.exit_code, "Archivio non utilizzabile" in refused.stderr) == (1, True)
    assert "un'altra installazione" in refused.stderr
    assert "--other" in refused.stderr
    assert (_sides(archive), list(tmp_path.glob("*restoring*"))) == (before, [])
    assert office("restore", "altrui.sqlite", "--other").exit_code == 0
    assert office("restore", "altrui.sqlite").exit_code == 0


def test_a_restoration_says_what_had_been_taken_away_since(office: Run, archive: Path) -> None:
    with closing(Store(str(archive))) as store:
        version = store.head(f"plan/{PLAN}").version + 1
    noted = office(
        *(
            "revise",
            PLAN,
            "incasso",
            "--year",
            "2022",
            "--target",
            ">= 71%",
            "--act",
            "delibera di Giunta n. 7 del 30/09/2022",
        ),
        *("--cause", "new_data", "--justification", "parole riservate"),
    )
    assert noted.exit_code == 0, noted.output
    opened = re.search(r"acc-[a-z0-9]+", office("account", "open", "anna", "--name", "Anna Bo").stdout)
    assert opened is not None
    assert office("backup", "copia.sqlite").exit_code == 0
    for command in (
        ("redact", PLAN, "--version", str(version), "--act", "ordinanza n. 5 del 01/10/2022"),
        ("account", "suspend", opened[0]),
    ):
        done = office(*command)
        assert done.exit_code == 0, done.output
    told = office("restore", "copia.sqlite").stdout
    assert "Da rifare prima di avviare il servizio" in told
    assert f": Oscurato per ordine 1 testo, dell'evento {version}\n" in told
    assert "  installation/accounts, versione " in told


def test_a_backup_of_an_earlier_program_is_migrated_as_it_is_restored_and_a_strangers_is_still_refused(
    office: Run, archive: Path, tmp_path: Path
) -> None:
    assert office("backup", "copia.sqlite").exit_code == 0
    as_of_version_5(str(tmp_path / "copia.sqlite"))
    as_of_version_5(str(archive))
    assert "initinere migrate" in office("plans").stderr
    untouched = (tmp_path / "copia.sqlite").read_bytes()
    stranger = tmp_path / "altro.sqlite"
    assert office("import", "piano.json", "--database", stranger).exit_code == 0
    assert office("checkpoint", "--database", stranger).exit_code == 0
    assert office("backup", "estranea.sqlite", "--database", stranger).exit_code == 0
    assert office("restore", "estranea.sqlite").exit_code == 1
    restored = office("restore", "copia.sqlite")
    assert restored.exit_code == 0, restored.output
    assert (tmp_path / "copia.sqlite").read_bytes() == untouched
    assert office("verify").exit_code == 0
    assert office("plans").exit_code == 0
