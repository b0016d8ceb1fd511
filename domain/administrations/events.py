"""The events of an administration: its name, its offices, its acts, its succession."""

from typing import Literal

from domain.acts.model import Act
from domain.event import Event
from domain.vocabulary import Identifier, IsoDate, Line


class AdministrationRegistered(Event):
    """An administration, the owner of plans, was entered."""

    topic = "administration-registered"

    administration: Identifier
    name: Line
    ipa_code: Line | None = None


class AdministrationRenamed(Event):
    """The name, or the code in the national index (IPA), of the administration was changed."""

    topic = "administration-renamed"

    name: Line
    ipa_code: Line | None = None


class AdministrationSucceeded(Event):
    """The administration took the place of others (merger), or of a part of one (split)."""

    topic = "administration-succeeded"

    how: Literal["merger", "split"]
    predecessors: tuple[Identifier, ...]


class OfficeRegistered(Event):
    """An office was entered, with the other spellings that documents use for it. Never a person."""

    topic = "office-registered"

    office: Identifier
    name: Line
    aliases: tuple[Line, ...] = ()
    valid_from: IsoDate | None = None


class OfficeRenamed(Event):
    """The name or the aliases of an office were changed."""

    topic = "office-renamed"

    office: Identifier
    name: Line
    aliases: tuple[Line, ...] = ()


class OfficeClosed(Event):
    """An office ceased to be."""

    topic = "office-closed"

    office: Identifier


class ActRegistered(Event):
    """An act was entered, with its links to other acts."""

    topic = "act-registered"

    act: Act
