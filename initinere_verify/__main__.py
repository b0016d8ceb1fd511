"""The command: `python3 -m initinere_verify PACK.zip [--against CHECKPOINT]`."""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from initinere_verify.pack import Pack, verify_pack
from initinere_verify.trees import Checkpoint, Failed, read_checkpoint


def read_against(path: Path | None) -> tuple[Checkpoint | None, Mapping[str, list[bytes]]]:
    """What was taken away earlier: a checkpoint, or a whole pack (verified first), which also names single events."""
    if path is None:
        return None, {}
    try:
        start = path.read_bytes()[:4]
    except OSError as error:
        raise Failed("unreadable", str(path), "un checkpoint, o un fascicolo precedente", str(error.strerror)) from None
    if start == b"PK\x03\x04":
        verify_pack(path)
        pack = Pack(path)
        return pack.checkpoint(), {
            stream: [leaf for *_, leaf in pack.leaves(stream)] for stream in pack.about["streams"]
        }
    return read_checkpoint(path.read_text(encoding="utf-8", errors="replace"), str(path)), {}


def main(arguments: list[str] | None = None) -> int:
    """Verifies a pack; 0 and a statement, or 1 and the first thing that fails."""
    parser = argparse.ArgumentParser(
        prog="initinere_verify", description="Verifica un fascicolo probatorio, senza rete."
    )
    parser.add_argument("bundle", type=Path, help="il fascicolo (ZIP)")
    parser.add_argument("--against", type=Path, help="un checkpoint, o un fascicolo, preso in precedenza")
    options = parser.parse_args(arguments)
    try:
        against, known_leaves = read_against(options.against)
        verdict = verify_pack(options.bundle, against, known_leaves)
    except Failed as failure:
        sys.stderr.write(f"NON VERIFICATO: {failure}\n")
        return 1
    sys.stdout.write(verdict.statement() + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
