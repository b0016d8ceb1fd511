"""Packs that are made to cost: the size of each, the time and the memory that its verification takes, what is said.

`python -m benchmarks.hostile_packs` prints the table of docs/prova.md; each pack is read in a process of its own.
"""

import json
import resource
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from initinere_verify.archive import write_archive

SHAPES: dict[str, Callable[[], bytes]] = {
    "16.000 liste in JSON": lambda: write_archive({"pack.json": b"[" + b"[]," * 16_000 + b"[]]"}),
    "5.000.000 di liste in JSON": lambda: write_archive({"pack.json": b"[" + b"[]," * 5_000_000 + b"[]]"}),
    "15.000.000 di livelli in JSON": lambda: write_archive({"pack.json": b"[" * 15_000_000}),
    "100.000 file vuoti": lambda: write_archive({f"{place:06}": b"" for place in range(100_000)}),
    "45 MB compressi, nella forma di prima": lambda: write_archive(
        {"pack.json": b"[" + b"[]," * 15_000_000 + b"[]]"}, zipfile.ZIP_DEFLATED
    ),
}
READ = """
import json, resource, sys, time
from pathlib import Path
from initinere_verify.pack import verify_pack
from initinere_verify.trees import Failed
started = time.process_time()
try:
    verify_pack(Path(sys.argv[1]))
    words = "VERIFICATO"
except Failed as failure:
    words = failure.kind
print(json.dumps([time.process_time() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, words]))
"""
MEMORY = 4_000_000_000


def main() -> None:
    """Prints a row a pack."""
    print("| fascicolo | byte | secondi | memoria | esito |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name, make in SHAPES.items():
            file = Path(folder) / "pack.zip"
            file.write_bytes(make())
            ran = subprocess.run(
                [sys.executable, "-c", READ, str(file)],
                capture_output=True,
                text=True,
                check=True,
                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
            )
            seconds, megabytes, words = json.loads(ran.stdout)
            size = f"{file.stat().st_size:,}".replace(",", ".")
            print(f"| {name} | {size} | {seconds:.2f} | {megabytes:.0f} MB | `{words}` |")


if __name__ == "__main__":
    main()
