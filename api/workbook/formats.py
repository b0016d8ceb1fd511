"""Says what a file is by what it contains, whatever its name, and reads its sheets within the limits."""

from typing import Literal

import orjson

from api.formats.file_kinds import is_known_kind, kind_in_words, promised
from api.workbook.cells import Sheet
from api.workbook.collection_read import is_collection
from api.workbook.csvzip import csv_members, decoded, delimiter_of, read_csv, sheet_of
from api.workbook.ods import MIMETYPE, read_ods
from api.workbook.read import read_workbook
from api.workbook.safety import Counter, Limits, Package, WorkbookRefused, check_size, refusing_failures
from api.workbook.sheets import fill_merged, sheet_like
from api.workbook.xlsx import read_xlsx
from domain.documents.uploaded import UploadedPlan
from domain.errors import DomainError, Malformed

Format = Literal["json", "workbook"]
ACCEPTED = "una cartella .xlsx o .ods, uno ZIP di .csv, un .csv, oppure un documento JSON"
SAVED_AGAIN = "lo stesso file, aperto con Excel o LibreOffice e salvato come .xlsx o .ods"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLD_BINARY = (b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00\x04\x00", b"\x09\x00\x06\x00")
"""How the workbooks of the oldest programs begin, before they were kept in a container."""
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OLD_STREAMS = tuple(name.encode("utf-16-le") for name in ("Workbook", "Book"))
"""How the part with the sheets is called in the container of an old workbook."""
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OTHER_PACKAGES = {
    "word/document.xml": "un documento di Word, non una cartella di Excel",
    "ppt/presentation.xml": "una presentazione di PowerPoint, non una cartella di Excel",
}
_OPEN_DOCUMENTS = {
    b"application/vnd.oasis.opendocument.text": "un testo di LibreOffice, non un foglio elettronico",
    b"application/vnd.oasis.opendocument.presentation": "una presentazione di LibreOffice, non un foglio elettronico",
}
_ALONE = "CSV"
"""How the sheet of a CSV that came alone is called until its headings say which it is."""


def format_of(data: bytes, name: str = "") -> Format:
    """A JSON document or a workbook; WorkbookRefused, with what to do, for what is known to be neither.

    `name` is that of the file, where it has one: what it promised is said beside what came.
    """
    if data.startswith(_ZIP):
        return "workbook"
    if not data.strip():
        raise WorkbookRefused("il file è vuoto", accepted=ACCEPTED)
    if data.startswith(_OLE) and _ENCRYPTED in data:
        raise WorkbookRefused("la cartella è protetta da password", accepted="lo stesso file salvato senza password")
    if data.startswith((_OLE, *_OLD_BINARY)):
        sure = any(name in data for name in _OLD_STREAMS) or not data.startswith(_OLE)
        problem = "il file è un .xls di una volta" + ("" if sure else ", o una cartella protetta da password")
        raise WorkbookRefused(problem, accepted=SAVED_AGAIN if sure else f"{SAVED_AGAIN}, senza password")
    if is_known_kind(data):
        raise _other_kind(data, name)
    start = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"<"):
        raise WorkbookRefused(
            "il file è un XML o una pagina HTML, anche se il nome finisce in .xls",
            accepted=f"{SAVED_AGAIN}; oppure un documento JSON",
        )
    if start[:1] not in {b"{", b"["} and _is_csv(data):
        return "workbook"
    if start[:1].isascii() and start[:1] not in b'{["-0123456789tfn':  # other bytes are told as they are in JSON
        raise _other_kind(data, name)
    if promised(name) not in {"", ".json"} and not _is_json(data):
        raise _other_kind(data, name)
    return "json"


def _other_kind(data: bytes, name: str) -> WorkbookRefused:
    """The refusal of what is neither: what was promised by its name, and what it is."""
    kind, ending = kind_in_words(data), promised(name)
    if ending not in {"", ".json"} and not kind.lower().endswith(f" {ending[1:]}"):
        return WorkbookRefused(f"il nome del file finisce in {ending}, ma dentro è {kind}", accepted=ACCEPTED)
    return WorkbookRefused(f"il file non è una cartella di lavoro, e non è JSON: è {kind}", accepted=ACCEPTED)


def _is_json(data: bytes) -> bool:
    try:
        orjson.loads(data)
    except orjson.JSONDecodeError:
        return False
    return True


def _is_csv(data: bytes) -> bool:
    """Whether a file is text whose first lines are columns."""
    beginning = data[:BEGINNING]
    try:
        text = decoded(beginning, _ALONE)
    except WorkbookRefused:
        first = beginning.removeprefix(b"\xef\xbb\xbf").lstrip(b'"')[:1]
        return first.isalnum() and b";" in beginning and b"\n" in beginning  # it is told what is wrong with it
    whole = text if len(data) <= BEGINNING else text.rpartition("\n")[0]
    lines = [line for line in whole.splitlines() if line.strip()]
    delimiter = delimiter_of("\n".join(lines))
    return len(lines) > 1 and sum(delimiter in line for line in lines) * 2 >= len(lines)


BEGINNING = 8_192
"""How many bytes of a file say whether it is a CSV: an even number, so that no character of UTF-16 is cut."""


def sheets_in(data: bytes, limits: Limits) -> list[Sheet]:
    """The sheets of a workbook of any of the formats; WorkbookRefused for any other file.

    The one of a CSV that came alone is named by its headings, or has no name of the format: `require_named`.
    """
    check_size(data, limits)
    format_of(data)
    counter = Counter(limits)
    if not data.startswith(_ZIP):
        return [_alone(data, counter)]
    package = Package(data, limits)
    with refusing_failures(package):
        sheets = _read(package, counter)
        for sheet in sheets:
            fill_merged(sheet, counter)
    return sheets


def _alone(data: bytes, counter: Counter) -> Sheet:
    """The sheet of a CSV that came alone, named by its headings where they tell."""
    sheet = sheet_of(Sheet(_ALONE), data, counter)
    sheet.name = sheet_like(sheet) or _ALONE
    return sheet


def require_named(sheets: list[Sheet]) -> None:
    """WorkbookRefused for a CSV that came alone, and whose headings do not tell which sheet it is."""
    if [sheet.name for sheet in sheets] == [_ALONE]:
        raise WorkbookRefused(
            "è un CSV solo, e le sue intestazioni non dicono quale foglio è",
            accepted="uno ZIP con i CSV, ciascuno col nome del suo foglio: Target.csv, Indicatori.csv",
        )


def _read(package: Package, counter: Counter) -> list[Sheet]:
    if package.has("mimetype") and package.read("mimetype").strip() == MIMETYPE:
        return read_ods(package, counter)
    if package.has("xl/workbook.xml") and package.has("[Content_Types].xml"):
        return read_xlsx(package, counter)
    if package.has("xl/workbook.bin"):
        raise WorkbookRefused("il file è un .xlsb", accepted="lo stesso file salvato come .xlsx")
    if csv_members(package):
        return read_csv(package, counter)
    inside = next((words for part, words in _OTHER_PACKAGES.items() if package.has(part)), "")
    if package.has("mimetype") and not inside:
        inside = _OPEN_DOCUMENTS.get(package.read("mimetype").strip(), "")
    problem = f"il file è {inside}" if inside else "lo ZIP non contiene una cartella di lavoro"
    raise WorkbookRefused(problem, accepted=ACCEPTED)


class CollectionReturned(DomainError):
    """A sheet of collection that was sent where the file of a plan is taken."""

    name = "collection_returned"
    title = "Scheda di raccolta"
    status = 422


def read_bytes(data: bytes, limits: Limits) -> UploadedPlan:
    """What a workbook wants; Malformed with every problem and its cell."""
    uploaded = read_partly(data, limits)
    if uploaded.problems:
        raise Malformed(list(uploaded.problems))
    return uploaded


def require_plan(sheets: list[Sheet]) -> None:
    """Refuses a sheet of a round, which is no plan: CollectionReturned."""
    if is_collection(sheets):
        problem = "il file è una scheda di raccolta di un monitoraggio, non un piano"
        raise CollectionReturned(problem, accepted="il comando round import")


def read_partly(data: bytes, limits: Limits) -> UploadedPlan:
    """What a workbook wants; with every problem and its cell, where there are any, what could be read beside them.

    CollectionReturned for a sheet of a round.
    """
    sheets = sheets_in(data, limits)
    require_plan(sheets)
    require_named(sheets)
    return read_workbook(sheets)
