"""The commands to an administration: its offices, its succession, its rules."""

from operator import not_
from typing import Annotated

from pydantic import Field

from domain.acts.citation import ActText
from domain.administrations.events import SuccessionKind
from domain.point import WrittenDay
from domain.vocabulary import (
    NO_PEOPLE,
    Cause,
    EventVersion,
    Frozen,
    Identifier,
    JsonValue,
    Line,
    OneLine,
    SaysWhatItShows,
    TrueOrFalse,
    Year,
)

EffectiveOn = Annotated[
    WrittenDay | None,
    Field(
        title="in vigore dal",
        description="Da quando vale; se non si dice, la data dell'atto, oppure oggi.",
        examples=["2023-01-01"],
    ),
]
DecidingAct = Annotated[
    ActText | None,
    Field(
        title="atto",
        description="L'atto che lo decide, per intero o citato.",
        examples=["delibera di Giunta n. 9 del 30/09/2022"],
    ),
]


class RegisterOffice(Frozen):
    """Enter an office, or give one another name or further aliases. Never a person."""

    name: Annotated[
        OneLine,
        SaysWhatItShows,
        Field(
            min_length=1,
            title="nome",
            description="Il nome dell'ufficio, mai di una persona.",
            examples=["Servizio Bilancio"],
        ),
    ]
    aliases: Annotated[
        tuple[Annotated[OneLine, SaysWhatItShows], ...],
        Field(
            title="altri nomi",
            description="Gli altri nomi con cui i documenti chiamano l'ufficio, mai di persone.",
            examples=[["Ufficio Bilancio"]],
        ),
    ] = ()
    office: Annotated[
        Identifier | None,
        Field(title="id", description="L'id dell'ufficio; dal nome, se non si dice.", examples=["servizio-bilancio"]),
    ] = None
    valid_from: Annotated[
        WrittenDay | None,
        Field(title="valido dal", description="Da quando; oggi, se non si dice.", examples=["2022-01-01"]),
    ] = None
    is_office: Annotated[
        TrueOrFalse,
        Field(
            exclude_if=not_,  # a request that does not say it is the one that an older program digested
            title="è un ufficio",
            description="È un ufficio, anche se il nome sembra di una persona.",
        ),
    ] = False


class CloseOffice(Frozen):
    """Say that an office ceased to be. What named it goes on naming it."""

    office: Annotated[
        Identifier, Field(title="ufficio", description="L'id dell'ufficio che cessa.", examples=["servizio-bilancio"])
    ]
    act: DecidingAct = None
    effective_on: EffectiveOn = None


class SucceedAdministration(Frozen):
    """Say which administrations this one took the place of: their series of measurements are inherited."""

    how: Annotated[
        SuccessionKind,
        Field(title="come", description="Se è una fusione o una scissione.", examples=["merger"]),
    ]
    predecessors: Annotated[
        tuple[Identifier, ...],
        Field(
            min_length=1,
            title="enti cessati",
            description="Gli id degli enti a cui subentra, anche se non sono in questo archivio.",
            examples=[["cciaa-grosseto", "cciaa-livorno"]],
        ),
    ]
    act: DecidingAct = None
    effective_on: EffectiveOn = None


class AdoptAdministrationSystem(Frozen):
    """Adopt a measurement system (SMVP) for a year, or put right the one that was recorded, whose version `corrects` names."""

    year: Annotated[
        Year,
        Field(title="anno", description="L'anno di cui sono le regole.", examples=[2022]),
    ]
    system: Annotated[
        dict[str, JsonValue],
        Field(
            title="regole",
            description="Le regole, per nome; o `preset`, un sistema noto.",
            examples=[{"preset": "raggiunto-o-no"}],
        ),
    ]
    act: DecidingAct = None
    effective_on: EffectiveOn = None
    corrects: Annotated[
        EventVersion | None,
        Field(
            title="rettifica",
            description="La versione, nel registro dell'amministrazione, dell'adozione registrata male: resta, annullata.",
            examples=[12],
        ),
    ] = None
    justification: Annotated[
        Line | None,
        Field(
            title="motivazione",
            description=f"Perché; una rettifica la vuole. {NO_PEOPLE}",
            examples=["il regolamento dice 110, non 100"],
        ),
    ] = None
    cause: Annotated[
        Cause | None,
        Field(title="causa", description="La causa, fra quelle previste.", examples=["legal"]),
    ] = None
    name: Annotated[
        OneLine | None,
        Field(
            min_length=1,
            title="nome dell'ente",
            description="Il nome dell'ente, dove il suo primo piano non c'è ancora.",
            examples=["Camera di Commercio Riviere di Liguria"],
        ),
    ] = None
