"""The page of one proposal: what it would do, what was said of it, and what whoever looks may do with it."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from urllib.parse import quote

from starlette.responses import Response

from api.language.translation import translated
from api.pages import addresses
from api.pages.frame import render
from api.pages.proposals.actions import RefusedForm, actions_of, problems_of_action
from api.pages.proposals.effects_of import effects_of_proposal
from api.pages.proposals.life import life_of
from api.pages.proposals.list_page import is_today, status_words, streams_told
from api.pages.proposals.written import changes_in_file, names_with_new, written_proposal
from api.pages.recorded_event import EventAddresses
from api.pages.visit import PlanVisit
from domain.point import today
from domain.proposals.status import OPEN
from projections.proposal_effects import EffectsShown
from projections.proposals import ProposalWhole
from projections.streams import plan_stream


class EffectsNow(NamedTuple):
    """The effects of a draft as it stands, or why there are none: what would be refused."""

    effects: EffectsShown | None = None
    refused: Sequence[str] = ()


class AnnulledShown(NamedTuple):
    """The annulment of an adoption: when, by which act, of which events where not of all."""

    on: str
    act: str
    partly: list[tuple[int, str]]
    address: str


def proposal_page(
    visit: PlanVisit, proposal: ProposalWhole, now: EffectsNow, refused: RefusedForm | None = None
) -> Response:
    """One proposal; with `refused`, what was wrong with a form that was sent from here."""
    name, names = proposal["proposal"], names_with_new(visit, proposal["file"])
    actions = actions_of(visit, proposal, refused) if is_today(visit) else []
    may_amend = is_today(visit) and proposal["status"] in OPEN and visit.may("amend_proposal")
    gives_opinion = is_today(visit) and proposal["status"] == "submitted" and visit.may("give_opinion")
    return render(
        "proposals/proposal.html",
        proposal["title"] or translated("Proposta", visit.language),
        visit.frame({"JSON": visit.data(f"/proposals/{name}")}, streams=streams_told(visit)),
        visit.language,
        verbatim=True,
        status=refused.error.status if refused and refused.error else 200,
        private=True,
        problems=problems_of_action(visit, proposal, refused, actions) if refused else (),
        restored=refused is not None and refused.error is None,
        status_code=proposal["status"],
        status_words=status_words(visit, proposal["status"]),
        drafted_on=proposal["drafted_on"],
        last_on=proposal["last_on"],
        act=visit.reading.acts.get(proposal["act"] or "", proposal["act"] or ""),
        annulled=_annulled(visit, proposal),
        stale=proposal["staleness"]["listed"] if proposal["staleness"] and proposal["staleness"]["stale"] else None,
        written=written_proposal(visit, proposal["file"], names) if proposal["file"] is not None else None,
        effects=effects_of_proposal(visit, proposal, names, now.effects),
        refused_now=now.refused,
        unreasoned=_unreasoned(visit, proposal),
        life=life_of(visit, proposal),
        opinion_due=proposal["opinion_due"] or "",
        actions=actions,
        amend_address=visit.to(addresses.AMENDED_PROPOSAL, proposal=name)
        if may_amend and proposal["file"] is not None
        else "",
        opinion_address=visit.to(addresses.WORK, {"about": f"proposal/{name}"}, command="give_opinion")
        if gives_opinion
        else "",
        list_address=visit.to(addresses.PROPOSALS),
        act_address=visit.paper(f"acts/{quote(name, safe='')}") if proposal["submissions"] else "",
    )


def _unreasoned(visit: PlanVisit, proposal: ProposalWhole) -> date | None:
    """The first day that is over from which a draft would hold though it does not say why; None where there is none."""
    file = proposal["file"]
    if file is None or proposal["status"] != "draft" or file.get("retroactive"):
        return None
    since = [file.get("effective_on")]
    since += [change.get("effective_on") for change in changes_in_file(file) if not change.get("retroactive")]
    days = [date.fromisoformat(str(day)) for day in since if day]
    return min((day for day in days if day < today(visit.now)), default=None)


def _annulled(visit: PlanVisit, proposal: ProposalWhole) -> AnnulledShown | None:
    annulled = proposal["annulled"]
    if annulled is None:
        return None
    events = EventAddresses(visit)
    stream = plan_stream(visit.plan)
    return AnnulledShown(
        on=annulled["on"],
        act=visit.reading.acts.get(annulled["act"] or "", annulled["act"] or ""),
        partly=[] if annulled["whole"] else [(version, events.of(stream, version)) for version in annulled["versions"]],
        address=events.of(annulled["stream"], annulled["version"]),
    )
