"""The event that removes a text by order: its salted digest stays, and with it the tree."""

from typing import Annotated

from pydantic import Field, StringConstraints

from domain.event import Event

Digest = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]


class TextRedacted(Event):
    """Texts beside earlier events were removed by order of the act that the envelope cites; they do not come back."""

    topic = "text-redacted"

    digests: Annotated[tuple[Digest, ...], Field(min_length=1)]
