"""A handler answers the type that its row says: mypy refuses any other, and reads this file too.

What is refused is ignored here by its code; where mypy ceased to refuse it, it would report the ignore as unused.
"""

from api.operations.across import list_change_rates, list_changes_across
from api.operations.changes import preview_changes
from api.operations.model import AnsweredBy, command
from api.operations.queries import InPeriod, OfAll
from domain.documents.changes import ChangeFile
from projections.across.changes import ChangesAcross
from projections.across.rates import RatesAcross


def test_the_answer_of_a_row_is_the_type_that_its_handler_is_held_to() -> None:
    right = AnsweredBy(RatesAcross).question(
        "rates", "", "", tag="", permission="read_plan", path=None, query=OfAll, handler=list_change_rates
    )
    assert right.answer is RatesAcross
    assert right.handler is list_change_rates


def test_another_answer_is_refused() -> None:
    named = AnsweredBy(ChangesAcross).question(
        "rates",
        "",
        "",
        tag="",
        permission="read_plan",
        path=None,
        query=OfAll,
        handler=list_change_rates,  # type: ignore[arg-type]
    )
    in_place = AnsweredBy(ChangesAcross).question(
        "rates",
        "",
        "",
        tag="",
        permission="read_plan",
        path=None,
        query=OfAll,
        handler=lambda context, of: list_change_rates(context, of),  # type: ignore[arg-type, return-value]  # noqa: PLW0108
    )
    assert named.answer is in_place.answer is ChangesAcross


def test_a_handler_of_another_question_is_refused() -> None:
    row = AnsweredBy(ChangesAcross).question(
        "changes",
        "",
        "",
        tag="",
        permission="read_plan",
        path=None,
        query=OfAll,
        handler=list_changes_across,  # type: ignore[arg-type]
    )
    assert row.query is not InPeriod


def test_a_command_that_does_not_tell_what_it_recorded_is_refused() -> None:
    row = command(
        "change",
        "",
        "",
        tag="",
        permission="change_plan",
        path=None,
        takes=ChangeFile,
        handler=preview_changes,  # type: ignore[arg-type]
    )
    assert row.writes
