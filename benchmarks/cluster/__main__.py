"""`python -m benchmarks.cluster [--rounds N] [--only FAULT]`: machines fail under load; what is lost is counted.

As root, on a Debian with the packages that `machines.PACKAGES` names. Twenty rounds of each fault take some forty minutes.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.cluster import results
from benchmarks.cluster.machines import PACKAGES, described, missing
from benchmarks.cluster.rounds import FAULTS, Round, drill

IN_MEMORY = "/dev/shm"  # noqa: S108 - a folder of its own in it
"""Where the cluster lies: processes are killed, not the machine, and the disk of others makes no failure longer."""


def main() -> None:
    """Runs the rounds and writes the page."""
    words = argparse.ArgumentParser(prog="python -m benchmarks.cluster")
    words.add_argument("--rounds", type=int, default=20)
    words.add_argument("--only", action="append", choices=list(FAULTS))
    words.add_argument("--output", type=Path, default=results.PAGE)
    words.add_argument("--interface", choices=["etcd", "etcd3"], default="etcd", help="of etcd, that Patroni speaks")
    words.add_argument("--keep", type=Path, help="a folder in which everything is left behind")
    said = words.parse_args()
    if lacking := missing():
        sys.exit(f"missing: {', '.join(lacking)} (apt-get install --no-install-recommends {PACKAGES})")
    folder = said.keep or Path(tempfile.mkdtemp(prefix="banco-", dir="/var/tmp"))
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)
    began = time.monotonic()
    rounds: list[Round] = []
    broken: list[str] = []
    try:
        with drill(folder, said.interface) as drilled:
            for kind in said.only or FAULTS:
                number = 0
                try:
                    for number in range(said.rounds):
                        rounds.append(drilled.round(kind, number))
                        print(f"{time.monotonic() - began:6.0f} s  {number + 1:3}  {rounds[-1]}", flush=True)
                except RuntimeError as error:
                    lost = len(drilled.audit_all().lost)
                    broken.append(f"**{kind}, round {number + 1}: {error}; acknowledged and lost by then: {lost}**")
                    print(f"  !! {broken[-1]}", flush=True)
                    drilled.cluster.until_whole(600)
                drilled.checkpoint(kind.replace(" ", "-"))
            told = [*broken, *drilled.end()]
            audit = drilled.audit_all()
            for found in (*drilled.log.contradictions, *drilled.log.unexpected):
                print(f"  !! {found}", flush=True)
            minutes = (time.monotonic() - began) / 60
            (folder / "rounds.json").write_text(json.dumps(rounds))
            said.output.write_text(
                results.page(rounds, drilled.log, audit, told, described(), minutes), encoding="utf-8"
            )
            print(said.output.read_text(encoding="utf-8"))
    finally:
        if said.keep is None:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
