"""The page on which what was filled in is looked at once more: what would be recorded, and what that would do."""

from collections.abc import Sequence

from starlette.responses import Response

from api.pages import addresses
from api.pages.forms import FormProblem
from api.pages.frame import render
from api.pages.visit import PlanVisit
from api.pages.work.act_details import DETAILS
from api.pages.work.effects_shown import YearShown, all_changes, natures_of, year_alone, years_shown
from api.pages.work.filled import FilledForm
from api.pages.work.foreseen import WorkForeseen
from api.pages.work.form_page import Carried, crumb_of
from api.pages.work.rule_sets import differing
from api.pages.work.table import WorkForm
from domain.rounds.collection import NOBODY

SURE = "sure"
"""The box by which whoever is asked whether something is a slip says that it is none."""
UNSURE = "Manca la risposta: è proprio così?"
"""What is said where the box was not ticked."""


def check_page(
    filled: FilledForm,
    carried: Carried,
    foreseen: WorkForeseen,
    warnings: Sequence[str],
    *,
    proposing: bool = False,
    proposal_title: str = "",
    problems: Sequence[FormProblem] = (),
    status: int = 200,
) -> Response:
    """What would be recorded, with its effects; or what would be proposed."""
    visit, effects = filled.visit, foreseen.effects
    hidden = {"act", *DETAILS} if proposing else set()
    answers = [
        c for c in filled.controls if c.shown and c.name not in hidden and not filled.changes_nothing(c.name, c.value)
    ]
    changes = all_changes(effects, foreseen.names, foreseen.acts, visit.language) if effects else []
    holds = sorted({change["effective_on"] for change in effects["changes"]}) if effects else []
    return render(
        "work/check.html",
        "Controlla prima di registrare" if not proposing else "Controlla la proposta",
        visit.frame(dated=False)._replace(evidence=visit.founded_on()),
        visit.language,
        status=status,
        private=True,
        problems=problems,
        action=visit.to(visit.path, command=filled.form.name),
        crumb=crumb_of(filled),
        form=carried,
        what="La modifica" if effects else filled.form.title,
        changes=changes,
        sentences=[] if changes else foreseen.sentences,
        annulled=foreseen.annulled,
        rules=differing(foreseen.rules, visit.language),
        adopts=filled.form.name == "adopt_system",
        plans=foreseen.plans,
        round=foreseen.round,
        opens=filled.form.name == "open_round",
        nobody=NOBODY,
        natures=natures_of(effects["changes"]) if effects else [],
        holds_from=holds[0] if holds else "",
        from_act=bool(filled.value("act")) and not filled.value("effective_on") and not proposing,
        answers=answers,
        warnings=[*warnings, *filled.cautions],
        questions=effects["questions"] if effects else [],
        sure=SURE,
        years=_years(filled, foreseen),
        oiv=effects["oiv"]["words"] if effects and proposing else "",
        is_change=filled.form.is_change,
        may_propose=filled.form.is_change and visit.may("draft_proposal"),
        may_draft_act=filled.form.is_change and visit.may("draft_act"),
        proposing=proposing,
        proposal_title=proposal_title,
    )


def checked_before_page(visit: PlanVisit, form: WorkForm, recorded_at: str) -> Response:
    """What stands at the address of a check that is over: it was recorded, and shows there, or its time is over."""
    return render(
        "work/checked_before.html",
        "Già registrato" if recorded_at else "Non c'è più nulla da controllare",
        visit.frame(dated=False),
        visit.language,
        status=200 if recorded_at else 404,
        private=True,
        shows_at=recorded_at,
        form_address=visit.to(addresses.WORK, command=form.name),
        form_title=form.title,
    )


def _years(filled: FilledForm, foreseen: WorkForeseen) -> list[YearShown]:
    effects, years = foreseen.effects, foreseen.years
    if effects is not None:
        return years_shown(effects, foreseen.names, filled.visit.reading, next(iter(years), None))
    return [year_alone(year, foreseen.names) for year in years]
