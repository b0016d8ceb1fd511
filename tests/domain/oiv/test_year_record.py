"""What the OIV must look at in the record of a year, and what the criteria say of it: from the events alone."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.annulments.events import EventsAnnulled
from domain.indicators.series import series_of
from domain.measurements.events import MeasurementRestated
from domain.measurements.reader import read_value
from domain.objectives.events import ObjectiveRedefined
from domain.oiv.criteria import DeviationsExplained, ReportEvidence, Statement, criteria
from domain.oiv.events import FlagAnswered, OpinionGiven
from domain.oiv.year_record import LateRecordings, YearRecord, unexplained
from domain.plans.history import plan_changes
from domain.scoring.events import ScoreOverridden
from domain.timelines import annulled, annulments_in
from tests.support.given import Given, Stream, measured, revised


@pytest.fixture
def plan() -> Given:
    """Two indicators with a target of the year, one that is not to be measured."""
    plan = Given()
    plan.objective("a", title="Trasparenza")
    for indicator, target in (("i", ">= 80"), ("j", ">= 10"), ("w", "---")):
        plan.indicator(indicator, "a", target)
    return plan.approved()


def measure(plan: Given, indicator: str, text: str, day: date, period: str = "2022", **envelope: Any) -> None:
    plan.administration.add(day, measured(f"s.{indicator}", text, period, day), **envelope)


def revise(plan: Given, day: date, **envelope: Any) -> int:
    return plan.add(day, revised("i", ">= 80", f">= {day.day}"), **envelope).version


def record(plan: Given, year: int = 2022) -> YearRecord:
    history, everything = plan.history, plan.administration.records
    left_out = annulled(annulments_in(everything), len(everything))
    counting = [r for r in everything if r.version not in left_out]
    return YearRecord(history, counting, everything, series_of(history.timelines), year, date(2023, 12, 31))


def test_it_is_late_beyond_the_days_that_are_allowed(plan: Given) -> None:
    revise(plan, date(2022, 9, 1), recorded_on=date(2022, 10, 1))
    revise(plan, date(2022, 10, 2), recorded_on=date(2022, 11, 2))
    late = record(plan).late(30)
    assert [(row.effective_on, row.days, row.backdated) for row in late.recordings] == [(date(2022, 10, 2), 31, False)]


def test_a_change_is_backdated_when_a_later_effect_was_known_already(plan: Given) -> None:
    revise(plan, date(2022, 9, 30))
    revise(plan, date(2022, 9, 15), recorded_on=date(2022, 10, 1))
    assert [row.backdated for row in record(plan).late(30).recordings] == [True]


def test_figures_of_another_series_do_not_make_a_figure_backdated(plan: Given) -> None:
    measure(plan, "i", "80", date(2022, 12, 31))
    measure(plan, "j", "5", date(2022, 3, 31), "2022-Q1")
    assert record(plan).late(30).recordings == []


def test_what_was_loaded_long_after_the_fact_is_not_late_but_not_knowable(plan: Given) -> None:
    version = revise(plan, date(2022, 9, 1), recorded_on=date(2023, 9, 1), retrospective=True)
    late = record(plan).late(30)
    assert (late.recordings, [r.version for _, r in late.not_knowable]) == ([], [version])


def test_what_was_put_right_is_listed_with_what_it_puts_right(plan: Given) -> None:
    wrong = revise(plan, date(2022, 9, 1))
    correction = revise(plan, date(2022, 9, 1), claim="correction", restores=(wrong,))
    annulment = plan.add(date(2022, 12, 1), EventsAnnulled(versions=(correction,), reason="recorded_by_mistake"))
    measure(plan, "i", "80", date(2022, 12, 31))
    restated = MeasurementRestated(
        series="s.i",
        period="2022",
        before=read_value("80"),
        observed=read_value("81"),
        finality="final",
        data_as_at=date(2022, 12, 31),
    )
    plan.administration.add(date(2023, 1, 31), restated)
    listed = [(row.stream, row.record.version, row.restored) for row in record(plan).put_right()]
    assert listed == [("plan", annulment.version, [correction]), ("administration", 2, [])]
    assert record(plan, 2023).put_right() == []


def test_never_measured_is_what_has_a_target_and_no_value_whatever_was_said_in_its_place(plan: Given) -> None:
    measure(plan, "i", "80", date(2022, 12, 31))
    measure(plan, "j", "n.d.", date(2022, 12, 31))
    (row,) = record(plan).never_measured()
    assert (row.indicator, row.recorded) == ("j", "n.d.")
    assert row.target_version is not None


def test_each_criterion_says_what_the_record_shows_and_which_events_say_so(plan: Given) -> None:
    measure(plan, "i", "80", date(2022, 12, 31))
    by_letter = criteria_of(plan)
    assert "".join(by_letter) == "abcdefghilm"
    assert by_letter["b"][0].words.startswith(
        "La performance complessiva è 93,64 % rispetto ai target in vigore, non calc"
    )
    assert (by_letter["b"][1].stream, by_letter["b"][1].versions) == ("review", (3,))
    assert by_letter["c"][0].words == "Degli indicatori con un target 2022 (2), 1 hanno almeno una misurazione."
    assert by_letter["d"][0].words == (
        "Nessun obiettivo in vigore ha etichette: quelli che nominano nel titolo corruzione, trasparenza o integrità sono "
        "1: Trasparenza."
    )
    assert by_letter["d"][0].versions == (2,)
    assert "nessuno è stato adottato" in by_letter["e"][0].words
    assert by_letter["i"][0].words == "L'anno 2022 è stato approvato il 31/01/2022."


def test_where_objectives_are_labelled_labels_are_counted_and_no_titles(plan: Given) -> None:
    labelled = ObjectiveRedefined(objective="a", tags=("Parità di genere", "lavoro agile"))
    version = plan.add(date(2022, 3, 1), labelled).version
    by_letter = criteria_of(plan)
    assert [statement.words for statement in by_letter["d"]] == [
        "Gli obiettivi in vigore con un'etichetta di anticorruzione, trasparenza o integrità sono 0."
    ]
    said = by_letter["i"][-1]
    assert said.words == "Gli obiettivi in vigore, per etichetta: lavoro agile 1, Parità di genere 1."
    assert said.versions == (version,)
    version = plan.add(date(2022, 4, 1), ObjectiveRedefined(objective="a", tags=("Anticorruzione",))).version
    (counted,) = criteria_of(plan)["d"]
    assert counted.words.endswith("sono 1: Trasparenza.")
    assert counted.versions == (version,)


def criteria_of(plan: Given) -> dict[str, tuple[Statement, ...]]:
    year = record(plan)
    evidence = ReportEvidence(
        record=year,
        changes=[],
        unexplained=[],
        in_force="93.64",
        ex_ante=None,
        system="Regole predefinite",
        system_version=None,
        system_adopted_by=None,
        missed=[("j", "J")],
        deviations=DeviationsExplained(
            causes={"exogenous": 2}, unexplained=1, explaining=[7, 8], actions={"overdue": 1}, acting=[9]
        ),
        late=LateRecordings([], []),
        never_measured=year.never_measured(),
        overrides=[],
        acts_of_the_oiv=[("L'OIV ha validato la relazione 2022", 3)],
    )
    return {criterion.letter: criterion.statements for criterion in criteria(evidence)}


def test_a_revision_is_unexplained_when_nobody_can_read_why(plan: Given) -> None:
    revise(plan, date(2022, 9, 1), justification="sha256:letta")
    redacted = revise(plan, date(2022, 9, 2), justification="sha256:oscurata")
    silent = revise(plan, date(2022, 9, 3))
    revise(plan, date(2022, 9, 4), claim="correction")
    changes = plan_changes(plan.history, date(2023, 12, 31), drafting=False)
    words = {"sha256:letta": "dati nuovi", "sha256:oscurata": None}
    assert [change.record.version for change in unexplained(changes, words)] == [redacted, silent]


def test_the_forced_scores_are_those_of_the_year(plan: Given) -> None:
    forced = [ScoreOverridden(subject="objective", id="a", year=year, forced=Decimal(90)) for year in (2022, 2023)]
    plan.add(date(2023, 3, 1), *forced)
    plan.add(date(2024, 3, 1), forced[0])  # after the day that is asked about
    assert [event for _, event in record(plan).overrides()] == [forced[0]]


def test_a_year_shows_what_the_oiv_said_and_an_opinion_beside_its_change(plan: Given) -> None:
    review = Stream("review/p")
    opinion = OpinionGiven(opinion="parere-1", judgement="favourable", about="plan", versions=(7,), year=2022)
    review.add(date(2023, 3, 1), opinion, FlagAnswered(flag="decided_late/7", rule="decided_late"))
    year = record(plan)
    assert [r.event for r in year.acts_of_the_oiv(review.records)] == [opinion]
    assert [event for _, event in year.opinions_on(7, review.records)] == [opinion]
    assert year.opinions_on(8, review.records) == []
