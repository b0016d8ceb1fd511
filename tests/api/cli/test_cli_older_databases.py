"""A database made by an earlier program is migrated, verifies, answers as it did, and goes on; as a file and on PostgreSQL."""

import gzip
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

import initinere_verify
from tests.support.harness import PLAN

Run = Callable[..., Result]
REWORDED = {"remark-made", "round-opened", "round-closed"}
"""The events whose sentences have been put in other words since: they say of the same event what they said."""
RATIO = re.compile(r"Num (\S+) - Den (\S+)")
"""A ratio as it was said: it is "648 su 1.000" since."""
SAMPLES = Path(__file__).parents[2] / "samples" / "databases"


@pytest.fixture(params=sorted(path.name for path in SAMPLES.iterdir() if path.is_dir()))
def sample(request: pytest.FixtureRequest, run: Run) -> Path:
    """The folder of a sample, copied to where the commands run; the archive is unpacked, its key is not there."""
    folder = SAMPLES / str(request.param)
    Path("archivio.sqlite").write_bytes(gzip.decompress((folder / "archive.sqlite.gz").read_bytes()))
    for file in folder.iterdir():
        if file.suffix in {".txt", ".zip", ".json"}:
            Path(file.name).write_bytes(file.read_bytes())
    refused = run("plans")
    assert (refused.exit_code, "initinere migrate" in refused.stderr) == (1, True)
    assert run("migrate").exit_code == 0
    return folder


@pytest.fixture(params=["sqlite", "postgresql"])
def archive(request: pytest.FixtureRequest, sample: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, on each database: a server is given a copy."""
    if request.param == "postgresql":
        url = str(request.getfixturevalue("postgres_url"))
        assert run("migrate", "--database", url).exit_code == 0
        copied = run("copy", "archivio.sqlite", url)
        assert copied.exit_code == 0, copied.output
        monkeypatch.setenv("INITINERE_DATABASE", url)
        monkeypatch.setenv("INITINERE_KEYS", "server.key")
    return sample


def test_it_answers_as_it_did(archive: Path, run: Run) -> None:
    for line in (archive / "answers.jsonl").read_text(encoding="utf-8").splitlines():
        asked = json.loads(line)
        if "--command-id" in asked["command"]:
            continue
        done = run(*asked["command"])
        assert done.exit_code == 0, (asked["command"], done.output)
        before = asked["answer"]
        now = done.stdout if isinstance(before, str) else json.loads(done.stdout)
        if asked["command"][-1] == "jsonl":
            before, now = ([json.loads(row) for row in rows.splitlines()] for rows in (before, now))
        assert _added_to(before, now) == before, asked["command"]


def test_it_verifies_against_what_was_taken_then(archive: Path, run: Run) -> None:
    del archive
    for arguments in ((), ("--against", "checkpoint.txt"), ("--against", "pack.zip"), ("pack.zip",)):
        done = run("verify", *arguments)
        assert (done.exit_code, done.stdout.partition(":")[0]) == (0, "VERIFICATO"), done.output
    differing = run("rebuild", "--check")
    assert differing.exit_code == 0, differing.output
    rebuilt = run("rebuild")
    assert rebuilt.exit_code == 0, rebuilt.output
    assert run("verify", "--against", "checkpoint.txt").exit_code == 0


def test_what_is_added_stands_on_what_was_signed_then(archive: Path, run: Run) -> None:
    keys = Path("keys.txt").read_text(encoding="utf-8").split()
    # Whoever has only the file goes on under a key of their own, and every statement says so.
    assert run("checkpoint").exit_code == 1
    assert run("keys", "rotate", "--lost").exit_code == 0
    assert run("keys", "show").stdout.split()[:-1] == keys
    for line in (archive / "answers.jsonl").read_text(encoding="utf-8").splitlines():
        asked = json.loads(line)
        if "--command-id" in asked["command"]:  # taken then, and answered from its receipt: nothing is recorded again
            assert _added_to(asked["answer"], json.loads(run(*asked["command"]).stdout)) == asked["answer"]
    added = run("measure", PLAN, "cassetto", "--period", "2023", "--data-as-at", "2023-12-31",
                "--term", "aderenti=150", "--term", "attive=1000")  # fmt: skip
    assert added.exit_code == 0, added.output
    assert run("checkpoint").exit_code == 0
    assert run("pack", PLAN, "--year", "2022", "--output", "fascicolo.zip").exit_code == 0
    published = run("keys", "show").stdout.split()[-1]
    for arguments in (("--against", "checkpoint.txt"), ("fascicolo.zip", "--against", "pack.zip")):
        unvouched = run("verify", *arguments)  # the key of then has not signed for the one of today
        assert unvouched.exit_code == 1
        assert "NON VERIFICATO: chiave dichiarata perduta" in unvouched.stderr
        done = run("verify", *arguments, "--key", published)
        assert (done.exit_code, done.stdout.partition(":")[0]) == (0, "VERIFICATO"), done.output
        assert "ATTENZIONE: " in done.stdout


@pytest.mark.parametrize("of", ["today", "then"])
def test_the_verifier_alone_reads_the_pack(sample: Path, of: str) -> None:
    program = Path(initinere_verify.__file__).parents[1] if of == "today" else Path("pack").absolute()
    with zipfile.ZipFile(sample / "pack.zip") as pack:
        pack.extractall("pack")
    done = subprocess.run(
        [sys.executable, "-m", "initinere_verify", "pack.zip", "--against", "checkpoint.txt"],
        env={"PYTHONPATH": str(program)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout.partition(":")[0]) == (0, "VERIFICATO"), done.stderr


def _added_to(before: Any, now: Any) -> Any:
    """What is answered now, without what an answer did not have at the time: a field may be added, none may change.

    The sentences of rounds were put in better words since: they no longer name what the plan made up by itself.

    An instant is the same however many zeros its second ends with.
    """
    if isinstance(before, dict) and isinstance(now, dict):
        same = {name: _added_to(before[name], value) for name, value in now.items() if name in before}
        same |= {"sentence": before["sentence"]} if now.get("event") in REWORDED and same.get("sentence") else {}
        lines, lines_now = (str(answer.get("statement")).splitlines() for answer in (before, now))
        if "statement" in same and set(lines) <= set(lines_now):
            same["statement"] = before["statement"]  # a line may be added to it
        return same
    if isinstance(before, str) and now == RATIO.sub(r"\1 su \2", before):
        return before
    if isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        return [_added_to(*pair) for pair in zip(before, now, strict=True)]
    return before if _is_same_instant(before, now) else now


def _is_same_instant(before: object, now: object) -> bool:
    try:
        return datetime.fromisoformat(str(before)) == datetime.fromisoformat(str(now))
    except (TypeError, ValueError):
        return False
