"""How a file is to be compared: what its sender says beside it. Apart, for the table of operations reads no workbook."""

from typing import Annotated, Literal, get_args

from pydantic import Field

from domain.point import WrittenDay
from domain.vocabulary import Frozen

CompletePart = Literal["objectives", "trees", "indicators", "places", "targets"]
PARTS: tuple[CompletePart, ...] = get_args(CompletePart)
"""The parts of a file that may be complete."""


_LISTED = rf"^({'|'.join(PARTS)})(,({'|'.join(PARTS)}))*$"


class ImportOptions(Frozen):
    """How a file is to be compared."""

    effective_on: WrittenDay | None = Field(
        None,
        title="in vigore dal",
        description="Da quando varrebbero le modifiche. Se manca, la data dell'atto del file, o oggi.",
        examples=["2022-09-30"],
    )
    complete: Annotated[str, Field(max_length=80, pattern=_LISTED)] | None = Field(
        None,
        title="parti complete",
        description=f"Le parti del file che sono complete, separate da virgole, fra {', '.join(PARTS)}: ciò che vi manca è ritirato.",
        examples=["indicators,targets"],
    )

    def parts(self) -> list[str]:
        """The parts that are complete."""
        return self.complete.split(",") if self.complete else []


class SentOptions(ImportOptions):
    """The same as they are kept with the file, and who sent it: nobody else is shown the preview of a plan that is not there."""

    sent_by: str = ""


class CollectionOptions(Frozen):
    """How the sheets of a round that come back are to be taken."""

    preview: bool = Field(
        default=False,
        title="solo anteprima",
        description="true: dice che cosa cambierebbe, e non registra nulla.",
        examples=[True],
    )
    late: bool = Field(
        default=False,
        title="anche a monitoraggio chiuso",
        description="Registra anche le schede di un monitoraggio che è già chiuso: ciò che arriva dopo, e lo dice.",
        examples=[True],
    )
    confirm_unit: bool = Field(
        default=False,
        title="unità confermate",
        description="I valori sono proprio quelli, anche se per grandezza sembrano in un'altra unità.",
        examples=[True],
    )
