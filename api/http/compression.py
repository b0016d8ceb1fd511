"""Pages and their files go over the wire compressed, where whoever asks takes it."""

import gzip
from functools import lru_cache

from fastapi import Request
from fastapi.responses import Response

from api.http.headers import NO_STORE

SHORTEST = 1_000
"""Bytes below which compressing gains nothing."""
LEVEL, LEVEL_OF_FILES = 5, 9
COMPRESSED = ("text/", "image/svg+xml", "application/atom+xml", "application/rdf+xml", "application/ld+json")


def compressed(request: Request, answer: Response, *, lasting: bool = False) -> Response:
    """An answer as gzip, unless it holds a secret: what is reflected beside one would tell it by its length (BREACH).

    `lasting`: a file that is the same for ever, and is compressed once.
    """
    kind = answer.headers.get("content-type", "")
    if not kind.startswith(COMPRESSED) or len(answer.body) < SHORTEST:
        return answer
    answer.headers.add_vary_header("Accept-Encoding")
    secret = NO_STORE in answer.headers.get("cache-control", "") or b'name="csrf"' in bytes(answer.body)
    if secret or "gzip" not in request.headers.get("accept-encoding", ""):
        return answer
    answer.body = _of_a_file(bytes(answer.body)) if lasting else gzip.compress(bytes(answer.body), LEVEL, mtime=0)
    answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Content-Length"] = str(len(answer.body))
    return answer


@lru_cache(maxsize=64)
def _of_a_file(content: bytes) -> bytes:
    return gzip.compress(content, LEVEL_OF_FILES, mtime=0)
