"""The commands to a target; `object` is the id of its indicator, the text is read."""

from typing import Annotated, Literal

from pydantic import Field

from domain.command import Command
from domain.vocabulary import Frozen, Line, NamedId, Ordinal, Year

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
    """Say the published value that a target refers to."""

    verb: Literal["resolve_reference"]
    object: TargetObject
    year: TargetYear
    ordinal: WhichTarget = 1
    value: Line = Field(
        title="valore pubblicato", description="Il valore pubblicato a cui il target rimanda.", examples=["67,46%"]
    )
