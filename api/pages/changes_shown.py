"""The changes of a year as a page lists them: what of them an address wants, what does not count and why."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, get_args

from api.language.labels import CAUSES, DIRECTIONS, EVENT_NAMES, KINDS, LEVELS, VARIANTS
from api.language.translation import translated
from api.language.values import field_name, field_of_event, value_in_words
from api.pages import addresses
from api.pages.recorded_event import EventAddresses, Recorders, object_address, object_title
from api.pages.visit import PlanVisit
from domain.changes.kinds import ChangeKind
from domain.changes.rate import Variant
from domain.facts import LIFE
from domain.vocabulary import JsonValue
from projections.change_rate import ChangesOfYear, PlainRate, Rates
from projections.plan_history import PlanChange, change_key

NOT_SAID = "not_said"
WHY_NOT: dict[ChangeKind, str] = {
    "drafting": "fa parte di ciò che è stato approvato",
    "rolling_update": "aggiorna anni che nessun atto aveva ancora approvato",
    "correction": "riporta ciò che l'atto diceva",
    "reclassification": "non cambia ciò che è chiesto",
    "in_year_revision": "tocca solo obiettivi che non erano programmati all'inizio dell'anno",
}
SURFACED = "registrata dopo l'approvazione con un atto anteriore: fa parte di ciò che è stato approvato"


class ChangeLine(NamedTuple):
    """A change in one row; `why_not` where the rate does not count it."""

    version: int
    event: str
    what: str
    address: str
    field: str
    under: str
    before: str
    after: str
    kind: str
    direction: str
    direction_words: str
    act: str
    reason: str
    note: str
    redacted: bool
    cause: str
    since: str
    retroactive: bool
    recorded_at: str
    actor: str
    retrospective: bool
    flags: list[str]
    why_not: str


class VariantFigure(NamedTuple):
    """A rate in one variant, with the address of the list behind it."""

    numerator: int
    denominator: int
    rate: str | None
    address: str


class VariantLine(NamedTuple):
    """One of the three variants of the rate of a year."""

    words: str
    figure: VariantFigure
    official: bool


class RateGroup(NamedTuple):
    """A group of the year, in the three variants."""

    name: str
    figures: list[VariantFigure]


class RateGroups(NamedTuple):
    """Groups of one kind: by office, by level, by cause, by month."""

    title: str
    column: str
    note: str
    groups: list[RateGroup]


class WantedChanges(NamedTuple):
    """What of the changes of a year the address wants."""

    variant: Variant
    office: str
    level: str
    cause: str
    month: str
    kind: str


def wanted(visit: PlanVisit) -> WantedChanges:
    """What the address wants; a word that it does not know is no wish."""
    said = visit.query
    variant: Variant = next((each for each in get_args(Variant) if each == said.get("variante")), "any")
    kind = said.get("natura", "")
    return WantedChanges(
        variant=variant,
        office=said.get("ufficio", ""),
        level=said.get("livello", ""),
        cause=said.get("causa", ""),
        month=said.get("mese", ""),
        kind=kind if kind in KINDS else "",
    )


def counted_changes(answer: ChangesOfYear, wish: WantedChanges) -> list[PlanChange]:
    """The changes that a variant of the rate counts, those of the wanted groups alone."""
    versions = set(answer["counted"][wish.variant])
    shown = [change for change in answer["changes"] if change["version"] in versions]
    for groups, name in ((answer["by_office"], wish.office), (answer["by_level"], wish.level)):
        if name:
            of_group = set(groups[name][wish.variant]["objectives"]) if name in groups else set[str]()
            shown = [change for change in shown if of_group.intersection(change["objectives"])]
    if wish.cause:
        shown = [change for change in shown if (change["cause"] or NOT_SAID) == wish.cause]
    if wish.month:
        shown = [change for change in shown if change["effective_on"].startswith(wish.month)]
    return shown


def not_counted(answer: ChangesOfYear) -> dict[str, list[PlanChange]]:
    """The changes of the year that the rate does not count, by nature."""
    versions = set(answer["counted"]["any"])
    beside: dict[str, list[PlanChange]] = {}
    for change in answer["changes"]:
        if change["version"] not in versions:
            beside.setdefault(change["kind"], []).append(change)
    return beside


def why_not(answer: ChangesOfYear, change: PlanChange) -> str:
    """Why the rate does not count a change; an empty text where it does."""
    if change["version"] in answer["counted"]["any"]:
        return ""
    return SURFACED if change["version"] in answer["surfaced"] else WHY_NOT[change["kind"]]


def change_lines(
    visit: PlanVisit, answer: ChangesOfYear, changes: Iterable[PlanChange], flagged: Mapping[int, list[str]]
) -> list[ChangeLine]:
    """Changes as rows; `flagged` are the titles of the flags that rest on each version."""
    listed = list(changes)
    events, recorders = EventAddresses(visit), Recorders(visit, (change["actor"] for change in listed))
    return [_line(visit, answer, change, events, recorders, flagged) for change in listed]


def _line(
    visit: PlanVisit,
    answer: ChangesOfYear,
    change: PlanChange,
    events: EventAddresses,
    recorders: Recorders,
    flagged: Mapping[int, list[str]],
) -> ChangeLine:
    objectives = [object_title(visit, f"objective/{objective}") for objective in change["objectives"]]
    key, under = change_key(change), " · ".join(objectives) if change["indicator"] or change["node"] else ""
    if change["target_year"] is not None and change["aspect"] == "target":
        field = field_name(f"target/{change['target_year']}/{change['ordinal'] or 1}", visit.language)
    else:
        field = translated(EVENT_NAMES.get(change["event"], ""), visit.language)
    before, after = sides_in_words(visit, change["version"], change["before"], change["after"])
    return ChangeLine(
        version=change["version"],
        event=events.of_plan(change["version"]),
        what=object_title(visit, key),
        address=object_address(visit, key),
        field=field,
        under=under,
        before=before,
        after=after,
        kind=KINDS[change["kind"]],
        direction=change["direction"] or "",
        direction_words=DIRECTIONS.get(change["direction"] or "", ""),
        act=visit.reading.acts.get(change["act"] or "", change["act"] or ""),
        reason=change["justification"] or "",
        note=change["note"] or "",
        redacted=change["redacted"],
        cause=CAUSES.get(change["cause"] or "", ""),
        since=change["effective_on"],
        retroactive=change["retroactive"],
        recorded_at=change["recorded_at"],
        actor=recorders.name(change["actor"]),
        retrospective=change["retrospective"],
        flags=flagged.get(change["version"], []),
        why_not=why_not(answer, change),
    )


def sides_in_words(visit: PlanVisit, version: int, before: JsonValue, after: JsonValue) -> tuple[str, str]:
    """What a change of the plan set, before and after, each field by its name and with its codes and ids in words."""
    event = visit.reading.history.event(version)
    field, about = field_of_event(event), next((fact.object for fact in event.facts()), "")
    names = visit.reading.names.beside(about)
    first, last = (value_in_words(_told(value), field, visit.language, names) for value in (before, after))
    return first, last


def _told(value: JsonValue) -> JsonValue:
    """A value without what is said by there being one: that it is in force."""
    return {name: part for name, part in value.items() if name != LIFE} or None if isinstance(value, dict) else value


def variant_lines(visit: PlanVisit, answer: ChangesOfYear, official: str) -> list[VariantLine]:
    """The three variants of the year; `official` is the one that the rules name."""
    return [
        VariantLine(words, variant_figure(visit, answer["change_rate"][variant], variant, {}), variant == official)
        for variant, words in VARIANTS.items()
    ]


def rate_groups(visit: PlanVisit, answer: ChangesOfYear) -> Iterator[RateGroups]:
    """The year by office, by level, by cause and by month."""
    offices = {office["id"]: office["name"] for office in visit.reading.document["administration"]["offices"]}
    by_office = {offices.get(name, name): (name, rates) for name, rates in answer["by_office"].items()}
    if by_office:
        yield _groups(visit, "Per ufficio", "Ufficio", "", "ufficio", by_office)
    by_level = {
        translated(LEVELS.get(name, name), visit.language): (name, rates) for name, rates in answer["by_level"].items()
    }
    if len(by_level) > 1:
        yield _groups(visit, "Per livello", "Livello", "", "livello", by_level)
    by_cause = {
        translated(CAUSES.get(name, "causa non detta"), visit.language): (name, rates)
        for name, rates in answer["rates_by_cause"].items()
    }
    yield _groups(visit, "Per causa", "Causa", "Un obiettivo toccato per due cause è in entrambe.", "causa", by_cause)
    by_month = {f"{name[5:]}/{name[:4]}": (name, rates) for name, rates in answer["rates_by_month"].items()}
    yield _groups(
        visit,
        "Per mese",
        "Mese",
        "Il tasso com'era alla fine di ciascun mese in cui qualcosa è cambiato; la lista è delle modifiche del mese.",
        "mese",
        by_month,
    )


def _groups(
    visit: PlanVisit, title: str, column: str, note: str, filter_: str, groups: Mapping[str, tuple[str, Rates]]
) -> RateGroups:
    return RateGroups(
        title,
        column,
        note,
        [
            RateGroup(words, [variant_figure(visit, rates[variant], variant, {filter_: name}) for variant in VARIANTS])
            for words, (name, rates) in groups.items()
        ],
    )


def variant_figure(visit: PlanVisit, rate: PlainRate, variant: Variant, group: Mapping[str, str]) -> VariantFigure:
    """A rate with the address of its list."""
    said = {"anno": str(visit.year), "variante": "" if variant == "any" else variant, **group}
    return VariantFigure(
        rate["numerator"], rate["denominator"], rate["rate"], f"{visit.to(addresses.CHANGES, said)}#modifiche"
    )
