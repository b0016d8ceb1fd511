"""The events of an administration: its name, its offices, its acts, its succession, its rules."""

from typing import Literal

from domain.acts.model import Act
from domain.event import Event, Occurrence
from domain.facts import ADMINISTRATION, IN_FORCE, LIFE, WITHDRAWN, Fact, office_key, system_field
from domain.names import Names
from domain.vocabulary import Identifier, IsoDate, JsonValue, Line, Sha256, Year

LAYOUT = "layout"
"""The field of an administration that holds how its own workbooks are read."""

SuccessionKind = Literal["merger", "split"]
"""Whether the administration took the place of others whole, or of a part of one."""


class AdministrationRegistered(Occurrence):
    """An administration, the owner of plans, was entered."""

    topic = "administration-registered"

    administration: Identifier
    name: Line
    ipa_code: Line | None = None

    def facts(self) -> list[Fact]:
        name = Fact(ADMINISTRATION, "name", self.name)
        return [name, Fact(ADMINISTRATION, "id", self.administration), *_ipa(self.ipa_code)]

    def sentence(self, names: Names) -> str:
        return f"Registrata l'amministrazione «{self.name}»"


class AdministrationRenamed(Occurrence):
    """The name, or the code in the national index (IPA), of the administration was changed."""

    topic = "administration-renamed"

    name: Line
    ipa_code: Line | None = None

    def facts(self) -> list[Fact]:
        return [Fact(ADMINISTRATION, "name", self.name), *_ipa(self.ipa_code)]

    def sentence(self, names: Names) -> str:
        return f"Rinominata l'amministrazione: «{self.name}»"


class AdministrationSucceeded(Occurrence):
    """The administration took the place of others (merger), or of a part of one (split)."""

    topic = "administration-succeeded"

    how: SuccessionKind
    predecessors: tuple[Identifier, ...]

    def facts(self) -> list[Fact]:
        predecessors = Fact(ADMINISTRATION, "predecessors", list(self.predecessors))
        return [predecessors, Fact(ADMINISTRATION, "how", self.how)]

    def sentence(self, names: Names) -> str:
        return f"Succeduta l'amministrazione a {', '.join(self.predecessors)}"


class OfficeEvent(Occurrence):
    """What an event of an office has in common with the others."""

    office: Identifier

    def fact(self, field: str, value: JsonValue) -> Fact:
        """A fact of the office."""
        return Fact(office_key(self.office), field, value)


class NamedOffice(OfficeEvent):
    """An event that says how an office is called: by its name, and by the other spellings of the documents."""

    name: Line
    aliases: tuple[Line, ...] = ()

    def facts(self) -> list[Fact]:
        return [self.fact(LIFE, IN_FORCE), self.fact("name", self.name), self.fact("aliases", list(self.aliases))]


class OfficeRegistered(NamedOffice):
    """An office was entered, with the other spellings that documents use for it. Never a person."""

    topic = "office-registered"

    valid_from: IsoDate | None = None

    def sentence(self, names: Names) -> str:
        return f"Registrato l'ufficio «{self.name}»"


class OfficeRenamed(NamedOffice):
    """The name or the aliases of an office were changed."""

    topic = "office-renamed"

    def sentence(self, names: Names) -> str:
        return f"Aggiornato l'ufficio «{self.name}»"


class OfficeClosed(OfficeEvent):
    """An office ceased to be."""

    topic = "office-closed"

    def facts(self) -> list[Fact]:
        return [self.fact(LIFE, WITHDRAWN)]

    def sentence(self, names: Names) -> str:
        return f"Cessato l'ufficio {self.office}"


class ActRegistered(Occurrence):
    """An act was entered, with its links to other acts."""

    topic = "act-registered"

    act: Act

    def facts(self) -> list[Fact]:
        return [Fact(f"act/{self.act.id}", "act", self.act.model_dump(mode="json"))]

    def sentence(self, names: Names) -> str:
        return f"Registrato l'atto: {self.act}"


class ActCompleted(Occurrence):
    """What was not known of an act when it was entered was said: its protocol number, the digest of its file, its title."""

    topic = "act-completed"

    act: Identifier
    protocol: Line | None = None
    sha256: Sha256 | None = None
    title: Line | None = None

    def facts(self) -> list[Fact]:
        details = {"protocol": self.protocol, "sha256": self.sha256, "title": self.title}
        return [Fact(f"act/{self.act}", name, value) for name, value in details.items() if value is not None]

    def sentence(self, names: Names) -> str:
        details = {"il protocollo": self.protocol, "l'impronta del file": self.sha256, "l'oggetto": self.title}
        said = ", ".join(f"{what} {value}" for what, value in details.items() if value is not None)
        return f"Completato l'atto {self.act}: {said}"


class AdministrationSystemAdopted(Occurrence):
    """The administration adopted the measurement and evaluation system (SMVP) of a year: its rules, whole."""

    topic = "administration-system-adopted"

    year: Year
    system: dict[str, JsonValue]

    def facts(self) -> list[Fact]:
        return [Fact(ADMINISTRATION, system_field(self.year), self.system)]

    def sentence(self, names: Names) -> str:
        return f"Adottato dall'amministrazione il sistema di misurazione {self.year}"


class LayoutRemembered(Occurrence):
    """How the administration's own workbooks are read was said: what each column is, by its heading, for its next file."""

    topic = "layout-remembered"

    lines: tuple[tuple[Line, Line], ...]

    def facts(self) -> list[Fact]:
        return [Fact(ADMINISTRATION, LAYOUT, [list(line) for line in self.lines])]

    def sentence(self, names: Names) -> str:
        return "Ricordata la lettura delle cartelle dell'amministrazione"


def _ipa(code: str | None) -> list[Fact]:
    return [] if code is None else [Fact(ADMINISTRATION, "ipa_code", code)]


EVENTS: tuple[type[Event], ...] = (
    AdministrationRegistered,
    AdministrationRenamed,
    AdministrationSucceeded,
    OfficeRegistered,
    OfficeRenamed,
    OfficeClosed,
    ActRegistered,
    ActCompleted,
    AdministrationSystemAdopted,
    LayoutRemembered,
)
