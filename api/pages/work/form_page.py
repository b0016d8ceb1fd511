"""The page of a form of work: its fields, what is known of what it is about, and what others did since it was opened."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from starlette.responses import Response

from api.language.labels import REDACTED
from api.operations.serializers import formula_object
from api.operations.verbs import TARGETS
from api.pages import addresses
from api.pages.forms import FormProblem
from api.pages.frame import render
from api.pages.templating import period_in_words
from api.pages.visit import PlanVisit
from api.pages.work.event_choice import SOUGHT
from api.pages.work.filled import FilledForm
from api.pages.work.owed import MOST_ROWS, OwedValues
from api.pages.work.table import WORK_FORMS
from domain.late import late
from projections.dues import observed_by_period
from projections.official_rate import OfficialRate
from projections.reviews import reviews

with late:  # few forms have a formula
    from domain.formulas.reader import read_formula


class Carried(NamedTuple):
    """What a form carries along unseen: the token of its browser, what it was opened on, what is typed already."""

    csrf: str
    hidden: Mapping[str, str]
    typed: Mapping[str, str] = {}


class Crumb(NamedTuple):
    """The way back to what a form is about."""

    words: str
    address: str


class Meanwhile(NamedTuple):
    """Something that was recorded since a form was opened."""

    sentence: str
    recorded_at: str
    who: str


class YearBeside(NamedTuple):
    """A year of an indicator: its target today, and what was observed."""

    year: int
    target: str
    observed: str


class BesideForm(NamedTuple):
    """What stands beside a form: the years of an indicator, the margin under the ceiling, or words."""

    words: list[str]
    years: list[YearBeside]
    revisions: int
    address: str
    rate: OfficialRate | None


def form_page(
    filled: FilledForm,
    carried: Carried,
    *,
    problems: Sequence[FormProblem] = (),
    conflict: Sequence[Meanwhile] = (),
    restored: bool = False,
    status: int = 200,
) -> Response:
    """The form, with what is written in it and what is wrong with it."""
    visit, form = filled.visit, filled.form
    owed = filled if isinstance(filled, OwedValues) else None
    wrong = {problem.field for problem in problems}
    return render(
        "work/form.html",
        form.title if owed is None else "Valori da inserire",
        visit.frame(dated=False),
        visit.language,
        status=status,
        private=True,
        problems=problems,
        conflict=conflict,
        restored=restored,
        lead=form.lead if owed is None else "Ciò che i tuoi uffici devono ancora dare, con gli ultimi valori accanto.",
        crumb=crumb_of(filled),
        action=visit.to(visit.path, command=form.name),
        leave=leave_address(filled),
        chosen_from=filled.choices.objects(form) if filled.wants_object else None,
        of_indicator=form.object == "indicator",
        form=carried,
        fields=filled.fields,
        more=filled.more if not filled.wants_object else [],
        more_open=any(c.name in wrong or (c.value and c.value != filled.default_of(c.name)) for c in filled.more),
        act_details=filled.act_details if not filled.wants_object else [],
        act_details_open=any(c.name in wrong or c.value for c in filled.act_details),
        events=filled.events,
        sought_as=SOUGHT,
        trail_address=visit.to(addresses.AUDIT) if filled.events and visit.may("list_audit") else "",
        is_change=form.is_change,
        may_propose=form.is_change and visit.may("draft_proposal"),
        beside=_beside(filled),
        common=owed.common if owed else [],
        owed=owed.rows if owed else None,
        owed_total=len(owed.owed) if owed else 0,
        period=owed.period if owed else "",
        most=MOST_ROWS,
    )


def work_list_page(visit: PlanVisit) -> Response:
    """What the visitor may do about the plan, by what it is about."""
    groups: dict[str, list[dict[str, str]]] = {}
    status = visit.reading.document["plan"]["status"]
    for form in WORK_FORMS.values():
        if visit.may(form.command) and (form.name != "discard_draft" or status == "draft"):
            row = {"title": form.title, "address": visit.to(addresses.WORK, command=form.name)}
            groups.setdefault(form.group, []).append(row)
    return render(
        "work/list.html", "Lavoro sul piano", visit.frame(dated=False), visit.language, private=True, groups=groups
    )


def crumb_of(filled: FilledForm) -> Crumb | None:
    """The way back to the object of a form."""
    if not filled.title_of_object:
        return None
    return Crumb(filled.title_of_object, leave_address(filled))


def leave_address(filled: FilledForm) -> str:
    """Where whoever gives a form up goes."""
    visit = filled.visit
    if filled.form.object == "indicator" and filled.title_of_object:
        return visit.to(addresses.INDICATOR, indicator=filled.about)
    return visit.to(addresses.PLAN)


def _beside(filled: FilledForm) -> BesideForm | None:
    form, visit = filled.form, filled.visit
    if form.object == "indicator" and filled.title_of_object:
        return _of_indicator(filled)
    words = []
    if form.name == "answer_flag":
        flags = visit.reading.flags(filled.year)["flags"]
        chosen = [flag for flag in flags if flag["id"] == filled.value("flag")]
        words = [f"{visit.said(flag['words'])} {visit.said(flag['question'])}" for flag in chosen]
    if form.name == "give_answer":
        listed = reviews(visit.reading.reader, visit.plan, visit.point)
        wanted = filled.value("to")
        rows = [row for row in listed["events"] if wanted and wanted in row["body"].values()]
        words = [f"{visit.said(row['sentence'])}: {row['words'] or visit.worded(REDACTED)}" for row in rows]
    return BesideForm(words, [], 0, "", None) if words else None


def _of_indicator(filled: FilledForm) -> BesideForm:
    visit, reading = filled.visit, filled.visit.reading
    row = next((row for row in reading.document["indicators"] if row["id"] == filled.about), None)
    if row is None:  # it was withdrawn, and is to be taken up again
        return BesideForm([], [], 0, visit.to(addresses.INDICATOR, indicator=filled.about), None)
    observed = observed_by_period(reading.record, row["series"] or "", reading.point.as_of)
    of_years: dict[int, str] = {}
    for period, value in sorted(observed.items()):
        year = int(period[:4])
        of_years[year] = (
            value
            if period == str(year)
            else of_years.get(year) or f"{value} ({period_in_words(period, visit.language)})"
        )
    targets: dict[int, str] = {}
    for target in row["targets"]:
        targets[target["year"]] = ", ".join(filter(None, (targets.get(target["year"]), target["text"])))
    years = sorted({*reading.history.years, *of_years})
    timelines = reading.history.timelines
    key = f"indicator/{filled.about}"
    revisions = sum(
        len(timelines.entries(key, field)) - 1 for field in timelines.fields(key) if field.startswith("target/")
    )
    words: list[str] = []
    if filled.form.name == "confirm_formula" and row["formula"]:
        proposal = formula_object(read_formula(row["formula"]))
        terms = ", ".join(term["phrase"] for term in proposal["terms"])
        words = [
            visit.worded("Formula stampata: %(formula)s", formula=row["formula"]),
            *([visit.worded("Termini proposti: %(terms)s", terms=terms)] if terms else []),
        ]
    return BesideForm(
        words=words,
        years=[YearBeside(year, targets.get(year, ""), of_years.get(year, "")) for year in years],
        revisions=revisions,
        address=visit.to(addresses.INDICATOR, indicator=filled.about),
        rate=reading.official_rate(filled.year) if filled.form.group == TARGETS else None,
    )
