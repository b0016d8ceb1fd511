"""The tables of options in docs/comandi.md, made of the commands themselves; the words around them are written by hand.

`python -m api.cli.documentation` writes them, and the list of commands that the helps show. A section without its heading is reported by the tests.
"""

import json
import re
import sys
from pathlib import Path

import click

from api.cli.app import MODULES, load
from api.cli.listing import LISTING, Listed
from domain.patterns import regex

PAGE = Path(__file__).parents[2] / "docs" / "comandi.md"
HEADS = ("argomento o opzione", "opzione")
TABLE = regex(rf"^\| (?:{'|'.join(HEADS)}) \|.*\n\|[-|]+\|\n(?:\|.*\n)*", re.MULTILINE)
SECTION = regex(r"^## initinere ([\w -]+)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)


def commands() -> dict[str, click.Command]:
    """Every command by its words."""
    listed: dict[str, click.Command] = {}
    for word in MODULES:
        command = load(word)
        if isinstance(command, click.Group):
            listed |= {f"{word} {name}": one for name, one in command.commands.items()}
        else:
            listed[word] = command
    return listed


def commands_page() -> str:
    """The whole page, each table anew."""
    known = commands()

    def section(match: re.Match[str]) -> str:
        words, body = match[1], match[2]
        return f"## initinere {words}\n{TABLE.sub(lambda _: _table_of(known[words]), body, count=1)}"

    return SECTION.sub(section, PAGE.read_text(encoding="utf-8"))


def listing() -> str:
    """Every command, and every group with its commands, as the helps list them."""
    listed: dict[str, Listed] = {}
    for word in MODULES:
        command = load(word)
        listed[word] = {"help": command.help or ""}
        if isinstance(command, click.Group):
            listed[word]["commands"] = {name: one.help or "" for name, one in command.commands.items()}
    return json.dumps(listed, ensure_ascii=False, indent=1) + "\n"


def _table_of(command: click.Command) -> str:
    """The arguments and options of a command, one a line."""
    arguments = any(isinstance(parameter, click.Argument) for parameter in command.params)
    lines = [f"| {HEADS[0] if arguments else HEADS[1]} | che cosa dice |", "|---|---|"]
    lines += [f"| `{_called(parameter)}` | {_words(parameter)} |" for parameter in command.params]
    return "\n".join(lines) + "\n"


def _called(parameter: click.Parameter) -> str:
    metavar = (parameter.metavar or "").replace("|", "\\|")
    if isinstance(parameter, click.Argument):
        return metavar.strip("[]")
    flag = isinstance(parameter, click.Option) and parameter.is_flag
    name = ", ".join(parameter.opts)
    return name if flag else f"{name} {metavar}".rstrip()


def _words(parameter: click.Parameter) -> str:
    words = str(getattr(parameter, "help", None) or "").replace("|", "\\|").replace("\n", " ")
    if not isinstance(parameter, click.Option):
        return words
    return words + (" (obbligatoria)" if parameter.required else "") + (" (ripetibile)" if parameter.multiple else "")


def main() -> None:
    """Writes the page and the list."""
    for path, text in ((PAGE, commands_page()), (LISTING, listing())):
        path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
