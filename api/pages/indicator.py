"""The page of an indicator: its targets and what was observed on the calendar, who set them, its card, its series."""

from typing import NamedTuple

from starlette.responses import Response

from api.language.labels import POLARITIES, TARGET_FORMS
from api.language.translation import translated
from api.language.values import field_name, value_in_words
from api.pages import addresses
from api.pages.date_chart import date_chart
from api.pages.deviations import DeviationShown, deviations_shown, read_deviations
from api.pages.frame import render
from api.pages.library import library_address
from api.pages.observations import observed_periods
from api.pages.places import above
from api.pages.step_chart import step_chart
from api.pages.table_file import spreadsheets, table_file, wants_file
from api.pages.target_pieces import targets_on_calendar
from api.pages.two_date_map import two_date_maps
from api.pages.visit import PlanVisit
from api.pages.who_set_it import who_set_it
from api.pages.year_by_year import NOT_OBSERVED, YearLine, year_lines
from api.settings import Language
from domain.benchmarks.decide import benchmarks_of
from domain.formulas.decide import confirmed_formula
from domain.formulas.model import FormulaTerm
from domain.indicators.card import CARD_LABELS
from domain.library.decide import LIBRARY
from domain.library.known import FieldBeside
from domain.scoring.inputs import proposal_of
from domain.systems.model import MeasurementSystem
from projections.benchmarks import BenchmarksOfIndicator, benchmarks_answer
from projections.library import library_known
from projections.plan_in_force import IndicatorInForce
from projections.plan_parts import part_by_id
from projections.series_across import series_in_other_plans
from projections.streams import plan_stream

ON_THE_CARD = (
    *("description", "code", "kind", "unit", "frequency", "source", "baseline", "baseline_on"),
    *("owner", "co_owners", "measured_by", "common", "note", "links"),
)
"""The fields of the card that stand beneath the formula, where they are stated."""
BASES = {"stated": "dichiarata dall'ufficio", "inferred": "dedotta dal target"}
COLUMNS = ("anno", "target approvato", "target in vigore", "periodo", "osservato", "provvisorio", "raggiunto", "raggiunto ex ante", "calcolo")  # fmt: skip


class CardLine(NamedTuple):
    """A field of the card; `addresses` are the pages that it names, whose letters stay as they are."""

    name: str
    value: str
    addresses: tuple[str, ...] = ()


class ElsewhereShown(NamedTuple):
    """The same series in another plan."""

    title: str
    name: str
    years: str
    targets: list[tuple[int, str]]
    address: str
    plan: str


class CodedShown(NamedTuple):
    """An entry of the library under a code of the card: where the card departs from it, what it lacks."""

    called: str
    address: str
    departs: tuple[FieldBeside, ...]
    inherits: tuple[FieldBeside, ...]


def indicator_page(visit: PlanVisit) -> Response:
    """An indicator from the point of the visit; NotFound where it is not in force there."""
    reading, year = visit.reading, visit.year
    row = part_by_id(reading.document["indicators"], visit.parts["indicator"], visit.point, "indicator")
    targets = targets_on_calendar(reading, row["id"])
    periods = observed_periods(reading, row["series"] or "")
    years = year_lines(reading, row["id"], targets, periods)
    if wants_file(visit):
        return _as_csv(visit, row["id"], years)
    rules = reading.history.years

    def system(of_year: int) -> MeasurementSystem:
        return reading.history.system(min(max(of_year, rules[0]), rules[-1]), visit.point.as_of).system

    steps = step_chart(targets, periods, rules, visit.point.as_of, row["polarity"], system)
    elsewhere = _elsewhere(visit, row["series"] or "")
    offices = {office["id"]: office["name"] for office in reading.document["administration"]["offices"]}
    coded = _of_library(visit, row["id"])
    writes = visit.is_now
    return render(
        "indicator.html",
        row["name"],
        visit.frame(
            {
                "JSON": visit.data(f"/indicators/{row['id']}"),
                **spreadsheets(visit),
                **visit.papers(f"indicators/{row['id']}"),
            },
            streams=[*(plan_stream(other.plan) for other in elsewhere), *([LIBRARY] if coded else [])],
        ),
        visit.language,
        verbatim=True,
        scripts=("pages.js",),
        unit=row.get("unit", ""),
        formula=row["formula"],
        above=above(visit, row["objective"]),
        also=[above(visit, place["objective"]) for place in row.get("assignments", [])[1:]],
        polarity=POLARITIES[row["polarity"]] if row["polarity"] else "",
        basis=BASES.get(row.get("polarity_basis", ""), ""),
        owner=offices.get(row["owner"] or "", row["owner"] or ""),
        revise=_work(visit, "revise_target", row["id"]) if writes and visit.may("revise_target") else "",
        measure=_work(visit, "record_measurement", row["id"]) if writes and visit.may("record_measurement") else "",
        years=years,
        year=year,
        year_choices=visit.choices("anno", {str(each): str(each) for each in rules}),
        shown=next(line for line in years if line.year == year),
        steps=steps,
        dates=None if steps else date_chart(targets, periods, visit.point.as_of),
        target_forms=list(dict.fromkeys(TARGET_FORMS[t.in_force.form] for t in targets if t.in_force)),
        maps=two_date_maps(visit, row["id"], year),
        all_known="" if visit.is_now else visit.here(known_at=""),
        who=who_set_it(visit, row["id"]),
        deviations=_deviations(visit, row["id"]),
        benchmarks=benchmarks_shown(visit, row),
        publish=visit.form("publish_benchmark", object=row["id"]),
        history_address=visit.data(f"/indicators/{row['id']}/history"),
        card=card_lines(row, offices, visit.language),
        terms=_terms(visit, row["id"]),
        elsewhere=elsewhere,
        coded=coded,
    )


def _of_library(visit: PlanVisit, indicator: str) -> list[CodedShown]:
    """The entries of the library under the codes of the card, with what departs from them and what the card lacks."""
    library, on = library_known(visit.reading.reader, visit.point), visit.point.as_of
    return [
        CodedShown(coded.called, library_address(coded.scheme, coded.code), coded.departs, coded.inherits)
        for coded in library.beside(visit.reading.history.state(on), on, indicator)
        if coded.known is not None
    ]


def _deviations(visit: PlanVisit, indicator: str) -> list[DeviationShown]:
    """How far its values of the year are from the target, for whoever reads what came of the monitoring."""
    if not visit.may("list_deviations"):
        return []
    return list(deviations_shown(visit, read_deviations(visit, visit.year, indicator)["deviations"]))


def benchmarks_shown(visit: PlanVisit, row: IndicatorInForce) -> BenchmarksOfIndicator | None:
    """What others published beside what is measured; None where nobody did."""
    reading, series = visit.reading, row["series"] or ""
    found = list(benchmarks_of(reading.record.timelines, series, visit.point.as_of))
    return benchmarks_answer(reading.record, row["id"], row["name"], series, found, visit.point) if found else None


def _work(visit: PlanVisit, command: str, indicator: str) -> str:
    return visit.to(addresses.WORK, {"object": indicator, "year": str(visit.year)}, command=command)


def card_lines(row: IndicatorInForce, offices: dict[str, str], language: Language) -> list[CardLine]:
    """The fields of the card that are stated, with their values in words."""
    fields = [
        CardLine(translated(CARD_LABELS[field], language), _value(row, field, offices, language))
        for field in ON_THE_CARD
        if field != "links"
    ]
    links = tuple(row.get("links", ()))
    fields.append(CardLine(translated(CARD_LABELS["links"], language), ", ".join(links), links))
    codes = [CardLine(scheme, code) for scheme, code in row.get("codes", {}).items()]
    places = row.get("assignments", [row])
    fed = dict.fromkeys(value_in_words(place["feeds"], "feeds", language) for place in places if place["feeds"])
    feeds = CardLine(field_name("feeds", language), "; ".join(fed))
    return [line for line in (*fields, feeds, *codes) if line.value]


def _value(row: IndicatorInForce, field: str, offices: dict[str, str], language: Language) -> str:
    value = dict(row).get(field)
    if field == "owner":
        return offices.get(str(value), str(value)) if value else ""
    if isinstance(value, bool):
        return translated("sì", language) if value else ""
    if field == "baseline" and value:
        return " ".join(filter(None, (str(value), str(row.get("baseline_unit") or ""))))
    return value_in_words(value if isinstance(value, list) else str(value), field, language) if value else ""


def _terms(visit: PlanVisit, indicator: str) -> tuple[FormulaTerm, ...]:
    """What the formula is worked out from: as the office confirmed it, else as it reads."""
    state = visit.reading.history.state(visit.point.as_of)
    confirmed = confirmed_formula(state, indicator)
    return confirmed.terms if confirmed else proposal_of(state, indicator).terms


def _elsewhere(visit: PlanVisit, series: str) -> list[ElsewhereShown]:
    reading = visit.reading
    return [
        ElsewhereShown(
            title=other.title,
            name=other.name,
            years=f"{other.first_year}-{other.last_year}",
            targets=[(target["year"], target["text"] or "") for target in other.targets],
            address=addresses.page_address(
                addresses.INDICATOR, visit.kept_dates, plan=other.plan, indicator=other.indicator
            ),
            plan=other.plan,
        )
        for other in series_in_other_plans(reading.reader, reading.known, series, visit.point, visit.visitor.may_read)
    ]


def _as_csv(visit: PlanVisit, indicator: str, years: list[YearLine]) -> Response:
    rows = [
        [
            line.year,
            "; ".join(line.approved),
            "; ".join(line.in_force),
            observed.period,
            observed.text,
            observed.provisional,
            line.score.figure,
            line.ex_ante,
            line.arithmetic,
        ]
        for line in years
        for observed in line.observed or [NOT_OBSERVED]
    ]
    name = f"{visit.plan}-{indicator}-{visit.point.as_of.isoformat()}"
    return table_file(visit, name, COLUMNS, rows, ("calcolo",), "Anno per anno")
