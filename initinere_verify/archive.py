"""The archive of a pack: one ZIP whose bytes follow from its files, so that every program unpacks the same."""

import hashlib
import io
import zipfile
import zlib
from collections.abc import Mapping

from initinere_verify.trees import Failed

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The date of every file in the ZIP: the pack has none of its own."""
DENSEST = 30
"""How many times its own size a pack of an earlier program, which was compressed, may unfold to."""
SLACK = 1_000_000
"""Bytes that a small one may unfold to in any case."""


def write_archive(files: Mapping[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    """The one ZIP of some files: sorted by name, stored as they are, of no date, with nothing beside them.

    Not compressed, for what compresses best differs from one library to the next.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method, compresslevel=9) as archive:
        for name, content in sorted(files.items()):
            info = zipfile.ZipInfo(name, EPOCH)
            info.compress_type = method
            info.external_attr = 0o644 << 16
            info.create_system = 3
            archive.writestr(info, content)
    return buffer.getvalue()


def _content(data: bytes, member: zipfile.ZipInfo, place: int) -> tuple[bytes | None, int]:
    """The bytes of a file that lies at a place, and where it ends; None where it lies elsewhere, or is longer than it says.

    No more is unfolded than the directory says: the library would unfold a gigabyte at a time.
    """
    start = place + 30 + len(member.orig_filename.encode())
    end = start + member.compress_size
    packed = data[start:end]
    if member.header_offset != place or len(packed) != member.compress_size:
        return None, end
    if member.compress_type == zipfile.ZIP_STORED:
        return (packed if len(packed) == member.file_size else None), end
    inflating = zlib.decompressobj(-zlib.MAX_WBITS)
    content = inflating.decompress(packed, member.file_size + 1)
    whole = len(content) == member.file_size and (
        inflating.eof or not inflating.decompress(inflating.unconsumed_tail, 1)
    )
    return (content if whole else None), end


def read_archive(data: bytes, where: str) -> tuple[dict[str, bytes], bool]:
    """The files of a pack by name, and whether they were compressed; Failed where it is not the ZIP that the product writes for these very files.

    Memory and time are bounded by the size of the archive.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
        if odd := {member.compress_type for member in members} - {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise Failed("not_canonical", where, "file conservati come sono", f"il metodo {min(odd)}")
        compressed = any(member.compress_type != zipfile.ZIP_STORED for member in members)
        size, limit = sum(member.file_size for member in members), len(data)
        if compressed:
            limit = max(SLACK, DENSEST * limit)
        if size > limit:
            raise Failed(
                "unreadable", where, "un fascicolo di grandezza verosimile", f"{len(data)} byte che ne fanno {size}"
            )
        files: dict[str, bytes] = {}
        place = 0
        for member in members:
            name = member.filename
            if name in files:
                raise Failed("file_altered", name, "un file solo con questo nome", "più d'uno")
            if name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/"):
                raise Failed("file_altered", name, "un nome dentro la cartella del fascicolo", "un nome che ne esce")
            content, place = _content(data, member, place)
            if content is None:
                raise Failed("not_canonical", name, "il suo contenuto, per intero e al suo posto", "un altro")
            files[name] = content
    canonical = write_archive(files, zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED)
    if data != canonical:
        pairs = enumerate(zip(data, canonical, strict=False))
        place = next((at for at, (one, other) in pairs if one != other), min(len(data), len(canonical)))
        expected = f"l'unico archivio di questi file, SHA-256 {hashlib.sha256(canonical).hexdigest()}"
        raise Failed(
            "not_canonical", where, expected, f"altri byte, dal {place} in poi: un altro programma può leggervi altro"
        )
    return files, compressed
