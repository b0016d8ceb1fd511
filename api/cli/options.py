"""The arguments and options that commands written out share."""

import click

from api.cli.parameters import TextType, read_as_it_is
from api.cli.reader import argument_of, caller_options, database_options


def argument(name: str, metavar: str, words: str, *, required: bool = True) -> click.Argument:
    """What stands without an option."""
    return click.Argument(
        [name],
        type=TextType(read_as_it_is),
        metavar=metavar if required else f"[{metavar}]",
        required=required,
        help=words,
    )


def text_option(option: str, name: str, metavar: str, words: str, *, required: bool = False) -> click.Option:
    """An option whose value is the text that is said."""
    return click.Option([option, name], type=TextType(read_as_it_is), metavar=metavar, required=required, help=words)


def switch(option: str, words: str) -> click.Option:
    """An option without a value."""
    return click.Option([option], is_flag=True, help=words)


DATABASE, AS_JSON = database_options()
ACTOR, IS_ROLE, COMMAND_ID = caller_options()
PLAN = argument_of("plan", required=True)
PREVIEW = switch("--preview", "Mostra che cosa cambierebbe, senza registrare nulla.")
FORCE = switch("--force", "Scrive anche dove c'è già un file; mai sopra un archivio o una chiave.")
OUTPUT = text_option("--output", "output_", "FILE", "Dove scrivere; sullo standard output, se non si dice.")
