"""How events are told to a person: what a command recorded, and the lines of the audit trail."""

from collections.abc import Sequence
from datetime import date

from rich.text import Text

from api.cli import output
from api.cli.words import ALREADY_RECORDED, CAUSES, DIRECTIONS, KINDS, counted, day, instant, printable
from api.language.labels import REDACTED, YEAR_EFFECTS
from domain.late import late
from domain.point import Point

with late:  # most commands record nothing
    from api.cli.actors import ActorNames
    from api.commands.handler import Outcome
    from api.commands.service import Service
    from api.language.places import place_words
    from domain.acts.model import Act
    from domain.notice import Notice
    from projections.audit import AuditRow, Filter, audit_trail
    from projections.change_preview import AnnulledEvent
    from projections.deciding import Deciding
    from projections.history import HistoryValue
    from projections.proposals import AnnulledEnactment
    from projections.store.reader import Reader
    from projections.streams import find_plan

SHOWN_WARNINGS = 10


def tell(service: Service, outcome: Outcome) -> None:
    """Says what a command recorded of a plan."""
    plan = str(outcome.plan)
    with service.store.reading() as reader:
        trail = audit_trail(reader, plan, Point(date.max), Filter())
        acts = act_table(reader, plan)
        actors = ActorNames(reader, (row["actor"] for row in trail["events"]))
    recorded = [row for row in trail["events"] if row["command_id"] == outcome.command_id]
    heading = ALREADY_RECORDED if outcome.repeated else "Registrato"
    # What concerns the administration alone is not in the trail of the plan, and was recorded all the same.
    events = len(recorded) or sum(last - first + 1 for first, last in outcome.versions.values())
    output.show(output.title(f"{heading}: {counted(events, 'evento', 'eventi')} di {plan}"))
    print_events(list(reversed(recorded)), acts, actors)
    print_warnings(outcome.warnings)


def print_warnings(warnings: Sequence[Notice]) -> None:
    """Says what was taken as it is: how often, and the first of all."""
    if not warnings:
        return
    lines = [f"  {place_words(notice.where)}: {notice.words}" for notice in warnings[:SHOWN_WARNINGS]]
    if len(warnings) > SHOWN_WARNINGS:
        lines.append(f"  e altre {len(warnings) - SHOWN_WARNINGS}; con --json ci sono tutte")
    output.show(Text(printable("\n".join([f"Avvertenze ({len(warnings)}):", *lines]))))


def deciding_words(decides: Deciding) -> list[str]:
    """What an append decides of the plan as a whole: acts with their dates, years with what becomes of them."""
    acts = [f"atto {act['act']}, del {day(act['date'])}" for act in decides["acts"]]
    years = [
        f"anno {year['year']}: {YEAR_EFFECTS[year['effect']]} dal {day(year['since'])}" for year in decides["years"]
    ]
    return [*acts, *years]


def act_table(reader: Reader, plan: str) -> dict[str, str]:
    """How each act of the administration of a plan is cited."""
    timelines = reader.timelines(find_plan(reader, plan, even_discarded=True).administration_stream)
    acts = {key.partition("/")[2]: timelines.entries(key, "act") for key in timelines.objects("act/")}
    return {act: printable(Act.model_validate(entries[-1].value)) for act, entries in acts.items() if entries}


def print_events(events: Sequence[AuditRow], acts: dict[str, str], actors: ActorNames) -> None:
    """Events, one sentence each, with what stands beside it."""
    for row in events:
        head = Text(printable(row["sentence"]), style="strike" if row["annulled"] else "")
        if row["annulled"]:
            head = Text("ANNULLATO  ", style="bold").append(head)
        beneath = []
        if row["kind"]:
            direction = f", {DIRECTIONS[str(row['direction'])]}" if row["direction"] else ""
            beneath.append(f"{KINDS[str(row['kind'])]}{direction}")
        output.show(output.entry(day(row["effective_on"]), head, [*beneath, *why(row, acts), recorded_by(row, actors)]))


def recorded_by(row: AuditRow | HistoryValue, actors: ActorNames) -> str:
    """When an event was recorded, by whom, as which version."""
    late = ", a posteriori" if row["retrospective"] else ""
    return (
        f"registrato il {instant(row['recorded_at'])} da {actors.of(row['actor'])}, versione {version_words(row)}{late}"
    )


def version_words(row: AuditRow | HistoryValue | AnnulledEvent | AnnulledEnactment) -> str:
    """A version as it is printed and typed: `12` of a plan's record, `e12` of that of its administration."""
    stream = row.get("stream") or ("administration/" if row.get("period") else "")
    return f"{'e' if str(stream).startswith('administration/') else ''}{row['version']}"


def why(row: AuditRow | HistoryValue, acts: dict[str, str]) -> list[str]:
    """By which act, and why."""
    words = []
    if row["act"]:
        words.append(f"atto: {acts.get(str(row['act']), str(row['act']))}")
    if row["justification"] or row["cause"]:
        cause = CAUSES.get(str(row["cause"]), "")
        words.append(f"perché: {row['justification'] or ''}" + (f" ({cause})" if cause else ""))
    if row.get("redacted"):
        words.append(REDACTED)
    if row["note"]:
        words.append(f"nota: {row['note']}")
    return words
