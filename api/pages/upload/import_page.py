"""The page of a workbook on its way: what it changes, its questions, what that would do; and what became of it."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import orjson
from pydantic import TypeAdapter
from starlette.responses import Response
from typing_extensions import TypedDict

from api.imports.import_jobs import CONFIRMED, FAILED, PROPOSED, READY
from api.imports.import_preview import FilePreview
from api.language.labels import POLARITIES
from api.pages import addresses
from api.pages.forms import FormProblem
from api.pages.frame import render
from api.pages.upload.decided import SAID, TITLE, brings_act, form_of, needs_act
from api.pages.upload.differences import SHOWN, grouped_items, types_counted
from api.pages.upload.foreseen import FileForeseen
from api.pages.visit import PlanVisit
from api.pages.work.act_details import DETAILS
from api.pages.work.effects_shown import YearShown, natures_of, years_shown
from api.pages.work.form_page import Carried, Meanwhile
from domain.notice import Notice
from projections.store.previews import StoredPreview


class FailedShown(TypedDict):
    """Why a file could not be looked at."""

    refused: str
    problems: list[dict[str, str]]


_FAILED = TypeAdapter(FailedShown)


class FileLooked(NamedTuple):
    """A preview made with what the form says, and what it would do: None where nothing would change, or it is refused."""

    preview: FilePreview
    foreseen: FileForeseen | None


class FileOnPage(NamedTuple):
    """How a file stands on its page.

    `said` is what the form says; `checking` where all of it is read once more before it is recorded, `unseen` where it
    says more than was shown before; `restored` after the end of a session; `conflict` what others recorded since the
    file was compared.
    """

    looked: FileLooked | None
    said: Mapping[str, str]
    checking: bool = False
    unseen: bool = False
    restored: bool = False
    conflict: Sequence[Meanwhile] = ()


def import_page(
    visit: PlanVisit,
    stored: StoredPreview,
    carried: Carried,
    file: FileOnPage,
    problems: Sequence[FormProblem] = (),
    status: int = 200,
) -> Response:
    """A file on its way: being read, read, to be looked at once more before it is recorded; or what became of it."""
    written, looked, checking = dict(file.said), file.looked, file.checking
    stage = stored.state if stored.state in {READY, CONFIRMED, PROPOSED, FAILED} else "working"
    preview = looked.preview if looked else None
    foreseen = looked.foreseen if looked else None
    failed = _FAILED.validate_python(orjson.loads(stored.shown)) if stage == FAILED and stored.shown else None
    titles = {
        "working": "Il file è in lettura",
        FAILED: "Il file non si può usare",
        CONFIRMED: "Registrato",
        PROPOSED: "Tenuto come proposta",
    }
    form = form_of(visit, preview, written)
    asked = {c.name: c for c in form.controls}
    return render(
        "import.html",
        titles.get(stage, "Controlla prima di registrare" if checking else "Che cosa cambia la cartella di lavoro"),
        visit.frame(dated=False)._replace(evidence=visit.founded_on() if preview else None),
        visit.language,
        status=status,
        private=True,
        problems=problems,
        stage=stage,
        doing=stored.state,
        failed=failed,
        checking=checking,
        unseen=file.unseen,
        restored=file.restored,
        conflict=file.conflict,
        form=carried,
        preview=preview,
        groups=grouped_items(preview, foreseen, visit) if preview else [],
        more=max(len(preview.items) - SHOWN, 0) if preview else 0,
        warnings=_apart(preview) if preview else [],
        changes=types_counted(preview.changes, visit) if preview else [],
        natures=natures_of(foreseen.effects["changes"]) if foreseen else [],
        years=_years(visit, foreseen),
        refused=preview.refused if preview else "",
        undated=preview is not None
        and not (written.get("effective_on") or written.get("act") or brings_act(preview) or preview.compared_with),
        slips=foreseen.effects["questions"] if foreseen else [],
        said=written,
        # On the check what is said is read, and what is missing is filled in.
        controls=[asked[name] for name in SAID if not (checking and asked[name].value)],
        act_details=[asked[name] for name in DETAILS] if not checking else [],
        act_details_open=any(asked[name].value for name in DETAILS),
        answers=[asked[name] for name in (*SAID, *DETAILS) if checking and asked[name].value],
        title_written=written.get(TITLE, ""),
        polarities=POLARITIES,
        needs_act=preview is not None and needs_act(preview),
        lacks_act=preview is not None and needs_act(preview) and not (written.get("act") or brings_act(preview)),
        may_record=visit.may("confirm_import"),
        may_propose=visit.may("propose_import"),
        may_draft_act=visit.may("draft_act_of_import"),
        refreshes=f"2;url={visit.to(addresses.IMPORT, import_id=stored.id)}",
        import_address=visit.to(addresses.IMPORT, import_id=stored.id),
        documents_address=visit.to(addresses.DOCUMENTS),
        plan_address=visit.to(addresses.PLAN),
        proposals_address=visit.to(addresses.PROPOSALS),
    )


def _apart(preview: FilePreview) -> list[Notice]:
    """The warnings, but those of a cell that is told already."""
    told = {cell.where for cell in preview.unread}
    return [warning for warning in preview.warnings if warning.where not in told]


def _years(visit: PlanVisit, foreseen: FileForeseen | None) -> list[YearShown]:
    if foreseen is None:
        return []
    return years_shown(foreseen.effects, foreseen.names, visit.reading)
