"""What was taken as it is, and is told: the warning that comes with an answer or with what a command recorded."""

from typing import Annotated

from pydantic import Field

from domain.vocabulary import Frozen

NoticeText = Annotated[str, Field(json_schema_extra={"maxLength": 4000})]
"""A text whose length is described, and not judged: nothing is refused for the words of its notice."""


class Notice(Frozen):
    """Something odd that nobody refused: where, of what kind (`name` is permanent), in words."""

    where: NoticeText
    name: Annotated[str, Field(json_schema_extra={"maxLength": 120})]
    words: NoticeText
