"""What a file is that is none of those that are read: by how it begins, in the words of whoever made it."""

from pathlib import PurePath

_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "un PDF"),
    (b"{\\rtf", "un testo RTF"),
    (b"\x89PNG\r\n", "un'immagine PNG"),
    (b"\xff\xd8\xff", "un'immagine JPEG"),
    (b"GIF8", "un'immagine GIF"),
    (b"PK\x03\x04", "uno ZIP"),
    (b"PK\x05\x06", "uno ZIP vuoto"),
    (b"\x1f\x8b", "un archivio gzip"),
    (b"Rar!", "un archivio RAR"),
    (b"7z\xbc\xaf\x27\x1c", "un archivio 7z"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "un documento di Office di una volta"),
    (b"SQLite format 3", "una base di dati SQLite"),
)
_SEEN = 4096
"""How many bytes of a file say whether it is text."""
SUFFIXES = frozenset({".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".csv", ".zip", ".json", ".docx", ".odt", ".pdf"})
"""The endings of a name that promise something of what is in the file."""


def kind_in_words(data: bytes) -> str:
    """What a file is, with its article: of a known kind, a text, or bytes that are none."""
    for beginning, words in _BEGINNINGS:
        if data.startswith(beginning):
            return words
    seen = data[:_SEEN].removeprefix(b"\xef\xbb\xbf")
    if b"\0" in seen:
        return "un file di un altro programma"
    return "un testo senza tabella" if seen.strip() else "un file vuoto"


def is_known_kind(data: bytes) -> bool:
    """Whether a file begins as one of another kind does, whatever follows."""
    return data.startswith(tuple(beginning for beginning, _ in _BEGINNINGS))


def promised(name: str) -> str:
    """The ending of a name that promises something; empty where it promises nothing."""
    suffix = PurePath(name).suffix.lower()
    return suffix if suffix in SUFFIXES else ""
