"""The files of tests/support/bombs.py, each read apart: its size, the time and the memory that it takes, what is said.

`python -m benchmarks.hostile_files [NAME...]` prints the table of docs/file-ostili.md; each file is read in a process
of its own, which is ended after `SECONDS` or at `MEMORY` bytes.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.support.bombs import BOMBS, Bomb

SECONDS = 60
MEMORY = 8_000_000_000

READ = """
import json, resource, sys, time
from pathlib import Path
from api.imports.reading import read_document_apart, read_workbook_apart
from api.workbook.formats import format_of
from api.workbook.safety import Limits
from domain.errors import DomainError
data = Path(sys.argv[1]).read_bytes()
started = time.process_time()
try:
    if format_of(data) == "json":
        read_document_apart(data, None)
    else:
        read_workbook_apart(data, Limits()._asdict())
    words = "letto"
except DomainError as error:
    words = str(error).replace("\\n", " ")
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([time.process_time() - started, peak * 1024, words[:90]]))
"""
"""What is measured: what the process that reads a file does with it, in seconds of a processor."""


def measured(bomb: Bomb, folder: Path) -> tuple[str, ...]:
    """The row of a bomb: name, bytes, seconds, megabytes, what was said."""
    file = folder / "bomb"
    file.write_bytes(bomb.make(bomb.size))
    size = f"{file.stat().st_size:,}".replace(",", ".")
    started = time.monotonic()
    try:
        ran = subprocess.run(
            [sys.executable, "-c", READ, str(file)],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
        )
    except subprocess.TimeoutExpired:
        return bomb.name, size, f"> {SECONDS}", "", "fermato"
    if ran.returncode:
        return (
            bomb.name,
            size,
            f"{time.monotonic() - started:.1f}",
            "",
            (ran.stderr.strip().splitlines() or ["ucciso"])[-1][:90],
        )
    seconds, peak, words = json.loads(ran.stdout)
    return bomb.name, size, f"{seconds:.2f}", f"{peak / 1e6:.0f}", words


def main(names: list[str]) -> None:
    """Measures and prints."""
    with tempfile.TemporaryDirectory() as folder:
        for bomb in BOMBS:
            if not names or any(name in bomb.name for name in names):
                print("| " + " | ".join(measured(bomb, Path(folder))) + " |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
