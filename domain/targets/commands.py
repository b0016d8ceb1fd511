"""The commands to a target; `object` is the id of its indicator, the text is read."""

import re
from operator import not_
from typing import Annotated, Literal

from pydantic import Field, model_validator

from domain.command import Command
from domain.periods import Period
from domain.point import WrittenDay
from domain.vocabulary import NO_PEOPLE, Frozen, JsonValue, Line, NamedId, Ordinal, Year

TargetObject = Annotated[
    NamedId,
    Field(
        title="indicatore",
        description="L'indicatore del target: id, codice o nome.",
        examples=["incasso-diritto-annuale"],
    ),
]
TargetYear = Annotated[Year, Field(title="anno", description="L'anno del target.", examples=[2022])]
WhichTarget = Annotated[
    Ordinal, Field(title="ordine nella cella", description="Quale, se la cella ne ha più d'uno.", examples=[1])
]
StatedTarget = Annotated[
    Line, Field(title="target", description="Il target, come lo scrive l'ufficio.", examples=[">= 68%"])
]
AcceptUnread = Annotated[
    bool, Field(title="anche se non si legge", description="Prende com'è un testo che non si riesce a leggere.")
]


_WITH_ITS_SOURCE = re.compile(
    r"(?P<value>[^()]+?)\s*\(\s*(?:del\s+)?(?P<period>[^,()]+),\s*pubblicato\s+il\s+(?P<published_on>[^,()]+),"
    r"\s*fonte:\s*(?P<source>.+)\)"
)
"""A value as it is printed beside the rule that it is of, with all that is said of it: what it spells is read."""


class TargetText(Frozen):
    """A target as the office writes it; `accept_unread` takes a text that cannot be read as it is."""

    year: TargetYear
    ordinal: WhichTarget = 1
    text: StatedTarget
    accept_unread: AcceptUnread = False


class SetTarget(Command):
    """Set a target where there is none."""

    verb: Literal["set_target"]
    object: TargetObject
    year: TargetYear
    ordinal: WhichTarget = 1
    target: StatedTarget
    accept_unread: AcceptUnread = False


class ReviseTarget(Command):
    """Replace a target."""

    verb: Literal["revise_target"]
    object: TargetObject
    year: TargetYear
    ordinal: WhichTarget = 1
    target: StatedTarget
    accept_unread: AcceptUnread = False


class WithdrawTarget(Command):
    """Drop a target."""

    verb: Literal["withdraw_target"]
    object: TargetObject
    year: TargetYear
    ordinal: WhichTarget = 1


class InterpretTarget(Frozen):
    """Say what a target means whose text cannot be read: the text stays, and counts as `meaning` does. No change of the plan."""

    indicator: TargetObject
    year: TargetYear
    ordinal: WhichTarget = 1
    meaning: Line = Field(
        title="che cosa vuol dire",
        description="Il target che il testo vuol dire, scritto in modo che si legga.",
        examples=[">= 6520"],
    )


class ResolveReference(Command):
    """Say the published value that a target refers to: of when it is, and where it is published, too."""

    verb: Literal["resolve_reference"]
    object: TargetObject
    year: TargetYear
    ordinal: WhichTarget = 1
    value: Line = Field(
        title="valore pubblicato",
        description="Il valore pubblicato a cui il target rimanda, con la sua unità e il margine, se il target ne ha uno.",
        examples=["67,46%"],
    )
    period: Period | None = Field(
        None,
        exclude_if=not_,  # a request that does not say it is the one that an older program digested
        title="periodo",
        description="L'anno, o la parte dell'anno, del valore.",
        examples=["2022"],
    )
    published_on: WrittenDay | None = Field(
        None,
        exclude_if=not_,
        title="pubblicato il",
        description="Quando è stato pubblicato.",
        examples=["2023-04-30"],
    )
    source: Annotated[Line, Field(min_length=1)] | None = Field(
        None,
        exclude_if=not_,
        title="fonte",
        description=f"Dove è pubblicato. {NO_PEOPLE}",
        examples=["osservatorio camerale, bilanci 2022"],
    )

    @model_validator(mode="before")
    @classmethod
    def _as_printed(cls, said: JsonValue) -> JsonValue:
        """Where the value comes with the rest beside it, as it is printed, each goes to its field."""
        written = said.get("value") if isinstance(said, dict) else None
        whole = _WITH_ITS_SOURCE.fullmatch(written) if isinstance(written, str) else None
        return {**said, **whole.groupdict()} if isinstance(said, dict) and whole is not None else said
