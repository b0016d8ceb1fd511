"""The pages of the library of indicators: its entries, found by scheme, code or words; a file of it, before it is taken."""

from collections.abc import Sequence
from typing import NamedTuple

from starlette.responses import Response

from api.language.labels import POLARITIES
from api.language.translation import translated
from api.pages import addresses
from api.pages.addresses import page_address
from api.pages.forms import FormProblem
from api.pages.frame import Frame, render
from api.pages.installation.visit import InstallationVisit
from api.pages.work.form_page import Carried
from api.settings import Language
from domain.library.entry import LibraryEntry
from domain.notice import Notice
from domain.vocabulary import field_labels
from projections.library import EntryForeseen, EntrySaid, EntryShown, LibraryList

LABELS = field_labels(LibraryEntry)
SHOWN_OF_A_FILE = 500
"""How many entries of a file are shown, the first."""


class ChangedField(NamedTuple):
    """A field that an entry says otherwise: how people call it, what it said and what it would say; empty for nothing."""

    label: str
    before: str
    after: str


class LibraryFileForeseen(NamedTuple):
    """What a file of the library would do: the entries that it states, how many it has, what of it is not taken."""

    entries: Sequence[EntryForeseen]
    total: int
    not_taken: Sequence[Notice]


class LibraryFileOnPage(NamedTuple):
    """A file that was sent, under its name, from the day that its sender said; without `foreseen` it is refused, or taken.

    `unseen`: what it would do is not what the page had shown before.
    """

    id: str
    name: str
    stated_on: str
    foreseen: LibraryFileForeseen | None
    is_taken: bool = False
    unseen: bool = False


def library_page(
    answer: LibraryList,
    asked: tuple[str, str, str],
    alone: EntryShown | None,
    frame: Frame,
    language: Language,
    *,
    keeps: bool,
) -> Response:
    """The entries that were asked for, by scheme, code and words; `keeps`: whoever looks may write them."""
    scheme, code, text = asked
    row = alone["entry"] if alone else None
    about = {"scheme": row["scheme"], "code": row["code"]} if row else {}
    return render(
        "library.html",
        "Biblioteca degli indicatori",
        frame,
        language,
        entries=answer["entries"],
        as_of=answer["as_of"],
        alone=alone,
        scheme=scheme,
        code=code,
        text=text,
        polarities=POLARITIES,
        action=addresses.LIBRARY,
        entry_address=library_address,
        files={kind.upper(): f"/v1/library/export?format={kind}" for kind in ("csv", "json")},
        write=page_address(addresses.LIBRARY_FORM, about, command="state_library_entry") if keeps else "",
        withdraw=page_address(addresses.LIBRARY_FORM, about, command="withdraw_library_entry") if keeps else "",
        load=addresses.LIBRARY_FILES if keeps else "",
    )


def library_address(scheme: str, code: str) -> str:
    """The address of an entry."""
    return page_address(addresses.LIBRARY, {"schema": scheme, "codice": code})


def one_alone(entries: Sequence[object], scheme: str, code: str) -> bool:
    """Whether one entry was asked for, and found."""
    return bool(scheme and code) and len(entries) == 1


def library_files_page(
    visit: InstallationVisit,
    form: Carried,
    problems: Sequence[FormProblem] = (),
    not_taken: str = "",
    status: int = 200,
) -> Response:
    """The form that takes a file, with what was wrong with one."""
    return render(
        "library_files.html",
        "Carica la biblioteca",
        visit.frame(),
        visit.language,
        status=status,
        private=True,
        problems=problems,
        form=form,
        not_taken=not_taken,
        columns=list(LABELS.values()),
        send_address=addresses.LIBRARY_FILES,
        library=addresses.LIBRARY,
    )


def library_file_page(
    visit: InstallationVisit,
    file: LibraryFileOnPage,
    form: Carried,
    problems: Sequence[FormProblem] = (),
    status: int = 200,
) -> Response:
    """A file that was sent: what of the library it would change, what keeps it from it; that it is taken."""
    entries = file.foreseen.entries if file.foreseen else ()
    return render(
        "library_file.html",
        "Registrato" if file.is_taken else "Che cosa dice il file",
        visit.frame(),
        visit.language,
        status=status,
        private=True,
        problems=problems,
        form=form,
        file=file,
        foreseen=file.foreseen,
        shown=[
            (row["entry"], changed_fields(row["before"], row["entry"], visit.language) if row["before"] else None)
            for row in entries[:SHOWN_OF_A_FILE]
        ],
        since=entries[0]["since"] if entries else "",
        new=sum(row["before"] is None for row in entries),
        polarities=POLARITIES,
        file_address=page_address(addresses.LIBRARY_FILE, import_id=file.id),
        files_address=addresses.LIBRARY_FILES,
        library=addresses.LIBRARY,
    )


def changed_fields(before: EntrySaid, after: EntrySaid, language: Language) -> list[ChangedField]:
    """The fields that an entry would say otherwise."""
    return [
        ChangedField(translated(label, language), _in_words(before, field, language), _in_words(after, field, language))
        for field, label in LABELS.items()
        if before[field] != after[field]  # type: ignore[literal-required]  # a field of it
    ]


def _in_words(entry: EntrySaid, field: str, language: Language) -> str:
    if field == "polarity":
        return translated(POLARITIES[entry["polarity"]], language) if entry["polarity"] else ""
    value: object = entry[field]  # type: ignore[literal-required]  # a field of it
    return "; ".join(value) if isinstance(value, list) else str(value or "")
