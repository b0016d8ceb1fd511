"""The command: `python3 -m initinere_verify PACK.zip [--against CHECKPOINT] [--key KEY]`."""

import argparse
import codecs
import sys
from collections.abc import Mapping
from pathlib import Path

from initinere_verify.files import LARGEST_TEXT, open_regular, read_regular
from initinere_verify.pack import Pack, verify_pack
from initinere_verify.trees import Checkpoint, Failed, Key, read_checkpoint, read_key


def read_against(path: Path | None) -> tuple[Checkpoint | None, Mapping[str, list[bytes]]]:
    """What was taken away earlier: a checkpoint, or a whole pack (verified first), which also names single events."""
    if path is None:
        return None, {}
    try:
        with open_regular(path) as file:
            is_pack = file.read(4) == b"PK\x03\x04"
        note = b"" if is_pack else read_regular(path, LARGEST_TEXT)
    except (OSError, ValueError) as error:
        cause = str(getattr(error, "strerror", "") or error)
        raise Failed("unreadable", str(path), "un checkpoint, o un fascicolo precedente", cause) from None
    if is_pack:
        verify_pack(path)
        pack = Pack(path)
        return pack.checkpoint(), {
            stream: [leaf for *_, leaf in pack.leaves(stream)] for stream in pack.about["streams"]
        }
    return read_checkpoint(_text(note), str(path)), {}


def read_published(said: str | None) -> Key | None:
    """The key that the body publishes, as a line, or the last line of a file that holds such lines."""
    if said is None:
        return None
    line = said
    try:
        if "+" not in said or Path(said).exists():
            line = _text(read_regular(Path(said), LARGEST_TEXT)).split()[-1]
        return read_key(line)
    except (OSError, ValueError, IndexError) as error:
        cause = str(getattr(error, "strerror", "") or line)
        raise Failed("unreadable", "--key", "nome+id+base64, o un file che ne abbia una per riga", cause) from None


def _text(data: bytes) -> str:
    """A text as whatever program saved it: UTF-8 with or without a byte-order mark, UTF-16, or Windows-1252."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def main(arguments: list[str] | None = None) -> int:
    """Verifies a pack; 0 and a statement, or 1 and the first thing that fails."""
    parser = argparse.ArgumentParser(
        prog="initinere_verify", description="Verifica un fascicolo probatorio, senza rete."
    )
    parser.add_argument("bundle", type=Path, help="il fascicolo (ZIP)")
    parser.add_argument("--against", type=Path, help="un checkpoint, o un fascicolo, preso in precedenza")
    parser.add_argument("--key", help="la chiave pubblica che l'ente pubblica, o un file che la contiene")
    options = parser.parse_args(arguments)
    try:
        against, known_leaves = read_against(options.against)
        verdict = verify_pack(options.bundle, against, known_leaves, read_published(options.key))
    except Failed as failure:
        sys.stderr.write(f"NON VERIFICATO: {failure}\n")
        return 1
    sys.stdout.write(verdict.statement() + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
