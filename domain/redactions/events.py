"""The event that removes a text by order: its salted digest stays, and with it the tree."""

from typing import Annotated

from pydantic import Field, StringConstraints

from domain.event import Event, Occurrence
from domain.facts import Fact
from domain.names import Names

TextDigest = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]


class TextRedacted(Occurrence):
    """Texts beside earlier events were removed by order of the act that the envelope cites; they do not come back."""

    topic = "text-redacted"
    takes_away = True

    digests: Annotated[tuple[TextDigest, ...], Field(min_length=1)]

    def facts(self) -> list[Fact]:
        return [Fact(f"text/{digest}", "redacted") for digest in self.digests]

    def sentence(self, names: Names) -> str:
        return (
            "Oscurato per ordine 1 testo"
            if len(self.digests) == 1
            else f"Oscurati per ordine {len(self.digests)} testi"
        )


EVENTS: tuple[type[Event], ...] = (TextRedacted,)
