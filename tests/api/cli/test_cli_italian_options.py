"""Every option has an Italian name, of one table, and what is refused is said of the name that was written."""

from collections.abc import Iterator

import click
import pytest

from api.cli.app import MODULES, load
from api.language.option_words import SAME, italian_option, option_spoken
from tests.api.cli.conftest import Run


def commands(command: click.Command, words: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Every command beneath one, with the words that call it."""
    yield " ".join(words), command
    if isinstance(command, click.Group):
        for name, each in command.commands.items():
            yield from commands(each, (*words, name))


def test_every_option_has_an_italian_name_and_no_name_means_two_of_them() -> None:
    for words, command in (each for name in MODULES for each in commands(load(name), (name,))):
        options = [parameter for parameter in command.params if isinstance(parameter, click.Option)]
        names = [name for option in options for name in option.opts]
        assert len(names) == len(set(names)), (words, names)
        for option in options:
            word = option.opts[0].removeprefix("--")
            italian = italian_option(word)
            assert word in SAME or italian is not None, (words, word)
            assert italian is None or f"--{italian}" in option.opts, (words, word)


def test_an_option_is_spoken_of_as_it_was_written() -> None:
    assert option_spoken("act", ["--atto=delibera"]) == "atto"
    assert option_spoken("act", ["--act", "delibera", "--causa", "norme"]) == "act"
    assert option_spoken("act", ["--causa", "norme"]) == "atto"
    assert option_spoken("act", []) == "act"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("measure", "p", "i", "--periodo", "2022", "--valore", "1"), "--dati-al: manca"),
        (("target", "revise", "p", "i", "--anno", "22", "--target", "1"), "--anno: "),
        (("indicator", "add", "p", "--nome", "x", "--obiettivo", "o", "--POLARITÀ", "boh"), "--polarita: 'boh'"),
        (("plan", "approve", "p", "--anno", "2022"), "Forse: initinere plan approve-year"),
    ],
)
def test_a_refusal_names_the_options_in_the_language_of_who_writes(
    run: Run, arguments: tuple[str, ...], words: str
) -> None:
    assert words in run(*arguments).stderr
