"""The files of a command: what the user names is read, what is answered as a file is written."""

import sys

import click

from api.cli import output, session
from api.cli.output_file import OutputFile
from api.formats.json_reader import read_file, read_stream


def file_bytes(path: str) -> bytes:
    """The bytes of a file of the user, or of the standard input."""
    limit = session.settings().max_document_bytes
    return read_stream(sys.stdin.buffer, limit, "lo standard input") if path == "-" else read_file(path, limit)


def write_file(content: bytes, to: OutputFile | None) -> None:
    """Writes a file where it is wanted; never a workbook on a terminal."""
    if to is None and sys.stdout.isatty() and content.startswith(b"PK"):
        raise click.BadParameter(
            "una cartella di lavoro non si legge sul terminale: dire --output FILE", param_hint="--output"
        )
    output.give(content, to)
