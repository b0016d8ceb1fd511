"""Given an indicator, when its targets are set, revised, withdrawn or resolved, then an event or a refusal."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.errors import AlreadyThere, DomainError, NoChange, NotFound, NotInForce, OutsidePlan, TextUnread
from domain.indicators.events import IndicatorWithdrawn
from domain.measurements.refusals import PeriodInFuture, UnitDoubtful
from domain.targets import commands as c
from domain.targets import decide as d
from domain.targets import events as e
from domain.targets.model import Reference, Target, Unread, same_commitment
from domain.targets.reader import read_one
from domain.targets.resolve import SourceMissing, resolve_reference
from domain.vocabulary import Polarity
from tests.support.given import Given, revised, target

UNCLEAR = "circa metà, forse"


def plan(text: str | None = ">= 70,34", **card: Any) -> Given:
    """A plan with one indicator, and its target of 2022."""
    return Given().objective("a").indicator("i", "a", text, **card).approved()


def setting(text: str, year: int = 2022, **fields: Any) -> c.SetTarget:
    return c.SetTarget.model_validate({"verb": "set_target", "object": "i", "year": year, "target": text} | fields)


def revising(text: str, year: int = 2022, **fields: Any) -> c.ReviseTarget:
    return c.ReviseTarget.model_validate(
        {"verb": "revise_target", "object": "i", "year": year, "target": text} | fields
    )


def withdrawing(year: int = 2022, **fields: Any) -> c.WithdrawTarget:
    return c.WithdrawTarget.model_validate({"verb": "withdraw_target", "object": "i", "year": year} | fields)


def test_a_target_is_set_where_there_is_none() -> None:
    plan().when(d.set_target, setting(">= 71", 2023)).then(
        e.TargetSet(indicator="i", year=2023, target=target(">= 71", 2023))
    )
    plan().when(d.set_target, setting(">= 71", ordinal=2)).then(
        e.TargetSet(indicator="i", year=2022, ordinal=2, target=target(">= 71"))
    )
    plan().when(d.set_target, setting(">= 71")).refused(AlreadyThere, where="year")


def test_a_target_is_revised_from_what_it_is_on_that_day() -> None:
    plan().when(d.revise_target, revising(">= 68")).then(revised("i", ">= 70,34", ">= 68"))
    later = plan().later("2022-06-30", revised("i", ">= 70,34", ">= 69"))
    later.when(d.revise_target, revising(">= 68"), "2022-06-29").then(revised("i", ">= 70,34", ">= 68"))
    later.when(d.revise_target, revising(">= 68"), "2022-06-30").then(revised("i", ">= 69", ">= 68"))


@pytest.mark.parametrize(("before", "after"), [(">= 70,34", ">= 70,34"), (">= 70,34", ">= 70,340"), (UNCLEAR, UNCLEAR)])
def test_a_target_that_commits_to_the_same_is_no_change(before: str, after: str) -> None:
    command = revising(after, accept_unread=True)
    refusal = plan(before).when(d.revise_target, command).refused(NoChange, "30/09/2022", where="target")
    assert refusal.problem.accepted == "un target diverso da quello in vigore a quella data"


@pytest.mark.parametrize(
    ("command", "error", "where"),
    [
        (revising(">= 1", 2025), OutsidePlan, "year"),
        (revising(">= 1", 2023), NotFound, "year"),
        (revising(">= 1", ordinal=2), NotFound, "year"),
        (revising(">= 1", object="altro"), NotFound, "object"),
        (revising(UNCLEAR), TextUnread, "target"),
    ],
)
def test_what_is_not_there_or_cannot_be_read_is_not_revised(
    command: c.ReviseTarget, error: type[DomainError], where: str
) -> None:
    plan().when(d.revise_target, command).refused(error, where=where)


def test_the_targets_that_are_there_are_said_where_another_is_asked_for() -> None:
    refusal = plan().when(d.revise_target, revising(">= 1", 2023)).refused(NotFound)
    assert refusal.problem.accepted == "un target che c'è (2022 (ordine 1)), oppure un target nuovo"
    refusal = plan(None).when(d.revise_target, revising(">= 1")).refused(NotFound)
    assert refusal.problem.accepted == "un target che c'è (nessuno), oppure un target nuovo"


def test_the_targets_of_what_is_not_in_force_stay_as_they_are() -> None:
    withdrawn = plan().later("2022-06-30", IndicatorWithdrawn(indicator="i"))
    withdrawn.when(d.revise_target, revising(">= 68"), "2022-06-30").refused(NotInForce, where="object")
    withdrawn.when(d.revise_target, revising(">= 68"), "2022-06-29").then(revised("i", ">= 70,34", ">= 68"))


def test_an_unread_text_is_taken_as_it_is_on_request() -> None:
    unread = target(UNCLEAR)
    assert isinstance(unread, Unread)
    plan(None).when(d.set_target, setting(UNCLEAR, accept_unread=True)).then(
        e.TargetSet(indicator="i", year=2022, target=unread)
    )


def test_a_target_is_withdrawn_once() -> None:
    withdrawn = e.TargetWithdrawn(indicator="i", year=2022, before=target(">= 70,34"))
    plan().when(d.withdraw_target, withdrawing()).then(withdrawn)
    plan().later("2022-06-30", withdrawn).when(d.withdraw_target, withdrawing()).refused(NotFound, where="year")
    plan().later("2022-06-30", withdrawn).when(d.set_target, setting(">= 71")).then(
        e.TargetSet(indicator="i", year=2022, target=target(">= 71"))
    )


SAID = {"period": "2021", "published_on": date(2022, 4, 30), "source": "osservatorio"}


def resolving(value: str, **said: Any) -> c.ResolveReference:
    command = {"verb": "resolve_reference", "object": "i", "year": 2022, "value": value} | SAID | said
    return c.ResolveReference.model_validate(command)


def test_the_published_value_of_a_reference_is_said_beside_it() -> None:
    reference = target("<= dato medio nazionale")
    assert isinstance(reference, Reference)
    resolved = reference.model_copy(update={"value": Decimal("12.5"), "unit": "%"} | SAID)
    plan("<= dato medio nazionale").when(resolve_reference, resolving("12,5%")).then(
        e.TargetReferenceResolved(indicator="i", year=2022, target=resolved)
    )


def test_a_value_is_read_as_it_is_printed_with_its_source() -> None:
    written = {"verb": "resolve_reference", "object": "i", "year": 2022}
    whole = c.ResolveReference.model_validate(
        written | {"value": "12,5% (del 2021, pubblicato il 30/04/2022, fonte: bilanci (2021))"}
    )
    assert whole == c.ResolveReference.model_validate(
        written | {"value": "12,5%"} | SAID | {"source": "bilanci (2021)"}
    )


@pytest.mark.parametrize(
    ("text", "value", "error", "where"),
    [
        (">= 70", "12,5", NotFound, "object"),
        ("<= dato medio nazionale", "tanto", TextUnread, "value"),
        ("<= dato medio nazionale", "entro il 30/6", TextUnread, "value"),
        (None, "12,5", NotFound, "year"),
    ],
)
def test_only_a_reference_is_resolved_and_by_a_number(
    text: str | None, value: str, error: type[DomainError], where: str
) -> None:
    plan(text).when(resolve_reference, resolving(value)).refused(error, where=where)


@pytest.mark.parametrize(
    ("said", "error", "where"),
    [
        ({"source": None}, SourceMissing, "source"),
        ({"published_on": None}, SourceMissing, "published_on"),
        ({"period": None, "source": None}, SourceMissing, "period"),
        ({"period": "2023"}, PeriodInFuture, "period"),
        ({"value": "12,5 gg"}, UnitDoubtful, "value"),
    ],
)
def test_a_value_that_is_said_comes_with_unit_period_day_and_source(
    said: dict[str, Any], error: type[DomainError], where: str
) -> None:
    given = plan("<= dato medio nazionale", unit="%")
    given.add("2022-02-01", e.TargetSet(indicator="i", year=2023, target=target("<= 10%", 2023)))
    given.when(resolve_reference, resolving(**{"value": "12,5%"} | said)).refused(error, where=where)


def test_a_bare_number_is_read_by_the_polarity_of_its_indicator() -> None:
    def read(card: dict[str, Any]) -> Target:
        (pending,) = plan(None, **card).change(setting("12").model_dump(exclude_unset=True)).pending
        assert isinstance(pending.event, e.TargetSet)
        return pending.event.target

    assert getattr(read({"polarity": "up"}), "implied", None) == ">="
    assert getattr(read({"polarity": "down"}), "implied", None) == "<="
    assert getattr(read({}), "implied", None) is None


@pytest.mark.parametrize(
    ("texts", "polarity"),
    [
        ([">= 5", "> 6"], "up"),
        (["<= 5", "< 4", "= 3"], "down"),
        ([">= 5", "<= 5"], None),
        (["5", "= 5"], None),
        (["Sì", ">= alto"], "up"),
        ([], None),
    ],
)
def test_signs_that_agree_say_the_polarity(texts: list[str], polarity: Polarity | None) -> None:
    assert d.inferred_polarity(texts) == polarity


def interpreting(meaning: str, **fields: Any) -> c.InterpretTarget:
    return c.InterpretTarget.model_validate({"indicator": "i", "year": 2022, "meaning": meaning} | fields)


def test_a_text_that_cannot_be_read_means_what_the_office_says_and_stays() -> None:
    meant = read_one(">= 6,5", 2022).model_copy(update={"text": UNCLEAR, "meaning": ">= 6,5"})
    event = plan(UNCLEAR).when(lambda state, command: [d.interpret_target(state, command)], interpreting(">= 6,5"))
    event.then(e.TargetInterpreted(indicator="i", year=2022, target=meant))
    assert meant.form == "threshold"
    assert same_commitment(meant, read_one(">= 6,5", 2022))


@pytest.mark.parametrize(
    ("text", "meaning", "error"),
    [
        (">= 70,34", ">= 6,5", AlreadyThere),
        (UNCLEAR, "quanto basta", TextUnread),
        (None, ">= 6,5", NotFound),
    ],
)
def test_what_can_be_read_is_not_interpreted_and_a_meaning_can_be_read(
    text: str | None, meaning: str, error: type[DomainError]
) -> None:
    plan(text).when(lambda state, command: [d.interpret_target(state, command)], interpreting(meaning)).refused(error)
