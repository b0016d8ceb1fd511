"""The commands to the library of indicators: state an entry, withdraw it, load many; take polarities from it into a plan."""

from typing import Annotated

from pydantic import Field

from domain.library.entry import LibraryCode, LibraryEntry, Scheme
from domain.point import WrittenDay
from domain.vocabulary import Frozen, NamedId

StatedOn = Annotated[
    WrittenDay | None,
    Field(
        title="in vigore dal",
        description="Da quando vale: il giorno in cui la voce fu pubblicata; oggi, se non si dice.",
        examples=["2021-12-31"],
    ),
]
MOST_ENTRIES = 5_000
"""How many entries one file may have."""


class StateEntry(LibraryEntry):
    """State an entry of the library, whole; one that is there already is replaced."""

    stated_on: StatedOn = None

    def entry(self) -> LibraryEntry:
        """The entry that it says."""
        return LibraryEntry.model_validate(self.model_dump(exclude={"stated_on"}))


class WithdrawEntry(Frozen):
    """Withdraw an entry of the library."""

    scheme: Scheme
    code: LibraryCode
    withdrawn_on: WrittenDay | None = Field(
        None, title="ritirata dal", description="Da quando non c'è più; oggi, se non si dice.", examples=["2023-01-01"]
    )


class LoadLibrary(Frozen):
    """State every entry of a file: all of them, or none."""

    entries: Annotated[
        tuple[LibraryEntry, ...],
        Field(
            min_length=1,
            max_length=MOST_ENTRIES,
            title="voci",
            description="Le voci, ognuna intera. Quelle che la biblioteca ha già così restano come sono.",
            examples=[[{"scheme": "KPISTD", "code": "84", "name": "Percentuale di incasso", "polarity": "up"}]],
        ),
    ]
    stated_on: StatedOn = None


class TakePolarities(Frozen):
    """Say the polarity of the indicators of a plan of which it is not known, as the library has it."""

    indicators: tuple[NamedId, ...] | None = Field(
        None,
        title="indicatori",
        description="Solo di questi; di tutti, se non si dice.",
        examples=[["incasso-diritto-annuale"]],
    )
