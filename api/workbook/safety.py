"""What stands between a file from outside and its reader: limits, and what is refused before anything is read.

A workbook is a ZIP of XML: a few kilobytes may unpack to gigabytes, one cell may claim a row a million rows below, an
XML part may define entities, and a macro or a link to another file has no place in a plan. What a file unfolds to is
counted before it is unfolded: cells, rows, characters, spans. The limits of size are settings.
"""

import logging
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import NamedTuple
from xml.parsers import expat

from api.workbook.cells import cell_address
from domain.errors import DomainError

CHUNK = 1 << 16
MEMBERS = 2_000
FREE_RATIO_BYTES = 20_000_000
"""A part that unpacks to less than this may be packed as tightly as it likes: sheets full of the same are."""
ELEMENTS_A_CELL = 10
SHEETS = 200
LAST_ROW = 1_048_576
LAST_COLUMN = 16_384
"""The confines of a sheet, in every format."""
LONGEST_CELL = 32_767
"""Characters that Excel takes in a cell; more than these are read from no format."""
LONGEST_NAME = 255
"""Characters of the name of a sheet; Excel takes 31, LibreOffice this many."""
LONGEST_ELEMENT = 1_000_000
"""Bytes of one sign of an XML (a tag with its attributes, a comment): a longer one is read over and over by the parser."""

_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
)
"""What zipfile says of a file that is none: NotImplementedError of a compression that it does not know, ValueError of a
place before the beginning, or of a name that is no UTF-8."""
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_DIRECTORY_ENTRY = b"PK\x01\x02"
_ENCODINGS = {"utf-8", "utf-16", "us-ascii", "iso-8859-1"}
"""The encodings that the parser of XML knows by itself; Excel and LibreOffice write UTF-8."""

log = logging.getLogger("api.imports")

_ACTIVE = (
    ("vbaproject", "macro"),
    ("xl/macrosheets/", "macro"),
    ("xl/dialogsheets/", "macro"),
    ("xl/activex/", "controlli ActiveX"),
    ("basic/", "macro"),
    ("scripts/", "macro"),
    ("xl/externallinks/", "collegamenti ad altri file"),
    ("xl/connections.xml", "collegamenti a dati esterni"),
    ("xl/querytables/", "collegamenti a dati esterni"),
    ("xl/embeddings/", "oggetti incorporati"),
)


class Limits(NamedTuple):
    """How much of a workbook is read: bytes packed and unpacked, how tightly packed, rows of a sheet, cells of all.

    The texts of all cells, repeated as often as they stand there, have at most as many characters as a file has bytes.
    """

    packed: int = 50_000_000
    unpacked: int = 200_000_000
    ratio: int = 200
    rows: int = 200_000
    cells: int = 3_000_000


class WorkbookRefused(DomainError):
    """A file that is no workbook that may be read: of another kind, damaged, beyond a limit, or with active content."""

    name = "workbook_refused"
    title = "Cartella di lavoro non ammessa"
    status = 422


class Package:
    """A ZIP from outside, read part by part within the limits; what it claims of itself is not believed."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        self.limits = limits
        self._packed = len(data)
        self._unpacked = 0
        self.part = ""
        # Counted before the directory is read: each entry of it becomes an object.
        if (entries := data.count(_DIRECTORY_ENTRY)) > MEMBERS:
            raise _too_many_parts(entries)
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
            members = self._zip.infolist()
        except _DAMAGE:
            raise _damaged() from None
        self.members = {member.filename: member for member in members}
        if len(self.members) < len(members):
            raise WorkbookRefused(
                "il file contiene due parti con lo stesso nome", accepted="un file salvato da Excel o LibreOffice"
            )
        if any(member.flag_bits & 0x1 for member in members):
            raise WorkbookRefused("il file è protetto da password", accepted="lo stesso file senza password")
        if any(member.compress_type not in _METHODS for member in members):
            raise WorkbookRefused(
                "una parte del file è compressa in un modo insolito", accepted="un file salvato da Excel o LibreOffice"
            )
        self._within(sum(member.file_size for member in members))

    def refuse_active(self) -> None:
        """Refuses macros, links to other files, embedded objects: a plan needs none, and none is ever followed."""
        for name in self.members:
            low = name.lower()
            for sign, words in _ACTIVE:
                if low.startswith(sign) or (sign == "vbaproject" and sign in low):
                    problem = f"il file contiene {words} ({name[:80]})"
                    raise WorkbookRefused(
                        problem, accepted="una cartella .xlsx o .ods senza macro né collegamenti esterni"
                    )

    def _within(self, unpacked: int) -> None:
        """Refuses so many bytes unpacked: too many, or too many for what the file is, however they are spread over it."""
        if unpacked > self.limits.unpacked:
            problem = f"il file, decompresso, supera i {self.limits.unpacked} byte"
            setting = "INITINERE_MAX_WORKBOOK_UNPACKED_BYTES"
            raise WorkbookRefused(problem, accepted=f"al più {self.limits.unpacked} byte ({setting})")
        if unpacked > max(FREE_RATIO_BYTES, self.limits.ratio * self._packed):
            problem = f"il file è compresso più di {self.limits.ratio} volte"
            raise WorkbookRefused(problem, accepted="un file salvato da Excel o LibreOffice")

    def has(self, name: str) -> bool:
        """Whether there is a part of this name."""
        return name in self.members

    def stream(self, name: str) -> Iterator[bytes]:
        """The bytes of a part, piece by piece; refused as soon as all that was unpacked passes the limit."""
        if name not in self.members:
            raise _damaged(name)
        self.part = name
        try:
            with self._zip.open(self.members[name]) as member:
                while chunk := member.read(CHUNK):
                    self._unpacked += len(chunk)
                    self._within(self._unpacked)
                    yield chunk
        except _DAMAGE:
            raise _damaged(name) from None

    def read(self, name: str) -> bytes:
        """A whole small part."""
        return b"".join(self.stream(name))


def parse_xml(
    chunks: Iterator[bytes],
    limits: Limits,
    *,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Reads XML as it comes, calling back with local names; a document type, and so every entity, is refused.

    So are an encoding that the parser does not know by itself, and a sign without end.

    Names lose their prefix: the formats have no two elements that differ in it alone.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    names = _Names()
    sent = 0
    elements_left = limits.cells * ELEMENTS_A_CELL

    def refuse(*_: object) -> None:
        problem = "un XML del file definisce un tipo di documento o delle entità"
        raise WorkbookRefused(problem, accepted="un file salvato da Excel o LibreOffice")

    def declared(_: str, encoding: str | None, __: int) -> None:
        if encoding is not None and encoding.lower() not in _ENCODINGS:
            problem = f"un XML del file è scritto in {encoding[:40]!r}"
            raise WorkbookRefused(problem, accepted="un file salvato da Excel o LibreOffice, in UTF-8")

    parser.XmlDeclHandler = declared
    parser.StartElementHandler = lambda name, attributes: start(names[name], attributes)
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    if end is not None:
        parser.EndElementHandler = lambda name: end(names[name])
    if text is not None:
        parser.CharacterDataHandler = text
    try:
        for chunk in chunks:
            # No element is without its sign: counting the signs is quicker than counting the elements.
            elements_left -= chunk.count(b"<")
            if elements_left < 0:
                raise WorkbookRefused("il file contiene troppi elementi", accepted=f"al più {limits.cells} celle")
            parser.Parse(chunk, False)  # noqa: FBT003 - the signature of the library
            sent += len(chunk)
            if sent - max(parser.CurrentByteIndex, 0) > LONGEST_ELEMENT:
                raise WorkbookRefused(
                    f"un elemento di più di {LONGEST_ELEMENT} byte", accepted="un file salvato da Excel o LibreOffice"
                )
        parser.Parse(b"", True)  # noqa: FBT003
    except (expat.ExpatError, ValueError, LookupError):  # the last two are what is said of an encoding
        raise _damaged() from None


class _Names(dict[str, str]):
    """Names without their prefix, each cut once."""

    def __missing__(self, name: str) -> str:
        local = self[name] = name.rpartition(":")[2]
        return local


def attribute(attributes: dict[str, str], name: str) -> str | None:
    """An attribute by its local name."""
    if name in attributes:
        return attributes[name]
    return next((value for key, value in attributes.items() if key.endswith(f":{name}")), None)


class Counter:
    """Counts what is read of a workbook, against its limits: what is repeated is counted before it is unfolded."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._cells = 0
        self._characters = 0
        self._rows: dict[str, int] = {}
        self._merged = 0

    def cells(self, sheet: str, times: int = 1, characters: int = 0) -> None:
        """So many more cells that hold something, of so many characters each."""
        self._cells += times
        if self._cells > self.limits.cells:
            problem = f"più di {self.limits.cells} celle piene (fino al foglio {sheet!r})"
            raise WorkbookRefused(problem, accepted=f"al più {self.limits.cells} celle (INITINERE_MAX_WORKBOOK_CELLS)")
        self._characters += times * characters
        if self._characters > self.limits.packed:
            most = f"{self.limits.packed} caratteri"
            problem = f"i testi di tutte le celle, ripetizioni comprese, superano i {most} (fino al foglio {sheet!r})"
            raise WorkbookRefused(problem, accepted=f"al più {most} (INITINERE_MAX_DOCUMENT_BYTES)")

    def rows(self, sheet: str, times: int = 1) -> None:
        """So many more rows that hold something."""
        rows = self._rows[sheet] = self._rows.get(sheet, 0) + times
        if rows > self.limits.rows:
            problem = f"più di {self.limits.rows} righe piene nel foglio {sheet!r}"
            raise WorkbookRefused(problem, accepted=f"al più {self.limits.rows} righe (INITINERE_MAX_WORKBOOK_ROWS)")

    def merged(self, sheet: str) -> None:
        """One more range of merged cells."""
        self._merged += 1
        if self._merged > self.limits.rows:
            problem = f"più di {self.limits.rows} celle unite (fino al foglio {sheet!r})"
            raise WorkbookRefused(problem, accepted=f"al più {self.limits.rows} (INITINERE_MAX_WORKBOOK_ROWS)")


def cell_too_long(sheet: str, row: int, column: int) -> WorkbookRefused:
    """The refusal of a cell whose text no cell of a spreadsheet holds."""
    problem = f"la cella {cell_address(sheet, row, column)} ha più di {LONGEST_CELL} caratteri"
    return WorkbookRefused(problem, accepted=f"al più {LONGEST_CELL} caratteri in una cella")


def sheet_name(name: str) -> str:
    """The name of a sheet; WorkbookRefused where no program would write it."""
    if len(name) > LONGEST_NAME:
        problem = f"il nome di un foglio ha {len(name)} caratteri ({name[:40]!r}...)"
        raise WorkbookRefused(problem, accepted=f"al più {LONGEST_NAME} caratteri")
    return name


def check_size(data: bytes, limits: Limits) -> None:
    """Refuses a file larger than the limit, before it is opened."""
    if len(data) > limits.packed:
        problem = f"il file supera i {limits.packed} byte"
        raise WorkbookRefused(problem, accepted=f"al più {limits.packed} byte (INITINERE_MAX_DOCUMENT_BYTES)")


def _too_many_parts(parts: int) -> WorkbookRefused:
    return WorkbookRefused(f"il file contiene {parts} parti", accepted=f"al più {MEMBERS}")


@contextmanager
def refusing_failures(package: Package | None = None) -> Iterator[None]:
    """Within it a failure that nobody foresaw is a refusal of the file, with the part that was read; why, the log says."""
    try:
        yield
    except (DomainError, MemoryError):
        raise
    except Exception:
        log.exception("a workbook was not read")
        raise _damaged(package.part if package is not None else "") from None


def _damaged(part: str = "") -> WorkbookRefused:
    return WorkbookRefused(
        "il file è danneggiato o non è una cartella di lavoro",
        accepted="un file .xlsx o .ods che Excel o LibreOffice aprono",
        where=part[:80],
    )
