"""A form about something of the installation, as a row of a table: the command whose permission it needs, what it asks."""

from typing import NamedTuple

from pydantic import BaseModel

from api.operations.model import Command
from api.operations.table import COMMANDS
from api.pages.addresses import page_address


class InstallationForm(NamedTuple):
    """A form: the command that it gives, its title, the fields that are asked, those that its address says.

    `lead` says what it does, `grave` that it is not undone. `confirms` is asked only where the command was refused for
    want of it. `shows` is what is shown once after it, and `own` whether it is about the account of whoever asks.
    """

    name: str
    title: str
    lead: str
    fields: tuple[str, ...] = ()
    given: tuple[str, ...] = ("account",)
    confirms: str = ""
    grave: bool = False
    shows: str = ""
    own: bool = False

    @property
    def row(self) -> Command:
        """Its row of the table."""
        return COMMANDS[self.name]

    @property
    def model(self) -> type[BaseModel]:
        """What it fills in."""
        return self.row.inputs[0]

    def address(self, path: str, **query: str) -> str:
        """Where it is, beneath the path of the forms of its kind."""
        return page_address(path, query, command=self.name)
