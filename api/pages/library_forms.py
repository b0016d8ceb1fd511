"""The forms of the library of indicators: an entry stated whole, an entry withdrawn."""

from collections.abc import Mapping
from datetime import date
from typing import ClassVar

from api.formats.json_reader import into
from api.language.labels import POLARITIES
from api.pages import addresses
from api.pages.installation.filled import InstallationFilled
from api.pages.installation.form import InstallationForm
from api.pages.installation.visit import InstallationVisit
from api.pages.library import changed_fields, library_address
from api.pages.work.controls import FieldOption, as_written
from domain.library.commands import StateEntry
from domain.library.known import KnownEntry
from domain.point import Point, today
from projections.library import entry_said, library_known

LIBRARY_FORMS = {
    form.name: form
    for form in (
        InstallationForm(
            "state_library_entry",
            "Scrivi una voce",
            "La voce intera, nuova o al posto di ciò che diceva: le schede con il suo codice vi si confrontano.",
            fields=("scheme", "code", "name", "formula", "terms", "unit", "polarity", "source", "stated_on"),
            given=(),
        ),
        InstallationForm(
            "withdraw_library_entry",
            "Ritira la voce",
            "Da un giorno la biblioteca non ha più la voce; ciò che diceva prima resta.",
            fields=("withdrawn_on",),
            given=("scheme", "code"),
        ),
    )
}
"""Every form, by the name of its command."""


class LibraryFilled(InstallationFilled[InstallationVisit]):
    """A form about an entry; one that is there is filled in with what it says."""

    HINTS: ClassVar[Mapping[tuple[str, str], str]] = {
        ("state_library_entry", "scheme"): "KPISTD e OC sono quelli nazionali; un ente ha il proprio.",
        ("state_library_entry", "terms"): "Che cosa si conta per ciascuno: uno per riga.",
        ("state_library_entry", "stated_on"): "Il giorno in cui la voce fu pubblicata; oggi, se non si dice.",
        ("withdraw_library_entry", "withdrawn_on"): "Oggi, se non si dice.",
    }

    @property
    def crumb(self) -> tuple[str, str]:
        """The entry that it is about, where it is there; else the library."""
        known = self._known
        if known is None:
            return self.visit.worded("Biblioteca degli indicatori"), addresses.LIBRARY
        return known.entry.called, library_address(known.entry.scheme, known.entry.code)

    @property
    def beside(self) -> list[str]:
        """What the entry says now, of what it would say otherwise."""
        known = self._known
        if known is None or self.form.name != "state_library_entry":
            return []
        stated = into(StateEntry, self.document()).entry()
        changed = changed_fields(entry_said(known.entry), entry_said(stated), self.visit.language)
        before = "; ".join(f"{each.label} «{each.before}»" if each.before else each.label for each in changed)
        day = f"{known.since:%d/%m/%Y}"
        return [
            self.visit.worded("La voce c'è già, dal %(day)s. Prima di questa dice: %(before)s", day=day, before=before)
        ]

    @property
    def _known(self) -> KnownEntry | None:
        scheme, code = self.said.get("scheme", ""), self.said.get("code", "")
        if not (scheme and code):
            return None
        day = self._day()
        return library_known(self.visit.reader, Point(day)).entry(scheme, code, day)

    def _day(self) -> date:
        try:
            return date.fromisoformat(self.said.get("stated_on", ""))
        except ValueError:
            return today(self.visit.now)

    def _initial(self, name: str) -> str:
        known = self._known
        return "" if known is None or name == "stated_on" else as_written(getattr(known.entry, name, None))

    def _options(self, name: str) -> list[FieldOption] | None:
        if name != "polarity":
            return None
        polarities = [FieldOption(code, words) for code, words in POLARITIES.items()]
        return [FieldOption("", "la voce non la dice"), *polarities]
