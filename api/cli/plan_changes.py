"""The commands of the verbs of a change file: one a verb, made of the row from which its form on the pages is made.

A name, a code or an id is taken for an objective or an indicator, a word of the interface for whatever is of a closed list.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import click

from api.cli import options as o
from api.cli import session
from api.cli.change_file import EFFECTS, GivenChanges
from api.cli.parameters import METAVARS, TextType, content_of, mistake, option_said, options_of
from api.cli.reader import HELP_OF_PART, asks, cli_of, command_of, group
from api.cli.trees import print_trees
from api.operations.changes import CHANGES, located_as_sent, read_changes
from api.operations.model import Cli, Command, row_named
from api.operations.plans import PLANS
from api.operations.requested_changes import as_the_model_takes_it, with_ids
from api.operations.verbs import ADDS, PLAN_VERBS, REFERENCES, PlanVerb
from domain.documents.changes import ChangeFile
from domain.errors import ChangesRefused, DomainError, Malformed
from domain.point import today
from domain.vocabulary import NO_PEOPLE, JsonValue, ObjectKind
from projections.streams import find_plan

NOTHING = frozenset({"", "nessuno", "nessuna", "niente"})
"""What says that there is to be none: no father, no weight."""
MAY_BE_NOTHING = frozenset({"parent", "under", "weight"})
MOTIVE = ("act", "cause", "justification", "effective_on")
UNSAID_OF_NEW = frozenset({"kind", "restores", "name_from_formula", "polarity_basis"})
"""What nobody says of something that was not there."""
HELP_OF_FIELD = {
    "parent": "L'obiettivo da cui dipende, per id, codice o titolo esatto; nessuno, per la radice.",
    "under": "Il nodo da cui dipende, per id, codice o titolo esatto; nessuno, per la radice.",
    "into": "L'obiettivo in cui confluisce, per id, codice o titolo esatto.",
    "objective": "L'obiettivo che l'indicatore serve, per id, codice o titolo esatto.",
    "weight": "Il peso, in punti: 40 oppure 33,33; nessuno, se non ne ha.",
    "kind": "rettifica, se il registro dice altro da quanto l'atto ha deciso; riclassificazione, se non cambia l'impegno.",
    "restores": "La versione che una rettifica rimette a posto; se non si dice, quella che ha registrato il valore.",
    "justification": f"La motivazione. {NO_PEOPLE}",
    "effective_on": "Da quando vale; la data dell'atto, se non si dice.",
    "retroactive": "Perché vale da prima della data dell'atto che la decide.",
    "retrospective": "Una modifica di allora, registrata a posteriori.",
    "act": 'L\'atto, come lo si cita: "DGR n. 364 del 12/03/2024".',
    "feeds": "Il punteggio in cui conta.",
    "polarity": "crescente: più è meglio; decrescente: meno è meglio.",
    "take_along": "Annulla anche ciò che la modifica contraddirebbe a date successive.",
    "targets": "Un target, come anno=testo: 2024=>= 90%.",
}
"""What a field says on the command line, where its own words speak of ids or of a file."""


def plan_change_command(verb: str) -> click.Command:
    """The command of a verb."""
    row = PLAN_VERBS[verb]
    operation = row_named(CHANGES, verb, Command)
    cli = cli_of(operation)

    def run(
        plan: str,
        *,
        preview: bool,
        effects: bool,
        database: str | None,
        actor: str | None,
        command_id: str | None,
        as_json: bool,
        **fields: JsonValue,
    ) -> None:
        content = _stated(fields, cli)
        caller = session.caller(actor, command_id)
        with _said_of_options(cli, row):
            _read(plan, as_the_model_takes_it(row, content))
            with session.serving(database) as service:
                with service.store.reading() as reader:
                    named = with_ids(reader.timelines(find_plan(reader, plan).stream), row, content)
                changes = _read(plan, named)
                with located_as_sent(named):
                    GivenChanges(service, changes, caller).give(preview=preview, effects=effects, as_json=as_json)

    parameters = [
        o.PLAN,
        *([_object_argument(row.object)] if row.object else []),
        *_options(row, cli),
        *(o.PREVIEW, EFFECTS, o.ACTOR, o.IS_ROLE, o.COMMAND_ID, o.DATABASE, o.AS_JSON),
    ]
    return command_of(operation, parameters, run)


def _object_argument(kind: ObjectKind) -> click.Argument:
    return o.argument("object", METAVARS[kind], HELP_OF_PART[kind])


def commands_of(first_word: str) -> dict[str, click.Command]:
    """The commands of the verbs under a word of the command line, by their last word."""
    return {
        words.partition(" ")[2]: plan_change_command(row.verb)
        for row in PLAN_VERBS.values()
        for words in (row.words, *row.also)
        if words.startswith(f"{first_word} ")
    }


def _read(plan: str, content: Mapping[str, JsonValue]) -> ChangeFile:
    with located_as_sent(content):
        return read_changes(plan, content)


def _options(row: PlanVerb, cli: Cli) -> Iterator[click.Parameter]:
    """The options of a verb, the ones that everybody says first."""
    model = row.request
    order = [*row.fields, "object", *MOTIVE]
    unsaid = UNSAID_OF_NEW if row.verb in ADDS else {"object"}
    options = options_of(model, cli, without=unsaid)
    for parameter in sorted(options, key=lambda one: order.index(one.name) if one.name in order else len(order)):
        name = parameter.name or ""
        field = model.model_fields.get(name)
        if not isinstance(parameter, click.Option) or field is None:
            yield parameter
            continue
        words = HELP_OF_FIELD.get(name, parameter.help or "")
        parameter.help = words[:1].upper() + words[1:]
        if name == "object":
            parameter.opts[:], parameter.required = ["--id"], False
            parameter.help = "L'identificativo; se non si dice, è fatto del codice e del nome."
        if name == "targets":
            parameter.type, parameter.metavar = TextType(_read_target), "ANNO=TESTO"
        if name in REFERENCES:
            parameter.metavar = METAVARS["objective"]
        if name in MAY_BE_NOTHING:
            parameter.type = TextType(_nothing_or(parameter.type))
        yield parameter


def _nothing_or(kind: click.ParamType[JsonValue]) -> Callable[[str], JsonValue]:
    return lambda text: "" if text.strip().casefold() in NOTHING else kind.convert(text, None, None)


def _read_target(text: str) -> JsonValue:
    year, sign, target = text.partition("=")
    if not sign or not year.strip().isdecimal() or not target.strip():
        raise ValueError(f"{text!r}: scrivere anno=target, per esempio 2024=>= 90%")
    return {"year": int(year), "text": target.strip()}


def _stated(fields: Mapping[str, JsonValue], cli: Cli) -> dict[str, JsonValue]:
    """What was said, as the change has it: an empty text empties its field, a second target of a year comes after the first."""
    content = content_of(fields, cli, today(session.now()))
    stated = {name: None if value == "" else value for name, value in content.items()}
    if isinstance(targets := stated.get("targets"), list):
        years = [target["year"] for target in targets if isinstance(target, dict)]
        stated["targets"] = [
            {**target, "ordinal": years[: place + 1].count(target["year"])}
            for place, target in enumerate(targets)
            if isinstance(target, dict)
        ]
    return stated


@contextmanager
def _said_of_options(cli: Cli, row: PlanVerb) -> Iterator[None]:
    """What is refused within is said of the options that it came from."""

    def said(where: str) -> str:
        if where == "object":
            return METAVARS[row.object] if row.object else "--id"
        return option_said(where, cli) if where in row.request.model_fields else where

    try:
        yield
    except ChangesRefused as error:
        raise error.placed(said) from None
    except Malformed as error:
        raise mistake(error, cli) from None
    except DomainError as error:
        problem = error.problem
        where = said(problem.where)
        raise type(error)(problem.found, accepted=problem.accepted, where=where, listed=error.listed) from None


COMMANDS: dict[str, click.Command] = {
    "revise": plan_change_command("revise_target"),
    "objective": group(
        "objective",
        "Gli obiettivi: aggiungerne, riformularli, spostarli, ripesarli, ritirarli.",
        commands_of("objective"),
    ),
    "indicator": group(
        "indicator",
        "Gli indicatori: aggiungerne, cambiarne la scheda, assegnarli, ripesarli, ritirarli.",
        commands_of("indicator"),
    ),
    "tree": group(
        "tree",
        "Gli altri alberi del piano: missioni e programmi, prospettive, aree.",
        {"list": asks(PLANS, {"list_trees": print_trees}), **commands_of("tree")},
    ),
}
