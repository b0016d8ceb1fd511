"""The files that a command names: their bytes, within the limit; `-` is the standard input."""

import sys

from api.cli import session
from api.formats.json_reader import read_file, read_stream


def file_bytes(path: str) -> bytes:
    """The bytes of a file of the user, or of the standard input."""
    limit = session.settings().max_document_bytes
    return read_stream(sys.stdin.buffer, limit, "lo standard input") if path == "-" else read_file(path, limit)
