"""The proposals of a plan: how many came to what, and each with what is to be known of it."""

from collections import Counter
from typing import NamedTuple

from starlette.responses import Response

from api.language.labels import PROPOSAL_STATUSES
from api.language.translation import translated
from api.pages import addresses
from api.pages.frame import render
from api.pages.table_file import spreadsheets, table_file, wants_file
from api.pages.visit import PlanVisit
from projections.proposals import ProposalRow, proposal_list
from projections.streams import proposals_stream, review_stream

STATUS = "stato"
COLUMNS = ("proposta", "stato", "atto", "modifiche", "redatta il", "ultimo passo il", "pareri")


class ProposalLine(NamedTuple):
    """A proposal in one row; `title` is empty where it was redacted."""

    title: str
    address: str
    status: str
    words: str
    act: str
    annulled_on: str
    partly: bool
    changes: int
    drafted_on: str
    last_on: str
    opinion_due: str
    opinions: int


def proposals_page(visit: PlanVisit) -> Response:
    """The proposals from the point of the visit; those of one status, where the address says it."""
    listed = proposal_list(visit.reading.reader, visit.plan, visit.point)
    rows = listed["proposals"]
    counts = Counter(str(row["status"]) for row in rows)
    words: dict[str, str] = {"": "tutte"} | {str(code): status for code, status in PROPOSAL_STATUSES.items()}
    chosen = visit.choice(STATUS, words)
    lines = [_line(visit, row) for row in rows if chosen in {"", row["status"]}]
    if wants_file(visit):
        return table_file(visit, f"proposte-{visit.plan}", COLUMNS, map(_row, lines), ("stato",))
    downloads = {"JSON": visit.data("/proposals", {"status": chosen}), **spreadsheets(visit)}
    return render(
        "proposals/list.html",
        "Proposte",
        visit.frame(downloads, streams=streams_told(visit)),
        visit.language,
        private=True,
        lines=lines,
        total=len(rows),
        annulled=listed["annulled"],
        chosen=chosen,
        statuses=[
            choice._replace(words=f"{choice.words} ({counts[choice.value] if choice.value else len(rows)})")
            for choice in visit.choices(STATUS, words)
        ],
        new_address=visit.to(addresses.WORK_LIST) if is_today(visit) and visit.may("draft_proposal") else "",
    )


def streams_told(visit: PlanVisit) -> tuple[str, str]:
    """What the pages of proposals tell of: the proposals, and what the OIV said."""
    return proposals_stream(visit.plan), review_stream(visit.plan)


def is_today(visit: PlanVisit) -> bool:
    """Whether a plan is looked at as it is now: only there is something to be written."""
    return not visit.kept_dates


def status_words(visit: PlanVisit, status: str) -> str:
    """A status in the language of the visit."""
    return translated({str(code): words for code, words in PROPOSAL_STATUSES.items()}[status], visit.language)


def _row(line: ProposalLine) -> tuple[object, ...]:
    return line.title, line.words, line.act, line.changes, line.drafted_on, line.last_on, line.opinions


def _line(visit: PlanVisit, row: ProposalRow) -> ProposalLine:
    annulled = row["annulled"]
    return ProposalLine(
        title=row["title"] or "",
        address=visit.to(addresses.PROPOSAL, proposal=row["proposal"]),
        status=row["status"],
        words=status_words(visit, row["status"]),
        act=visit.reading.acts.get(row["act"] or "", row["act"] or ""),
        annulled_on=annulled["on"] if annulled else "",
        partly=annulled is not None and not annulled["whole"],
        changes=row["changes"],
        drafted_on=row["drafted_on"],
        last_on=row["last_on"],
        opinion_due=row["opinion_due"] or "",
        opinions=row["opinions"],
    )
