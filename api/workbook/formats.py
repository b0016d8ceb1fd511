"""Says what a file is by what it contains, whatever its name, and reads its sheets within the limits."""

from typing import Literal

from api.workbook.cells import Sheet
from api.workbook.csvzip import csv_members, decoded, delimiter_of, read_csv, sheet_of
from api.workbook.ods import MIMETYPE, read_ods
from api.workbook.read import read_workbook
from api.workbook.safety import Counter, Limits, Package, WorkbookRefused, check_size, refusing_failures
from api.workbook.sheets import fill_merged, sheet_like
from api.workbook.xlsx import read_xlsx
from domain.documents.uploaded import UploadedPlan

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
_ALONE = "CSV"
"""How the sheet of a CSV that came alone is called until its headings say which it is."""


def format_of(data: bytes) -> Format:
    """A JSON document or a workbook; WorkbookRefused, with what to do, for what is known to be neither."""
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
    if data.startswith(b"%PDF"):
        raise WorkbookRefused("il file è un PDF", accepted=ACCEPTED)
    start = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"<"):
        raise WorkbookRefused(
            "il file è un XML o una pagina HTML, anche se il nome finisce in .xls",
            accepted=f"{SAVED_AGAIN}; oppure un documento JSON",
        )
    if start[:1] not in {b"{", b"["} and _is_csv(data):
        return "workbook"
    if start[:1].isascii() and start[:1] not in b'{["-0123456789tfn':  # other bytes are told as they are in JSON
        raise WorkbookRefused("il file non è una cartella di lavoro, e non è JSON", accepted=ACCEPTED)
    return "json"


def _is_csv(data: bytes) -> bool:
    """Whether a file is text whose first lines are columns."""
    beginning = data[:BEGINNING]
    try:
        text = decoded(beginning, _ALONE)
    except WorkbookRefused:
        return beginning[:1].isalnum() and b";" in beginning and b"\n" in beginning  # it is told what is wrong with it
    whole = text if len(data) <= BEGINNING else text.rpartition("\n")[0]
    lines = [line for line in whole.splitlines() if line.strip()]
    delimiter = delimiter_of("\n".join(lines))
    return len(lines) > 1 and sum(delimiter in line for line in lines) * 2 >= len(lines)


BEGINNING = 8_192
"""How many bytes of a file say whether it is a CSV: an even number, so that no character of UTF-16 is cut."""


def sheets_in(data: bytes, limits: Limits) -> list[Sheet]:
    """The sheets of a workbook of any of the formats; WorkbookRefused for any other file."""
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
    """The sheet of a CSV that came alone, named by its headings; WorkbookRefused where they do not tell."""
    sheet = sheet_of(Sheet(_ALONE), data, counter)
    name = sheet_like(sheet)
    if name is None:
        raise WorkbookRefused(
            "è un CSV solo, e le sue intestazioni non dicono quale foglio è",
            accepted="uno ZIP con i CSV, ciascuno col nome del suo foglio: Target.csv, Indicatori.csv",
        )
    sheet.name = name
    return sheet


def _read(package: Package, counter: Counter) -> list[Sheet]:
    if package.has("mimetype") and package.read("mimetype").strip() == MIMETYPE:
        return read_ods(package, counter)
    if package.has("xl/workbook.xml") and package.has("[Content_Types].xml"):
        return read_xlsx(package, counter)
    if package.has("xl/workbook.bin"):
        raise WorkbookRefused("il file è un .xlsb", accepted="lo stesso file salvato come .xlsx")
    if csv_members(package):
        return read_csv(package, counter)
    raise WorkbookRefused("lo ZIP non contiene una cartella di lavoro", accepted=ACCEPTED)


def read_bytes(data: bytes, limits: Limits) -> UploadedPlan:
    """What a workbook wants; with every problem and its cell, where there are any, what could be read beside them."""
    return read_workbook(sheets_in(data, limits))
