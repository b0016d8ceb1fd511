"""Says what a file is by what it contains, whatever its name, and reads its sheets within the limits."""

from typing import Literal

from api.workbook.cells import Sheet
from api.workbook.csvzip import read_csv
from api.workbook.ods import MIMETYPE, read_ods
from api.workbook.read import read_workbook
from api.workbook.safety import Counter, Limits, Package, WorkbookRefused, check_size, refusing_failures
from api.workbook.sheets import fill_merged
from api.workbook.xlsx import read_xlsx
from domain.documents.uploaded import UploadedPlan

Format = Literal["json", "workbook"]
ACCEPTED = "una cartella .xlsx o .ods, uno ZIP di .csv, oppure un documento JSON"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")


def format_of(data: bytes) -> Format:
    """A JSON document or a workbook; WorkbookRefused for what is known to be neither."""
    if data.startswith(_ZIP):
        return "workbook"
    if data.startswith(_OLE):
        problem = "il file è un .xls di una volta, o una cartella protetta da password"
        raise WorkbookRefused(problem, accepted="lo stesso file salvato come .xlsx, senza password")
    start = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"<"):
        raise WorkbookRefused("il file è un XML o una pagina HTML", accepted=ACCEPTED)
    if start[:1].isascii() and start[:1] not in b'{["-0123456789tfn':  # other bytes are told as they are in JSON
        raise WorkbookRefused("il file non è una cartella di lavoro, e non è JSON", accepted=ACCEPTED)
    return "json"


def sheets_in(data: bytes, limits: Limits) -> list[Sheet]:
    """The sheets of a workbook of any of the formats; WorkbookRefused for any other file."""
    check_size(data, limits)
    format_of(data)
    package, counter = Package(data, limits), Counter(limits)
    with refusing_failures(package):
        sheets = _read(package, counter)
        for sheet in sheets:
            fill_merged(sheet, counter)
    return sheets


def _read(package: Package, counter: Counter) -> list[Sheet]:
    if package.has("mimetype") and package.read("mimetype").strip() == MIMETYPE:
        return read_ods(package, counter)
    if package.has("xl/workbook.xml") and package.has("[Content_Types].xml"):
        return read_xlsx(package, counter)
    if package.has("xl/workbook.bin"):
        raise WorkbookRefused("il file è un .xlsb", accepted="lo stesso file salvato come .xlsx")
    if any(name.lower().endswith(".csv") for name in package.members):
        return read_csv(package, counter)
    raise WorkbookRefused("lo ZIP non contiene una cartella di lavoro", accepted=ACCEPTED)


def read_bytes(data: bytes, limits: Limits) -> UploadedPlan:
    """What a workbook wants; Malformed with every problem and its cell."""
    return read_workbook(sheets_in(data, limits))
