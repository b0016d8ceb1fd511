"""What stands between a file from outside and its reader: limits, and what is refused before anything is read.

A workbook is a ZIP of XML: a few kilobytes may unpack to gigabytes, one cell may claim a row a million rows below, an
XML part may define entities, and a macro or a link to another file has no place in a plan. Every limit is a setting.
"""

import zipfile
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import NamedTuple
from xml.parsers import expat

from domain.errors import DomainError

CHUNK = 1 << 16
MEMBERS = 2_000
FREE_RATIO_BYTES = 20_000_000
"""A part that unpacks to less than this may be packed as tightly as it likes: sheets full of the same are."""
ELEMENTS_A_CELL = 10
SHEETS = 200

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
    """How much of a workbook is read: bytes packed and unpacked, how tightly packed, rows of a sheet, cells of all."""

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
        self._unpacked = 0
        try:  # NotImplementedError is what zipfile says of a compression that it does not know
            self._zip = zipfile.ZipFile(BytesIO(data))
            members = self._zip.infolist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError, EOFError, OverflowError):
            raise _damaged() from None
        if len(members) > MEMBERS:
            raise WorkbookRefused(f"il file contiene {len(members)} parti", accepted=f"al più {MEMBERS}")
        self.members = {member.filename: member for member in members}
        if len(self.members) < len(members):
            raise WorkbookRefused(
                "il file contiene due parti con lo stesso nome", accepted="un file salvato da Excel o LibreOffice"
            )
        if any(member.flag_bits & 0x1 for member in members):
            raise WorkbookRefused("il file è protetto da password", accepted="lo stesso file senza password")
        declared = sum(member.file_size for member in members)
        if declared > limits.unpacked:
            raise _too_large(limits)
        for member in members:
            if member.file_size > FREE_RATIO_BYTES and member.file_size > limits.ratio * max(member.compress_size, 1):
                problem = f"la parte {member.filename[:80]!r} è compressa più di {limits.ratio} volte"
                raise WorkbookRefused(problem, accepted="un file salvato da Excel o LibreOffice")

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

    def has(self, name: str) -> bool:
        """Whether there is a part of this name."""
        return name in self.members

    def stream(self, name: str) -> Iterator[bytes]:
        """The bytes of a part, piece by piece; refused as soon as all that was unpacked passes the limit."""
        if name not in self.members:
            raise _damaged()
        try:
            with self._zip.open(self.members[name]) as member:
                while chunk := member.read(CHUNK):
                    self._unpacked += len(chunk)
                    if self._unpacked > self.limits.unpacked:
                        raise _too_large(self.limits)
                    yield chunk
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError):
            raise _damaged() from None

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

    Names lose their prefix: the formats have no two elements that differ in it alone.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    names = _Names()
    elements_left = limits.cells * ELEMENTS_A_CELL

    def refuse(*_: object) -> None:
        problem = "un XML del file definisce un tipo di documento o delle entità"
        raise WorkbookRefused(problem, accepted="un file salvato da Excel o LibreOffice")

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
        parser.Parse(b"", True)  # noqa: FBT003
    except expat.ExpatError:
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
    """Counts what is read of a workbook, against its limits."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._cells = 0
        self._rows: dict[str, int] = {}

    def cell(self, sheet: str) -> None:
        """One more cell that holds something."""
        self._cells += 1
        if self._cells > self.limits.cells:
            problem = f"più di {self.limits.cells} celle piene (fino al foglio {sheet!r})"
            raise WorkbookRefused(problem, accepted=f"al più {self.limits.cells} celle (INITINERE_MAX_WORKBOOK_CELLS)")

    def row(self, sheet: str) -> None:
        """One more row that holds something."""
        self._rows[sheet] = self._rows.get(sheet, 0) + 1
        if self._rows[sheet] > self.limits.rows:
            problem = f"più di {self.limits.rows} righe piene nel foglio {sheet!r}"
            raise WorkbookRefused(problem, accepted=f"al più {self.limits.rows} righe (INITINERE_MAX_WORKBOOK_ROWS)")


def check_size(data: bytes, limits: Limits) -> None:
    """Refuses a file larger than the limit, before it is opened."""
    if len(data) > limits.packed:
        problem = f"il file supera i {limits.packed} byte"
        raise WorkbookRefused(problem, accepted=f"al più {limits.packed} byte (INITINERE_MAX_DOCUMENT_BYTES)")


def _too_large(limits: Limits) -> WorkbookRefused:
    problem = f"il file, decompresso, supera i {limits.unpacked} byte"
    return WorkbookRefused(problem, accepted=f"al più {limits.unpacked} byte (INITINERE_MAX_WORKBOOK_UNPACKED_BYTES)")


def _damaged() -> WorkbookRefused:
    return WorkbookRefused(
        "il file è danneggiato o non è una cartella di lavoro",
        accepted="un file .xlsx o .ods che Excel o LibreOffice aprono",
    )
