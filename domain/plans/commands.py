"""The commands to a plan as a whole."""

from typing import Annotated, Literal

from pydantic import Field

from domain.command import Command
from domain.vocabulary import NO_PEOPLE, Frozen, Identifier, JsonValue, Line, Year

PlanYear = Annotated[Year, Field(title="anno", description="L'anno.", examples=[2023])]


class AmendPlan(Command):
    """Change the title, the years or the names of the levels; what is not said stays."""

    verb: Literal["amend_plan"]
    title: Annotated[Line, Field(min_length=1)] | None = Field(
        None, title="titolo", description="Il titolo del piano.", examples=["Piano della performance 2022-2024"]
    )
    first_year: Year | None = Field(None, title="primo anno", description="Il primo anno.", examples=[2022])
    last_year: Year | None = Field(None, title="ultimo anno", description="L'ultimo anno.", examples=[2025])
    levels: dict[Annotated[Line, Field(min_length=1)], Annotated[Line, Field(min_length=1)]] | None = Field(
        None,
        title="livelli",
        description="I livelli che cambiano nome, ciascuno come nome di ora = nome nuovo.",
        examples=[{"azione": "obiettivo operativo"}],
    )


class ApprovePlan(Command):
    """Approve the drafted plan, and with it its first year."""

    verb: Literal["approve_plan"]


class ApproveYear(Command):
    """Approve a later year: the yearly update."""

    verb: Literal["approve_year"]
    year: PlanYear


class CloseYear(Command):
    """Close a year, once its report was approved: from then on it takes corrections only."""

    verb: Literal["close_year"]
    year: PlanYear


class DiscardDraft(Frozen):
    """Una bozza da scartare, tutta: perché."""

    justification: Annotated[
        Line,
        Field(
            min_length=1,
            title="motivazione",
            description=f"Perché si scarta. {NO_PEOPLE}",
            examples=["caricato il file sbagliato"],
        ),
    ]


class SucceedPlan(Command):
    """Say which plan takes the place of this one."""

    verb: Literal["succeed_plan"]
    by: Identifier = Field(
        title="piano subentrante",
        description="Il piano che gli subentra, per identificativo.",
        examples=["riviere-di-liguria-2023-2025"],
    )


class AdoptSystem(Command):
    """Adopt the measurement system of a year: the administration does, for all its plans."""

    verb: Literal["adopt_system"]
    year: PlanYear
    system: dict[str, JsonValue] = Field(
        title="regole",
        description="Le regole, per nome; o `preset`, un sistema noto.",
        examples=[{"preset": "raggiunto-o-no"}],
    )
