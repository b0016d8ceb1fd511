"""Every rule of attention, on what it is for and on what looks like it and is not."""

from datetime import date
from decimal import Decimal
from typing import Any, get_args

import pytest

from domain.flags.model import (
    ApprovalCorrected,
    ApprovalFallen,
    ApprovedLate,
    BetweenPlans,
    Case,
    ClosingFallen,
    Corrected,
    DepartedCard,
    EasedYears,
    LeftOut,
    Moved,
    Overridden,
    Restated,
    Revised,
    RuleName,
    Started,
    Thresholds,
    Value,
    quoted,
    thresholds_of,
)
from domain.flags.rules import RULES, FlagRule

BY_NAME: dict[str, FlagRule] = {rule.name: rule for rule in RULES}
KNOWN = Value(
    period="2022",
    text="67%",
    data_as_at=date(2022, 9, 30),
    recorded_on=date(2022, 9, 20),
    meets_before=False,
    meets_after=True,
    distance=Decimal("1.4"),
    worse=True,
    earlier="70%",
)
BASE = Revised(
    name="«Incasso»",
    year=2022,
    kind="in_year_revision",
    aspect="target",
    direction="easier",
    before="«>= 70%»",
    after="«>= 66%»",
    effective_on=date(2022, 9, 30),
    recorded_on=date(2022, 10, 3),
    retrospective=False,
    act="giunta-9",
    known=KNOWN,
)
RESTATED = Restated("«Incasso»", "2022", "66%", "68%", date(2023, 6, 1), date(2023, 6, 2), date(2023, 5, 20))
CARD = BASE._replace(aspect="formula", direction=None, fields=("formula",))
GONE = BASE._replace(aspect="withdrawal", withdrawn="ritirato l'indicatore")
FAILS, PASSES = ("«A»", "da 60 a 40", False), ("«B»", "da 40 a 60", True)

BETWEEN = BetweenPlans("«I»", "prova-2022-2024", 2023, "«>= 70%»", "«>= 60%»", "easier", date(2023, 1, 31))
DEPARTED = DepartedCard("«I»", "KPISTD 84", date(2022, 1, 1), (("polarità", "«meno è meglio»", "«più è meglio»"),))
TABLE: list[tuple[str, str, Case, str | None]] = [
    ("eased_after_bad_value", "the value was known by the act", BASE, "raised"),
    ("eased_after_bad_value", "made harder", BASE._replace(direction="harder"), None),
    ("eased_after_bad_value", "the value met the target", BASE._replace(known=KNOWN._replace(meets_before=True)), "clear"),
    ("eased_after_bad_value", "nothing can be said of the value", BASE._replace(known=KNOWN._replace(meets_before=None)), "clear"),
    ("eased_after_bad_value", "nothing was known", BASE._replace(known=None), None),
    ("eased_after_bad_value", "loaded afterwards", BASE._replace(retrospective=True), "not_knowable"),
    ("eased_after_bad_value", "loaded afterwards, no value", BASE._replace(retrospective=True, known=None), "not_knowable"),
    ("eased_after_bad_value", "the value was loaded afterwards", BASE._replace(known=KNOWN._replace(retrospective=True)), "not_knowable"),
    ("eased_after_bad_value", "put in other terms that the value meets", BASE._replace(direction="undetermined"), "raised"),
    ("eased_after_bad_value", "put in other terms that it does not meet", BASE._replace(direction="undetermined", known=KNOWN._replace(meets_after=False)), "clear"),
    ("eased_after_bad_value", "a weight", BASE._replace(aspect="weight"), None),
    ("just_crosses", "met by a hair", BASE, "raised"),
    ("just_crosses", "exactly at the margin", BASE._replace(known=KNOWN._replace(distance=Decimal(2))), "raised"),
    ("just_crosses", "just beyond it", BASE._replace(known=KNOWN._replace(distance=Decimal("2.01"))), "clear"),
    ("just_crosses", "nobody can say how far", BASE._replace(known=KNOWN._replace(distance=None)), "clear"),
    ("just_crosses", "made harder", BASE._replace(direction="harder"), None),
    ("just_crosses", "loaded afterwards, no value", BASE._replace(retrospective=True, known=None), "not_knowable"),
    ("just_crosses", "met by far", BASE._replace(known=KNOWN._replace(distance=Decimal(9))), "clear"),
    ("just_crosses", "not met either", BASE._replace(known=KNOWN._replace(meets_after=False)), "clear"),
    ("just_crosses", "met already", BASE._replace(known=KNOWN._replace(meets_before=True)), "clear"),
    ("just_crosses", "loaded afterwards", BASE._replace(retrospective=True), "not_knowable"),
    ("decided_late", "in December", BASE._replace(effective_on=date(2022, 12, 5)), "raised"),
    ("decided_late", "on the first of the sixty days", BASE._replace(effective_on=date(2022, 11, 2)), "raised"),
    ("decided_late", "the day before", BASE._replace(effective_on=date(2022, 11, 1)), "clear"),
    ("decided_late", "on the last day", BASE._replace(effective_on=date(2022, 12, 31)), "raised"),
    ("decided_late", "in December, with an earlier effect", BASE._replace(decided_on=date(2022, 12, 5)), "raised"),
    ("decided_late", "before, to take effect in December", BASE._replace(effective_on=date(2022, 12, 5), decided_on=date(2022, 9, 1)), "clear"),
    ("decided_late", "loaded afterwards, on a documented date", BASE._replace(effective_on=date(2022, 12, 5), retrospective=True), "raised"),
    ("decided_late", "a reclassification", BASE._replace(kind="reclassification", effective_on=date(2022, 12, 5)), None),
    ("decided_late", "after the year", BASE._replace(effective_on=date(2023, 1, 15)), "raised"),
    ("decided_late", "on an assumed date", BASE._replace(effective_on=date(2022, 12, 5), act_assumed=True), "not_knowable"),
    ("decided_late", "a yearly update", BASE._replace(kind="rolling_update", effective_on=date(2022, 12, 5)), None),
    ("recorded_late", "after forty days", BASE._replace(recorded_on=date(2022, 11, 9)), "raised"),
    ("recorded_late", "after three days", BASE, "clear"),
    ("recorded_late", "on the thirtieth day", BASE._replace(recorded_on=date(2022, 10, 30)), "clear"),
    ("recorded_late", "on the day after it", BASE._replace(recorded_on=date(2022, 10, 31)), "raised"),
    ("recorded_late", "with an effect before its act", BASE._replace(effective_on=date(2022, 8, 1), decided_on=date(2022, 9, 30)), "raised"),
    ("recorded_late", "a yearly update", BASE._replace(kind="rolling_update", recorded_on=date(2022, 11, 9)), "raised"),
    ("recorded_late", "loaded afterwards", BASE._replace(recorded_on=date(2026, 1, 1), retrospective=True), "not_knowable"),
    ("recorded_late", "an assumed date", BASE._replace(recorded_on=date(2023, 1, 1), act_assumed=True), "not_knowable"),
    ("recorded_late", "a correction", BASE._replace(kind="correction", recorded_on=date(2023, 1, 1)), None),
    ("weight_to_passing", "from failing to passing", Moved("«O»", date(2022, 9, 30), (FAILS,), (PASSES,)), "raised"),
    ("weight_to_passing", "from passing to failing", Moved("«O»", date(2022, 9, 30), (PASSES,), (FAILS,)), "clear"),
    ("weight_to_passing", "nothing is measured", Moved("«O»", date(2022, 9, 30), (("«A»", "", None),), (PASSES,)), "clear"),
    ("weight_to_passing", "only lost", Moved("«O»", date(2022, 9, 30), (FAILS,), ()), "clear"),
    ("redefined_with_worse_value", "a worse value", CARD, "raised"),
    ("redefined_with_worse_value", "below target", CARD._replace(known=KNOWN._replace(worse=None)), "raised"),
    ("redefined_with_worse_value", "a better one", CARD._replace(known=KNOWN._replace(worse=False, meets_before=True)), "clear"),
    ("redefined_with_worse_value", "nothing measured", CARD._replace(known=None), None),
    ("redefined_with_worse_value", "only the name", CARD._replace(fields=()), None),
    ("withdrawn_while_failing", "below target", GONE, "raised"),
    ("withdrawn_while_failing", "above target", GONE._replace(known=KNOWN._replace(meets_before=True)), "clear"),
    ("withdrawn_while_failing", "nobody can judge the value", GONE._replace(known=KNOWN._replace(meets_before=None)), "clear"),
    ("withdrawn_while_failing", "not measured", GONE._replace(known=None), "clear"),
    ("withdrawn_while_failing", "a target revised", BASE, None),
    ("easier_than_baseline", "easier", Started("«I»", 2022, "«>= 50%»", "«60%»", easier=True), "raised"),
    ("easier_than_baseline", "not easier", Started("«I»", 2022, "«>= 70%»", "«60%»", easier=False), "clear"),
    ("eased_every_year", "two years in a row", EasedYears("«I»", (2022, 2023)), "raised"),
    ("eased_every_year", "two years apart", EasedYears("«I»", (2022, 2024)), "clear"),
    ("eased_every_year", "a run that ended before", EasedYears("«I»", (2018, 2019, 2022)), "clear"),
    ("eased_every_year", "a run up to this year", EasedYears("«I»", (2018, 2021, 2022)), "raised"),
    ("eased_every_year", "never", EasedYears("«I»", ()), "clear"),
    ("eased_every_year", "once", EasedYears("«I»", (2022,)), "clear"),
    ("eased_every_year", "twice in one year", EasedYears("«I»", (2022, 2022)), "clear"),
    ("override_without_calculation", "nothing calculated", Overridden("«I»", 2022, "100", None), "raised"),
    ("override_without_calculation", "calculated beside", Overridden("«I»", 2022, "100", "67.8"), "clear"),
    ("restated_after_validation", "after it", RESTATED, "raised"),
    ("restated_after_validation", "recorded after it", RESTATED._replace(effective_on=date(2023, 5, 1), recorded_after=True), "raised"),
    ("restated_after_validation", "of before, recorded after its day and before it was recorded", RESTATED._replace(effective_on=date(2023, 5, 1)), "clear"),
    ("restated_after_validation", "on the day of it", RESTATED._replace(effective_on=date(2023, 5, 20), recorded_on=date(2023, 5, 20)), "clear"),
    ("restated_after_validation", "loaded afterwards, of a later date", RESTATED._replace(retrospective=True), "raised"),
    ("restated_after_validation", "before it", RESTATED._replace(effective_on=date(2023, 5, 1), recorded_on=date(2023, 5, 2)), "clear"),
    ("restated_after_validation", "not validated", RESTATED._replace(validated_on=None), "clear"),
    ("restated_after_validation", "loaded afterwards", RESTATED._replace(effective_on=date(2023, 5, 1), retrospective=True), "not_knowable"),
    ("correction_eases", "easier", Corrected("«I»", 2022, "«>= 70%»", "«>= 60%»", "easier"), "raised"),
    ("correction_eases", "harder", Corrected("«I»", 2022, "«>= 60%»", "«>= 70%»", "harder"), "clear"),
    ("correction_eases", "cannot be compared", Corrected("«I»", 2022, "«>= 60%»", "«sì»", "undetermined"), "clear"),
    ("correction_eases", "no direction", Corrected("«I»", None, "", "", None), "clear"),
    ("retroactive", "from before the act", BASE._replace(decided_on=date(2022, 11, 30)), "raised"),
    ("retroactive", "from the day of the act", BASE._replace(decided_on=date(2022, 9, 30)), "clear"),
    ("retroactive", "an act of a date that nobody documented", BASE._replace(decided_on=date(2022, 11, 30), act_assumed=True), "not_knowable"),
    ("approval_annulled", "not approved again", ApprovalFallen(2022, date(2022, 1, 31), date(2022, 5, 2), None), "raised"),
    ("approval_annulled", "approved again", ApprovalFallen(2022, date(2022, 1, 31), date(2022, 5, 2), date(2022, 6, 1)), "raised"),
    ("approval_annulled", "a change is none", BASE, None),
    ("approved_late", "after changes of the year", ApprovedLate(2023, date(2023, 6, 30), 3), "raised"),
    ("approved_late", "late, and nothing had changed", ApprovedLate(2023, date(2023, 6, 30), 0), "clear"),
    ("approved_late", "by the end of January", ApprovedLate(2023, date(2023, 1, 31), 3), "clear"),
    ("change_left_out", "as a mistake", LeftOut("«I»", 2022, date(2022, 10, 1), "errore di registrazione", by_act=False), "raised"),
    ("change_left_out", "by an act", LeftOut("«I»", 2022, date(2022, 10, 1), "atto annullato", by_act=True), "raised"),
    ("change_left_out", "a change that counts", BASE, None),
    ("closing_annulled", "open again", ClosingFallen(2022, date(2023, 6, 30), date(2023, 9, 1), 2), "raised"),
    ("closing_annulled", "a change is none", BASE, None),
    ("approval_corrected", "another act", ApprovalCorrected(2022, "giunta-1, dal 31/01/2022", "giunta-2, dal 31/01/2022"), "raised"),
    ("approval_corrected", "a change is none", BASE, None),
    ("surfaced_after_approval", "by an act of before", BASE._replace(surfaced=True), "raised"),
    ("surfaced_after_approval", "under way", BASE, "clear"),
    ("eased_between_plans", "an easier target", BETWEEN, "raised"),
    ("eased_between_plans", "a harder target", BETWEEN._replace(direction="harder"), "clear"),
    ("eased_between_plans", "the same target", BETWEEN._replace(direction="neutral"), "clear"),
    ("eased_between_plans", "cannot be compared", BETWEEN._replace(direction="undetermined"), "clear"),
    ("eased_between_plans", "left out while failing", BETWEEN._replace(dropped=True, known=KNOWN._replace(meets_before=False)), "raised"),
    ("eased_between_plans", "left out while passing", BETWEEN._replace(dropped=True, known=KNOWN._replace(meets_before=True)), "clear"),
    ("eased_between_plans", "left out, never measured", BETWEEN._replace(dropped=True), "clear"),
    ("eased_between_plans", "a change of the plan", BASE, None),
    ("departs_from_library", "another polarity", DEPARTED, "raised"),
    ("departs_from_library", "as the entry says", DEPARTED._replace(fields=()), "clear"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "what", "case", "outcome"), TABLE, ids=[f"{r}: {w}" for r, w, *_ in TABLE])
def test_a_rule_is_raised_where_it_should_be_and_nowhere_else(
    rule: str, what: str, case: Case, outcome: str | None
) -> None:
    del what
    finding = BY_NAME[rule].judge(case, Thresholds())
    assert (finding and finding.outcome) == outcome
    if finding is not None:
        assert finding.words


def test_every_rule_has_examples_for_and_against() -> None:
    for rule in RULES:
        outcomes = {outcome for name, _, _, outcome in TABLE if name == rule.name}
        assert "raised" in outcomes, rule.name
        assert outcomes & {"clear", None}, rule.name


@pytest.mark.parametrize("rule", RULES, ids=[rule.name for rule in RULES])
def test_words_have_numbers_and_never_judge(rule: Any) -> None:
    raised = [
        finding.words
        for name, _, case, outcome in TABLE
        if name == rule.name and outcome == "raised" and (finding := rule.judge(case, Thresholds()))
    ]
    for words in raised:
        assert any(char.isdigit() for char in words)
        assert not any(
            word in words.casefold() for word in ("scorrett", "irregolar", "colpa", "illegittim", "manipola")
        )


def test_the_system_of_the_year_sets_the_thresholds() -> None:
    case = BASE._replace(effective_on=date(2022, 11, 20))
    assert BY_NAME["decided_late"].judge(case, Thresholds()).outcome == "raised"  # type: ignore[union-attr]
    thresholds, ignored = thresholds_of({"last_days": 30, "margin_percent": "0.5", "unknown": 1, "eased_years": "many"})
    assert BY_NAME["decided_late"].judge(case, thresholds).outcome == "clear"  # type: ignore[union-attr]
    assert BY_NAME["just_crosses"].judge(BASE, thresholds).outcome == "clear"  # type: ignore[union-attr]
    assert (thresholds.eased_years, ignored) == (2, ["unknown", "eased_years"])


def test_a_value_of_part_of_the_year_weighs_less() -> None:
    rule = BY_NAME["eased_after_bad_value"]
    whole = rule.judge(BASE, Thresholds())
    part = rule.judge(BASE._replace(known=KNOWN._replace(period="2022-H1")), Thresholds())
    assert (whole and whole.severity, part and part.severity) == ("high", "medium")


def test_rules_are_those_that_a_system_can_name() -> None:
    assert tuple(rule.name for rule in RULES) == get_args(RuleName)


def test_a_distance_is_told_with_two_decimals_at_most() -> None:
    crossed = BASE._replace(known=KNOWN._replace(distance=Decimal("0.1274509803921568627450980392156863")))
    finding = BY_NAME["just_crosses"].judge(crossed, Thresholds())
    assert finding is not None
    assert "è raggiunto per 0,13% (soglia 2%)" in finding.words


@pytest.mark.parametrize(
    ("forced", "shown"), [("95.254901960784313725", "95,25"), ("100", "100"), ("0.004", "meno di 0,01")]
)
def test_a_forced_score_is_told_with_two_decimals_at_most(forced: str, shown: str) -> None:
    finding = BY_NAME["override_without_calculation"].judge(Overridden("«I»", 2022, forced, None), Thresholds())
    assert finding is not None
    assert f"è forzato a {shown} e nulla" in finding.words


def test_what_an_office_wrote_is_quoted_with_the_signs_that_people_print() -> None:
    assert quoted(">= 70%") == "«≥ 70%»"
    assert quoted("<=5 gg, != 0, < 3") == "«≤5 gg, ≠ 0, < 3»"
