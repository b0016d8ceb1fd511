"""The page on which the changes of a proposal are written anew."""

from collections.abc import Sequence

from starlette.responses import Response

from api.pages import addresses
from api.pages.forms import FormProblem
from api.pages.frame import render
from api.pages.proposals.amend_form import AmendForm
from api.pages.visit import PlanVisit
from projections.proposals import ProposalWhole


def amend_page(
    visit: PlanVisit,
    proposal: ProposalWhole,
    form: AmendForm,
    problems: Sequence[FormProblem] = (),
    *,
    seen: int,
    status: int = 200,
    restored: bool = False,
) -> Response:
    """The changes of a proposal in fields; `seen` is the version of the text that they were made of."""
    return render(
        "proposals/amend.html",
        "Modifica la proposta",
        visit.frame(dated=False),
        visit.language,
        status=status,
        private=True,
        problems=problems,
        restored=restored,
        proposal_title=proposal["title"] or "",
        submitted=proposal["status"] == "submitted",
        head=form.head,
        changes=form.changes,
        beyond=form.beyond,
        seen=seen,
        action=visit.to(addresses.AMENDED_PROPOSAL, proposal=proposal["proposal"]),
        leave=visit.to(addresses.PROPOSAL, proposal=proposal["proposal"]),
    )
