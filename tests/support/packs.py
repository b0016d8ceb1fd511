"""Packs taken apart and put together again: their files, as the product spells them, signed anew."""

import hashlib
import json
import zipfile
from pathlib import Path

from initinere_verify.archive import write_archive
from projections.proof.notes import Signing

Files = dict[str, bytes]


def spelt(document: object) -> bytes:
    """A document of a pack, in its bytes."""
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def files_of(path: Path) -> Files:
    """The files of a pack, by name."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def signed_anew(files: Files, key: Signing) -> Files:
    """Other files under the same heading, with a manifest that a key signs over them."""
    files = dict(files)
    heading = files.pop("manifest.txt").decode().split("\n")[0]
    listed = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(files.items()))
    return files | {"manifest.txt": key.note(f"{heading}\n{listed}").encode()}


def packed(path: Path, files: Files) -> Path:
    """The pack of some files."""
    path.write_bytes(write_archive(files))
    return path
