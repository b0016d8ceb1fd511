"""The pages by which sheets of collection come back: the form that takes a file, what it says, and what became of it."""

from collections.abc import Sequence
from typing import NamedTuple

from starlette.responses import Response

from api.imports.collection_preview import CollectedItem, CollectionPreview
from api.imports.options import CollectionOptions
from api.pages import addresses
from api.pages.documents import NOT_TAKEN
from api.pages.forms import FormProblem
from api.pages.frame import render
from api.pages.visit import PlanVisit
from api.pages.work.form_page import Carried
from domain.deviations.events import DEVIATION_CAUSES
from domain.measurements.events import FINALITY_WORDS, STATUS_WORDS
from domain.rounds.model import round_called
from projections.rounds import RoundRow, rounds


class SheetsLooked(NamedTuple):
    """What kept sheets would do, as the form says that they are taken; `unseen` where that is not what was shown before.

    `asked` are the options by which something could be taken that is not.
    """

    preview: CollectionPreview
    options: CollectionOptions
    asked: Sequence[str] = ()
    unseen: bool = False


class ItemShown(NamedTuple):
    """What one row would record, with where it stands in the plan."""

    item: CollectedItem
    address: str


def sheets_page(visit: PlanVisit) -> Response:
    """The form that takes sheets, for the rounds that are open."""
    return sheets_again(visit, (), 200)


def sheets_again(visit: PlanVisit, problems: Sequence[FormProblem], status: int) -> Response:
    """The same, with what was wrong with a file."""
    may_send = visit.is_now and visit.may("collect_round")
    listed: list[RoundRow] = rounds(visit.reading.reader, visit.plan, visit.point)["rounds"]
    return render(
        "sheets.html",
        "Schede restituite",
        visit.frame(),
        visit.language,
        status=status,
        private=True,
        problems=problems,
        may_send=may_send,
        not_taken=visit.query.get(NOT_TAKEN, "") if may_send else "",
        open_rounds=[row for row in reversed(listed) if row["status"] == "open"],
        send_address=visit.to(addresses.SHEETS),
        monitoring=visit.to(addresses.MONITORING),
    )


def returned_page(
    visit: PlanVisit,
    import_id: str,
    carried: Carried,
    looked: SheetsLooked | None,
    problems: Sequence[FormProblem] = (),
    status: int = 200,
) -> Response:
    """Sheets that came back: what each would record, what keeps all from it; without `looked`, they are recorded."""
    preview = looked.preview if looked else None
    return render(
        "returned.html",
        "Che cosa dicono le schede" if looked else "Registrato",
        visit.frame(dated=False)._replace(evidence=visit.founded_on() if preview else None),
        visit.language,
        status=status,
        private=True,
        problems=problems,
        form=carried,
        looked=looked,
        preview=preview,
        of_round=round_called(preview.round) if preview else "",
        items=[
            ItemShown(item, visit.to(addresses.INDICATOR, indicator=item.indicator))
            for item in (preview.items if preview else ())
        ],
        statuses=STATUS_WORDS,
        causes=DEVIATION_CAUSES,
        finalities=FINALITY_WORDS,
        returned_address=visit.to(addresses.RETURNED, import_id=import_id),
        sheets_address=visit.to(addresses.SHEETS),
        monitoring=visit.to(addresses.MONITORING),
    )
