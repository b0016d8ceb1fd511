"""The command that redacts."""

from typing import Annotated, Literal

from pydantic import Field

from domain.vocabulary import Frozen, Line


class RedactTexts(Frozen):
    """Remove the words beside an event of the plan, of its administration's stream, or of what the OIV said of it."""

    version: Annotated[
        int, Field(title="versione", description="la versione dell'evento di cui si oscurano i testi", examples=[7])
    ]
    of: Annotated[
        Literal["plan", "administration", "review", "proposals"],
        Field(
            title="flusso",
            description="di chi è l'evento: del piano, dell'ente, della verifica dell'OIV, delle proposte",
            examples=["plan"],
        ),
    ] = "plan"
    justification: Annotated[
        Line | None,
        Field(title="motivazione", description="perché si oscura", examples=["ordine del Garante"]),
    ] = None
