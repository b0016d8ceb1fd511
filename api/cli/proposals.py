"""The commands of proposals: what is drafted, seen with its effects, submitted, enacted or not; and what became of it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from rich.text import Text

from api.cli import options as o
from api.cli import output, session
from api.cli.actors import ActorNames
from api.cli.answers import ANSWER, asked_by_option, with_answers
from api.cli.changes import print_rates_of_years, variation_table
from api.cli.files import file_bytes
from api.cli.reader import Shown, argument_of, asks, command_of, group, records
from api.cli.recorded import act_table, deciding_words, tell, version_words
from api.cli.words import banner, counted, day, instant, percentage, printable
from api.commands.handler import Outcome
from api.commands.proposals import amend_proposal, draft_proposal, foresee_draft
from api.commands.service import Service
from api.formats.json_reader import an_object, into, parse_json
from api.imports.importing import Importing
from api.imports.reading import limits, read_incoming, reader_limits
from api.language.labels import CAUSES, PROPOSAL_STATUSES
from api.operations.model import Cli, Command, CommandContext, row_named
from api.operations.proposals import PROPOSALS, preview_enactment, preview_submission, read_proposed
from api.operations.serializers import outcome_object
from api.workbook.formats import format_of
from domain.documents.proposal import ProposedImport
from domain.measurements.events import FINALITY_WORDS
from domain.point import Point
from domain.proposals.commands import EnactProposal, SubmitProposal
from domain.vocabulary import JsonValue
from projections.audit import names_of
from projections.proposal_effects import EffectsShown
from projections.proposals import STATUSES, ProposalList, ProposalRow, ProposalWhole, proposal_whole
from projections.proposed_values import ProposedValue
from projections.store.reader import Reader
from projections.streams import find_plan

ROW = Cli(words="proposal draft", options={"proposal": "id"}, written=True)


def print_proposals(shown: Shown, answer: ProposalList) -> None:
    """The proposals, and how many came to what."""
    counted_by = [(PROPOSAL_STATUSES[status], answer["counts"][status]) for status in STATUSES]
    counts = ", ".join(f"{number} {words}" for words, number in counted_by if number)
    if answer["annulled"]:
        counts += f" ({answer['annulled']} poi annullate)" if answer["annulled"] > 1 else " (1 poi annullata)"
    heading = f"{banner(shown.point, shown.now)}\n{counts or 'nessuna proposta'}"
    output.show(output.title(f"Proposte · {shown.subject}", heading))
    if not answer["proposals"]:
        return
    table = output.table("Proposta", "Stato", "Modifiche", "Redatta il", right=("Modifiche",))
    for row in answer["proposals"]:
        status = "\n".join([_status_words(row), *([f"atto: {row['act']}"] if row["act"] else [])])
        output.rows(
            table,
            [
                (
                    f"{row['proposal']}\n{row['title'] or 'testo oscurato'}",
                    status,
                    row["changes"],
                    day(row["drafted_on"]),
                )
            ],
        )
    output.show(table)


def _status_words(row: ProposalRow) -> str:
    """What became of a proposal, and of its enactment since."""
    words = PROPOSAL_STATUSES[row["status"]]
    if annulled := row["annulled"]:
        part = "annullata" if annulled["whole"] else "annullata in parte"
        by = f" con {annulled['act']}" if annulled["act"] else f", versione {version_words(annulled)}"
        words += f", poi {part} il {day(annulled['on'])}{by}"
    return words


def print_proposal(shown: Shown, answer: ProposalWhole) -> None:
    """One proposal: what it holds, what it would do, its whole life."""
    heading = f"{banner(shown.point, shown.now)}\n{_status_words(answer)}"
    output.show(output.title(f"{answer['proposal']} · {answer['title'] or 'testo oscurato'}", heading))
    if stale := answer["staleness"]:
        words = "Superata: si presenta di nuovo" if stale["stale"] else "Si può adottare come fu presentata"
        output.show(Text("\n".join([words, *(f"  {printable(line)}" for line in stale["listed"])])))
    if answer["file"] is None:
        output.show(Text("Le modifiche sono oscurate per ordine."))
    else:
        output.show(Text("\n".join(_file_lines(answer["file"]))))
    effects = [shown_then["effects"] for shown_then in answer["submissions"] if shown_then["effects"]]
    if (enactment := answer["enactment"]) and enactment["effects"]:
        effects.append(enactment["effects"])
    if effects:
        print_effects(shown.reader, effects[-1], "Effetti, come furono mostrati")
    for opinion in answer["opinions_given"]:
        late = ", tardivo" if opinion["late"] else ", registrato dopo la scadenza" if opinion["recorded_late"] else ""
        earlier = ", sul testo di prima" if opinion["on_earlier_text"] else ""
        lines = [opinion["words"] or "testo oscurato"]
        output.show(
            output.entry(
                day(opinion["on"]), f"Parere {opinion['judgement_words']}{late}{earlier} ({opinion['opinion']})", lines
            )
        )
    actors = ActorNames(shown.reader, (event["actor"] for event in answer["events"]))
    for event in answer["events"]:
        lines = [words for words in (event["justification"], event["words"]) if words]
        lines.append(
            f"registrato il {instant(event['recorded_at'])} da {actors.of(event['actor'])}, versione {event['version']}"
        )
        if event["act"]:
            lines.insert(0, f"atto: {event['act']}")
        output.show(output.entry(day(event["on"]), event["sentence"], lines))
    for waiver in answer["separation_waived"]:
        output.show(output.entry(day(waiver["on"]), waiver["what"], [waiver["words"] or "testo oscurato"]))


def _file_lines(file: Mapping[str, JsonValue]) -> Iterable[str]:
    """What a file holds, as it was asked for: changes, figures, statuses."""
    for change in _rows(file, "changes"):
        yield printable(f"{change.get('verb')} {change.get('object', '')}: {_fields(change, 'verb', 'object')}")
    for figure in _rows(file, "measurements"):
        verb = "restate" if figure.get("restated") else "measure"
        fields = _fields(figure, "series", "period", "restated", "observed")
        yield printable(f"{verb} {figure.get('series')} {figure.get('period')}: {fields}")
    for status in _rows(file, "statuses"):
        yield printable(f"status {status.get('subject')}/{status.get('id')}: {_fields(status, 'subject', 'id')}")
    if isinstance(polarities := file.get("polarities"), dict) and polarities:
        yield printable(f"polarity: {_fields(polarities)}")
    if file.get("approves_year"):
        yield printable(f"approve_year: {file['approves_year']}")
    if file.get("effective_on"):
        reason = f" ({file['retroactive']})" if file.get("retroactive") else ""
        yield printable(f"in vigore dal {day(str(file['effective_on']))}{reason}")
    if file.get("justification") or file.get("cause"):
        cause = CAUSES.get(str(file.get("cause")), "causa non detta")
        yield printable(f"perché: {file.get('justification') or 'non ancora detto'} ({cause})")


def _rows(file: Mapping[str, JsonValue], name: str) -> list[dict[str, JsonValue]]:
    rows = file.get(name)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _fields(row: Mapping[str, JsonValue], *besides: str) -> str:
    return ", ".join(f"{name} {value}" for name, value in row.items() if name not in besides and value is not None)


def print_effects(reader: Reader, effects: EffectsShown, heading: str) -> None:
    """What proposed changes would do: the changes, rates with their ceiling, scores, flags, the OIV's time."""
    plan = effects["plan"]
    what = counted(len(effects["changes"]), "modifica", "modifiche")
    if effects["values"]:
        what += f" e {counted(len(effects['values']), 'altro dato', 'altri dati')}"
    beneath = [f"in vigore al {day(effects['as_of'])}", *deciding_words(effects["decides"])]
    output.show(output.title(f"{heading}: {what} di {plan}", "\n".join(beneath)))
    output.show(variation_table(effects["changes"], names_of(reader, find_plan(reader, plan)), act_table(reader, plan)))
    if effects["values"]:
        table = output.table("Valori, stati e altro", "Prima", "Dopo")
        output.show(output.rows(table, map(_value_row, effects["values"])))
    print_rates_of_years(effects["change_rate"])
    if effects["scores"]:
        table = output.table("Punteggio", "Prima", "Dopo")
        for year, scores in effects["scores"].items():
            sides = [
                f"{percentage(side['in_force'])}\nex ante {percentage(side['ex_ante'])}"
                for side in (scores["before"], scores["after"])
            ]
            output.rows(table, [(year, *sides)])
        output.show(table)
    for year, flags in effects["flags"].items():
        for flag in flags["born"]:
            output.show(
                output.entry(
                    f"  {year}", f"Nascerebbe: {flag['title']}", [flag["words"], f"Domanda: {flag['question']}"]
                )
            )
        if flags["gone"]:
            output.show(Text(printable(f"Non ci sarebbero più, nel {year}: {', '.join(flags['gone'])}")))
    output.show(Text(printable(effects["oiv"]["words"])))


def _value_row(value: ProposedValue) -> tuple[str, str, str]:
    """A figure, a status, or what else changes bring: of what, what stands, what would."""
    if value["kind"] == "other":
        return value["words"], "", ""
    period = f" · {value['period']}" if value["period"] else f" · stato al {day(value['effective_on'])}"
    restated = "\nrettifica" if value["kind"] == "restatement" else ""
    sides = [(value["before"], value["before_finality"]), (value["after"], value["finality"])]
    before, after = (
        "—" if text is None else text + (f"\n{FINALITY_WORDS[finality]}" if finality else "")
        for text, finality in sides
    )
    return value["subject"] + period + restated, before, after


def _draft(  # noqa: PLR0913 - one for each option of the command
    plan: str,
    file: str,
    *,
    decisions: str | None,
    answer: Sequence[tuple[str, str]],
    preview: bool,
    database: str | None,
    actor: str | None,
    command_id: str | None,
    as_json: bool,
    **said: JsonValue,
) -> None:
    """Drafts a proposal of a change file, or of a workbook that is compared with the plan."""
    caller = session.caller(actor, command_id)
    content = {name: value for name, value in said.items() if value is not None}
    data = file_bytes(file)
    with session.serving(database) as service:
        if (changes := change_file(data, file)) is not None:
            with asked_by_option():
                proposed = read_proposed(plan, with_answers({**changes, **content}, answer), service.store)
            if not preview:
                _told(service, draft_proposal(service, plan, proposed, caller), as_json=as_json)
                return
        else:
            decided = into(ProposedImport, with_answers({**_decisions(decisions), **content}, answer))
            settings = session.settings()
            incoming = read_incoming(data, limits(settings), using=reader_limits(settings), name=file)
            importing = Importing(service)
            if not preview:
                _told(service, importing.propose(incoming, decided, caller, plan=plan), as_json=as_json)
                return
            proposed, _, _ = importing.proposed(incoming, decided, plan)
        show_effects(service, foresee_draft(service, plan, proposed, caller), as_json=as_json)


def _amend(
    plan: str,
    proposal: str,
    file: str,
    *,
    database: str | None,
    actor: str | None,
    command_id: str | None,
    as_json: bool,
    **said: JsonValue,
) -> None:
    """Puts another change file in the place of the one that a proposal holds."""
    caller = session.caller(actor, command_id)
    content = {name: value for name, value in said.items() if value is not None}
    changes = {**an_object(session.read_json(file)), **content}
    with session.serving(database) as service:
        proposed = read_proposed(plan, changes, service.store)
        _told(service, amend_proposal(service, plan, proposal, proposed, caller), as_json=as_json)


def change_file(data: bytes, name: str) -> Mapping[str, JsonValue] | None:
    """The document of a change file; None of a plan document, or of any workbook: they are compared with the plan."""
    if format_of(data, name) != "json":
        return None
    content = an_object(parse_json(data))
    return None if "administration" in content else content


def _decisions(path: str | None) -> Mapping[str, JsonValue]:
    return an_object(parse_json(file_bytes(path))) if path else {}


def _told(service: Service, outcome: Outcome, *, as_json: bool) -> None:
    if as_json:
        output.emit(outcome_object(outcome))
        return
    tell(service, outcome)
    output.show(Text(f"Proposta: {outcome.proposal}"))


def show_effects(service: Service, effects: EffectsShown, *, as_json: bool) -> None:
    """Says effects of changes that were not recorded."""
    if as_json:
        output.emit(effects)
        return
    with service.store.reading() as reader:
        print_effects(reader, effects, "Anteprima, nulla è stato registrato")


def tell_submitted(service: Service, outcome: Outcome) -> None:
    """Says that a proposal was submitted, and with which effects."""
    tell(service, outcome)
    plan, proposal = str(outcome.plan), str(outcome.proposal)
    with service.store.reading() as reader:
        submissions = proposal_whole(reader, plan, proposal, Point(date.max))["submissions"]
        if submissions and (effects := submissions[-1]["effects"]):
            print_effects(reader, effects, "Effetti")


def _print_submission(context: CommandContext, submission: SubmitProposal) -> None:
    show_effects(context.service, preview_submission(context, submission), as_json=False)


def _print_enactment(context: CommandContext, enactment: EnactProposal) -> None:
    show_effects(context.service, preview_enactment(context, enactment), as_json=False)


TITLE = o.text_option("--title", "title", "OGGETTO", "L'oggetto della proposta.")
ON = o.text_option("--on", "on", "DATA", "La data; oggi, se non si dice.")
MOTIVATION = [
    o.text_option(
        "--justification", "justification", "TESTO", "La motivazione delle modifiche che non ne hanno una propria."
    ),
    o.text_option("--cause", "cause", "CAUSA", "La causa delle modifiche che non ne hanno una propria."),
    o.text_option("--effective-on", "effective_on", "DATA", "Da quando varranno; la data dell'atto, se non si dice."),
]
FILE = o.argument(
    "file", "FILE", "Un file di modifiche, o una cartella di lavoro da confrontare col piano; - per lo standard input."
)
CHANGES_FILE = o.argument("file", "FILE", "Un file di modifiche; - per lo standard input.")

COMMANDS = {
    "proposal": group(
        "proposal",
        "Le proposte: redigerle, vederne gli effetti, presentarle, adottarle con un atto o respingerle.",
        {
            "list": asks(PROPOSALS, {"list_proposals": print_proposals}),
            "show": asks(PROPOSALS, {"show_proposal": print_proposal}),
            "draft": command_of(
                row_named(PROPOSALS, "draft_proposal", Command),
                [
                    o.PLAN,
                    FILE,
                    TITLE,
                    o.text_option("--id", "proposal", "ID", "L'identificativo della proposta; altrimenti si fa."),
                    *MOTIVATION,
                    ON,
                    o.text_option(
                        "--decisions",
                        "decisions",
                        "FILE",
                        "Che cosa si dice, riga per riga, di una cartella di lavoro.",
                    ),
                    ANSWER,
                    o.PREVIEW,
                    o.ACTOR,
                    o.IS_ROLE,
                    o.COMMAND_ID,
                    o.DATABASE,
                    o.AS_JSON,
                ],
                _draft,
            ),
            "amend": command_of(
                row_named(PROPOSALS, "amend_proposal", Command),
                [
                    o.PLAN,
                    argument_of("proposal", required=True),
                    CHANGES_FILE,
                    TITLE,
                    *MOTIVATION,
                    ON,
                    o.ACTOR,
                    o.IS_ROLE,
                    o.COMMAND_ID,
                    o.DATABASE,
                    o.AS_JSON,
                ],
                _amend,
            ),
            "submit": records(PROPOSALS, "submit_proposal", tell_submitted, tell_preview=_print_submission),
            "comment": records(PROPOSALS, "comment_proposal", tell),
            "ask-opinion": records(PROPOSALS, "ask_opinion", tell),
            "withdraw": records(PROPOSALS, "withdraw_proposal", tell),
            "reject": records(PROPOSALS, "reject_proposal", tell),
            "enact": records(PROPOSALS, "enact_proposal", tell, tell_preview=_print_enactment),
        },
    )
}
