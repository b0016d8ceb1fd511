"""Reads the sheets of collection that come back, in a process of its own: one workbook, or a ZIP of several."""

from pydantic import TypeAdapter
from typing_extensions import TypedDict

from api.formats.readers import DEFAULT, READERS, ReaderLimits
from api.workbook.collection_read import ReturnedSheet, is_collection, read_collection
from api.workbook.safety import Limits, Package, WorkbookRefused, check_size, refusing_failures
from domain.errors import Problem
from domain.late import late
from domain.vocabulary import DEFERRED

with late:  # a sheet comes back now and then
    from api.workbook.formats import sheets_in


class ReadingAsked(TypedDict):
    """What the other process is asked: the name of the file, and the limits."""

    file: str
    within: dict[str, int]


RETURNED: TypeAdapter[list[ReturnedSheet]] = TypeAdapter(list[ReturnedSheet], config=DEFERRED)
"""The sheets of a file, as they lie while they are looked at."""
BOOKS = (".xlsx", ".ods")
MOST_BOOKS = 500
ACCEPTED = "una scheda di raccolta .xlsx o .ods, come l'ha esportata initinere round export, o uno ZIP di schede"


def read_returned(data: bytes, within: Limits, *, file: str = "", using: ReaderLimits = DEFAULT) -> list[ReturnedSheet]:
    """The sheets of a file, which is named where there are several; WorkbookRefused where it holds none."""
    check_size(data, within)
    answer = READERS.read(COLLECTION_TASK, data, {"file": file, "within": within._asdict()}, using, (WorkbookRefused,))
    return RETURNED.validate_json(answer)


# What runs in the other process.

COLLECTION_TASK = f"{__name__}:read_returned_apart"


def read_returned_apart(data: bytes, asked: ReadingAsked) -> bytes:
    """The sheets of a file, in JSON."""
    with refusing_failures():
        return RETURNED.dump_json(_returned(data, Limits(**asked["within"]), asked["file"]))


def _returned(data: bytes, limits: Limits, file: str) -> list[ReturnedSheet]:
    books = _books(data, limits)
    if books is None:
        sheets = sheets_in(data, limits)
        if not is_collection(sheets):
            raise WorkbookRefused("il file non è una scheda di raccolta", accepted=ACCEPTED)
        return [read_collection(sheets, file)]
    returned: list[ReturnedSheet] = []
    for member, content in books:
        name = f"{file}: {member}" if file else member
        try:
            sheets = sheets_in(content, limits)
        except WorkbookRefused as error:
            problems = [Problem(where=name, found=error.problem.found, accepted=error.problem.accepted)]
            returned.append(ReturnedSheet(name, "", {}, "", {}, [], problems, []))
            continue
        if is_collection(sheets):
            returned.append(read_collection(sheets, name))
        else:
            problems = [Problem(where=name, found="non è una scheda di raccolta", accepted=ACCEPTED)]
            returned.append(ReturnedSheet(name, "", {}, "", {}, [], problems, []))
    return returned


def _books(data: bytes, limits: Limits) -> list[tuple[str, bytes]] | None:
    """The workbooks in a ZIP, with their names; None for a file that is a workbook itself."""
    if not data.startswith(b"PK"):
        return None
    package = Package(data, limits)
    names = [
        name
        for name in package.members
        if name.lower().endswith(BOOKS)
        and not name.startswith("__MACOSX/")
        and not name.rpartition("/")[2].startswith((".", "~$"))
    ]
    if not names or package.has("mimetype") or package.has("[Content_Types].xml"):
        return None
    if len(names) > MOST_BOOKS:
        raise WorkbookRefused(f"lo ZIP ha più di {MOST_BOOKS} schede", accepted=f"al più {MOST_BOOKS}")
    return [(name, package.read(name)) for name in names]
