"""Answers that are sent while they are made, compressed where the client takes it: no more than a piece is in memory."""

import zlib
from collections.abc import Iterator, Mapping

import zstandard
from fastapi.responses import StreamingResponse

from api.http.compression import LEVELS, Coding, taken

GZIP_WINDOW = 31
"""What zlib is told for a stream of gzip, of its largest window."""


def streamed(
    pieces: Iterator[bytes], media_type: str, headers: Mapping[str, str], accept_encoding: str
) -> StreamingResponse:
    """An answer of pieces; its tag ends with the coding that it is sent in, as that of any answer."""
    coding = taken(accept_encoding)
    headers = {**headers, "Vary": "Accept-Encoding"}
    if coding is None:
        return StreamingResponse(pieces, media_type=media_type, headers=headers)
    if tag := headers.get("ETag"):
        headers["ETag"] = f'{tag[:-1]};{coding}"'
    headers["Content-Encoding"] = coding
    return StreamingResponse(_packed(pieces, coding), media_type=media_type, headers=headers)


def _packed(pieces: Iterator[bytes], coding: Coding) -> Iterator[bytes]:
    """Each piece goes out as it is made: whoever waits, or stands between, sees that something comes."""
    if coding == "gzip":
        gzip = zlib.compressobj(LEVELS[coding], wbits=GZIP_WINDOW)
        for piece in pieces:
            yield gzip.compress(piece) + gzip.flush(zlib.Z_SYNC_FLUSH)
        yield gzip.flush()
        return
    zstd = zstandard.ZstdCompressor(level=LEVELS[coding]).compressobj()
    for piece in pieces:
        yield zstd.compress(piece) + zstd.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
    yield zstd.flush()
