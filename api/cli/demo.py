"""The command that shows the product at work: five real plans, loaded and changed as a user would, and asked for.

It has a database of its own and never touches the user's. Each step is a command with a fixed id: a second run finds
it done, whatever was tried on the database meanwhile.
"""

import shutil
import sys
from datetime import date
from pathlib import Path

import click
from rich.text import Text

from api.cli import options as o
from api.cli import output, session
from api.cli.actors import ActorNames
from api.cli.changes import print_changes_of_year
from api.cli.frame import TranslatedCommand
from api.cli.plans import counts_words, loaded_plan, print_plans
from api.cli.reader import Shown
from api.cli.recorded import act_table, print_events
from api.cli.words import CAUSES, DIRECTIONS, KINDS, called, day, printable, target_words, value_in_words
from api.commands.accounts import first_administrator
from api.commands.examples import ANOTHER_DATABASE, DemoBlocked, load_examples, require_only_examples
from api.commands.service import Service
from api.operations.dated import Dated
from api.operations.model import Operation, row_named
from api.operations.upkeep import UPKEEP
from api.settings import default_database
from domain.access.commands import GiveRole
from domain.documents.counts import plan_counts
from domain.errors import Refusal, StoreRefused
from domain.plans.history import plan_changes
from domain.point import Point, today
from projections.audit import Filter, audit_trail, names_of
from projections.change_rate import changes_of_year
from projections.history import object_key
from projections.plan_history import change_answer, plan_history
from projections.plan_in_force import plan_in_force
from projections.plans import PlanList, plans
from projections.store.location import is_server, shown_location
from projections.store.reader import Reader
from projections.store.store import Store
from projections.streams import ADMINISTRATIONS, find_plan, plan_stream

PLAN = "riviere-di-liguria-2022-2024"
INDICATORS = ("Percentuale di incasso del Diritto annuale", "Grado di adesione al cassetto digitale")
DATES = (date(2022, 6, 30), date(2022, 9, 29), date(2022, 9, 30), date(2023, 1, 31))
YEARS = (2022, 2023)
PLACES = 9
TRAIL = 5
SHOWN_APART = 3


def demo(*, database: str | None) -> None:
    """Loads the examples into a database of their own, and asks about them."""
    path = database or _place()
    with session.opened(path) as store:
        service = Service(store, session.log_of(store, path))  # signed for: a page of an event shows its proof
        require_only_examples(service)
        heading = "In Itinere: cinque piani della performance, e come sono cambiati"
        output.show(output.title(heading, f"archivio: {shown_location(path)}"))
        load_examples(service)
        with store.reading() as reader:
            _tell(reader)
        link = _first_link(store, path)
    output.copied(_next(path, _program(), link))


def _first_link(store: Store, path: str) -> str:
    """The link by which whoever tries the pages comes in: an administrator who is the planner of the examples' bodies too."""
    with store.reading() as reader:
        bodies = [stream.removeprefix(ADMINISTRATIONS) for stream in reader.streams(ADMINISTRATIONS)]
    unnamed = "acc-" + "a" * 16  # first_administrator says whose they are
    roles = [GiveRole(account=unnamed, role="planner", administration=body) for body in bodies]
    return first_administrator(Service(store, session.log_of(store, path)), roles=roles, again=False)


def _place() -> str:
    """The first database of ours, beside the user's own, that can serve."""
    configured = session.settings().database
    users = Path(default_database() if is_server(configured) else configured)
    names = [session.DEMO_FILE, *(f"demo-{number}.sqlite" for number in range(2, PLACES + 1))]
    refused: Refusal | None = None
    for path in (users.with_name(name) for name in names):
        if path != users:
            try:
                with session.opened(str(path)) as store:
                    require_only_examples(Service(store))
                    return str(path)
            except (StoreRefused, DemoBlocked) as error:
                refused = refused or error
    raise refused or StoreRefused("nessun archivio si può usare", accepted=ANOTHER_DATABASE, where="--database")


def _tell(reader: Reader) -> None:
    now = session.now()
    point = Point(today(now))
    listed: PlanList = {"as_of": point.as_of.isoformat(), "plans": plans(reader, point), "next": None}
    print_plans(Shown(reader, point, now, "", Dated(), {}), listed)
    _heading("I target, letti dal loro testo")
    for plan in listed["plans"]:
        output.show(Text(printable(f"{plan['id']}\n  {counts_words(plan_counts(loaded_plan(reader, plan['id'])))}")))
    _heading(f"Lo stesso piano a date diverse ({PLAN})")
    for indicator in INDICATORS:
        _targets_over_time(reader, indicator, point)
    _heading("Ogni rimodulazione: prima, dopo, direzione, motivo, atto")
    _revisions(reader)
    for year in YEARS:
        _heading(f"Quanto è cambiato in corso d'anno: {year}")
        print_changes_of_year(reader, changes_of_year(reader, PLAN, year, point), point, now, shown=SHOWN_APART)
    _heading("Le ultime righe del registro")
    trail = audit_trail(reader, PLAN, Point(date.max), Filter(), limit=TRAIL)
    actors = ActorNames(reader, (event["actor"] for event in trail["events"]))
    print_events(trail["events"], act_table(reader, PLAN), actors)


def _targets_over_time(reader: Reader, name: str, now: Point) -> None:
    indicator = object_key(reader, find_plan(reader, PLAN), name).partition("/")[2]
    years: dict[str, None] = {}
    lines: list[tuple[str, dict[str, str]]] = []
    for as_of in (*DATES, now.as_of):
        targets: dict[str, str] = {}
        for row in plan_in_force(reader, PLAN, Point(as_of))["indicators"]:
            if row["id"] == indicator:
                targets = {str(t["year"]): target_words(t["text"], t["form"]) for t in row["targets"]}
        years |= dict.fromkeys(targets)
        lines.append((f"{day(as_of)}{' (oggi)' if as_of == now.as_of else ''}", targets))
    table = output.table("In vigore al", *(f"target {year}" for year in sorted(years)), title_=name)
    output.show(
        output.rows(table, [(when, *(targets.get(year, "—") for year in sorted(years))) for when, targets in lines])
    )


def _revisions(reader: Reader) -> None:
    history = plan_history(reader, PLAN, Point(date.max))
    names = names_of(reader, find_plan(reader, PLAN))
    acts = act_table(reader, PLAN)
    revised = [change for change in plan_changes(history, date.max) if change.record.event.topic == "target-revised"]
    texts = reader.texts([change.record.justification for change in revised], plan_stream(PLAN))
    for change in (change_answer(variation, texts) for variation in revised):
        head = Text(called(names, f"indicator/{change['indicator']}"), style="bold")
        words = f"{DIRECTIONS[str(change['direction'])]} ({KINDS[str(change['kind'])]})"
        lines = [
            f"target {change['target_year']}: da {value_in_words(change['before'])} a {value_in_words(change['after'])}, {words}",
            f"motivo: {change['justification'] or 'non detto'} ({CAUSES.get(str(change['cause']), 'causa non detta')})",
            f"atto: {acts.get(str(change['act']), str(change['act']))}",
        ]
        output.show(output.entry(day(change["effective_on"]), head, lines))


def _next(path: str, program: str, link: str) -> str:
    shown = shown_location(path)
    # Where the address has a password it is left to INITINERE_DATABASE, which the user has set: nobody copies it.
    where = f"--database {_quoted(shown)}"
    return f"""
Che cosa provare ora:
  {program} show {PLAN} --as-of 2022-09-29 {where}
  {program} diff {PLAN} --from 2022-06-30 --to 2023-01-31 {where}
  {program} history {PLAN} "{INDICATORS[0]}" {where}
  {program} revise {PLAN} "{INDICATORS[1]}" --year 2024 \\
    --target ">= 25%" --justification "Adesioni in crescita" --cause new_data \\
    --act "delibera di Giunta n. 9 del 30/09/2023" --preview {where}
  {program} serve {where}
{_way_in(link)}"""


def _way_in(link: str) -> str:
    if not link:
        return "E poi, nel browser, http://localhost:8000; il link del primo accesso fu mostrato la prima volta."
    return f"E poi, nel browser, il primo accesso (vale un giorno e una volta sola): http://localhost:8000{link}"


def _program() -> str:
    """How this program is called from here: by its name where that is on the path, else as it was now."""
    called_as = Path(sys.argv[0])
    return "initinere" if shutil.which("initinere") or called_as.name != "initinere" else _quoted(str(called_as))


def _quoted(path: str) -> str:
    return path if all(c.isalnum() or c in "/._-~" for c in path) else "'" + path.replace("'", "'\\''") + "'"


def _heading(text: str) -> None:
    click.echo()
    output.show(Text(f"── {text} ──", style="bold"))


COMMANDS: dict[str, click.Command] = {
    "demo": TranslatedCommand(
        "demo", help=row_named(UPKEEP, "demo", Operation).description, params=[o.DATABASE], callback=demo
    )
}
