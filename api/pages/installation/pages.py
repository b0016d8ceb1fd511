"""The pages of a form about something of the installation: the form, what is looked at before it is recorded, what is over."""

from collections.abc import Sequence

from starlette.responses import Response

from api.pages.forms import FormProblem
from api.pages.frame import render
from api.pages.installation.filled import VISIT, InstallationFilled
from api.pages.installation.visit import InstallationVisit
from api.pages.work.form_page import Carried


def installation_form_page(
    filled: InstallationFilled[VISIT],
    action: str,
    form: Carried,
    *,
    problems: Sequence[FormProblem] = (),
    restored: bool = False,
    status: int = 200,
) -> Response:
    """The form, with what is written in it and what is wrong with it."""
    visit = filled.visit
    return render(
        "installation/form.html",
        filled.form.title,
        visit.frame(),
        visit.language,
        status=status,
        private=True,
        problems=problems,
        restored=restored,
        lead=filled.form.lead,
        crumb=filled.crumb,
        action=action,
        form=form,
        fields=filled.controls,
        places=filled.choices,
        account=filled.account,
    )


def installation_check_page(
    filled: InstallationFilled[VISIT], action: str, form: Carried, sentences: Sequence[str], warnings: Sequence[str]
) -> Response:
    """What would be recorded, to be looked at once more."""
    visit = filled.visit
    return render(
        "installation/check.html",
        filled.form.title if not filled.form.fields else "Controlla prima di registrare",
        visit.frame(),
        visit.language,
        private=True,
        lead=filled.form.lead,
        crumb=filled.crumb,
        action=action,
        form=form,
        typed={name: text for name, text in filled.said.items() if text and name not in filled.given},
        sentences=sentences,
        warnings=warnings,
        answers=[asked for asked in filled.controls if asked.shown],
        button=filled.form.title,
        grave=filled.form.grave,
        leave=filled.crumb[1],
    )


def over_page(visit: InstallationVisit, again: tuple[str, str], recorded_at: str) -> Response:
    """What stands at the address of a check that is over; `again`, a title and an address, is where to go instead."""
    title, address = again
    return render(
        "work/checked_before.html",
        "Già registrato" if recorded_at else "Non c'è più nulla da controllare",
        visit.frame(),
        visit.language,
        status=200 if recorded_at else 404,
        private=True,
        shows_at=recorded_at,
        form_address=address,
        form_title=title,
    )
