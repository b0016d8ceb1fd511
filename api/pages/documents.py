"""The documents of a plan: what can be taken away, and a workbook that comes in, from its preview to its confirmation."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import orjson
from fastapi.responses import Response
from pydantic import TypeAdapter
from typing_extensions import TypedDict

from api.imports.import_jobs import CONFIRMED, FAILED, PROPOSED, READY
from api.imports.import_preview import FilePreview
from api.imports.options import PARTS
from api.language.labels import CAUSES, DIRECTIONS, FILE_DIFFERENCES, POLARITIES, VARIANTS
from api.language.translation import translated
from api.pages import addresses
from api.pages.forms import FormProblem, form_fields
from api.pages.frame import render
from api.pages.templating import number_words
from api.pages.visit import PlanVisit
from domain.documents.difference import DifferenceItem
from domain.documents.proposal import ProposedImport
from domain.indicators.card import CARD_LABELS
from domain.objectives.fields import OBJECTIVE_LABELS
from domain.vocabulary import JsonValue
from projections.change_preview import PlainBeforeAfter
from projections.store.previews import StoredPreview

SHOWN = 300
"""How many differences a page lists; the workbook has them all."""
MEASURES = frozenset({"measurement_new", "measurement_restated", "status_reported", "polarity_stated"})
"""What needs no act."""
WITHOUT_VALUES = frozenset({"added", "reinstated", "withdrawn", "status_reported"})
PARTS_IN_WORDS = {
    "objectives": "Gli obiettivi",
    "indicators": "Gli indicatori",
    "places": "Le collocazioni",
    "targets": "I target",
}
ANSWER, POLARITY, SKIP = "answer:", "polarity:", "skip:"
SAID = ("act", "justification", "cause", "effective_on", "approves_year")


class FailedShown(TypedDict):
    """Why a file could not be looked at."""

    refused: str
    problems: list[dict[str, str]]


_FAILED = TypeAdapter(FailedShown)


class ItemLine(NamedTuple):
    """A difference in words."""

    id: str
    what: str
    name: str
    part: str
    before: str
    after: str
    direction: str
    where: str
    why: str


class RateLine(NamedTuple):
    """The change rate of a year before and after, on one variant."""

    year: str
    variant: str
    before: str
    after: str


def documents_page(visit: PlanVisit) -> Response:
    """What can be taken away, and the form for a workbook."""
    return documents_again(visit, (), 200)


def documents_again(visit: PlanVisit, problems: Sequence[FormProblem], status: int) -> Response:
    """The same, with what was wrong with a file."""
    years = visit.reading.history.years
    next_years = f"{years[0] + 1}-{years[-1] + 1}"
    may_send = visit.is_now and visit.may("send_file")
    return render(
        "documents.html",
        "Documenti",
        visit.frame({"JSON": visit.data(""), "Excel": visit.data("/export", {"format": "xlsx"})}),
        visit.language,
        status=status,
        private=may_send,
        problems=problems,
        exports={kind: visit.data("/export", {"format": kind}) for kind in ("xlsx", "csv", "json")},
        next_years=next_years,
        next_plan=visit.data("/next", {"years": next_years, "format": "xlsx"}),
        packs={str(year): visit.data("/pack", {"year": str(year)}) for year in years} if visit.may("take_pack") else {},
        trail=visit.data("/audit-export", {"format": "csv"}) if visit.may("export_audit") else "",
        feed=visit.subscribed(addresses.FEED),
        calendar=visit.subscribed(addresses.CALENDAR),
        open_data=addresses.OPEN_DATA,
        may_send=may_send,
        send_address=visit.to(addresses.DOCUMENTS),
        parts=[(part, PARTS_IN_WORDS[part]) for part in PARTS],
    )


def import_page(
    visit: PlanVisit,
    stored: StoredPreview,
    *,
    preview: FilePreview | None = None,
    form: Mapping[str, str] | None = None,
    checking: bool = False,
    problems: Sequence[FormProblem] = (),
    status: int = 200,
) -> Response:
    """A file on its way: being looked at, looked at, to be checked before it is recorded; or what became of it.

    `preview` is the one with what the form says, where it is not the first. The form says in its `step` what it asks for: to
    look again, to check before recording, to record, to propose, to change something.
    """
    said = dict(form or {})
    shown = preview
    if shown is None and stored.state in {READY, CONFIRMED, PROPOSED} and stored.shown:
        shown = FilePreview.model_validate_json(stored.shown)
    failed = _FAILED.validate_python(orjson.loads(stored.shown)) if stored.state == FAILED and stored.shown else None
    titles = {"working": "Il file è in lettura", "failed": "Il file non si può usare", "confirmed": "Registrato"}
    title = "Controlla prima di registrare" if checking else "Anteprima della cartella di lavoro"
    stage = _stage(stored.state)
    return render(
        "import.html",
        titles.get(stage, title),
        visit.frame(dated=False),
        visit.language,
        status=status,
        private=True,
        problems=problems,
        stage=stage,
        doing=stored.state,
        failed=failed,
        checking=checking,
        preview=shown,
        items=[_item(item, visit) for item in shown.items[:SHOWN]] if shown else [],
        more=max(len(shown.items) - SHOWN, 0) if shown else 0,
        changes=_counts(shown, visit) if shown else [],
        rates=_rates(shown.change_rate, visit) if shown else [],
        said=said,
        fields={field.name: field for field in form_fields(ProposedImport, (*SAID, "title"))},
        causes=[("", ""), *((code, translated(words, visit.language)) for code, words in CAUSES.items())],
        years=[("", ""), *((str(year), str(year)) for year in visit.reading.history.years)],
        polarities=POLARITIES,
        needs_act=shown is not None and _needs_act(shown),
        may_record=visit.may("confirm_import"),
        may_propose=visit.may("propose_import"),
        import_address=visit.to(addresses.IMPORT, import_id=stored.id),
        documents_address=visit.to(addresses.DOCUMENTS),
        plan_address=visit.to(addresses.PLAN),
        proposals_address=visit.to(addresses.PROPOSALS),
    )


def decisions_of(form: Mapping[str, str]) -> dict[str, JsonValue]:
    """What a form decides of a file, as the command takes it: what is left empty is not said."""
    said: dict[str, JsonValue] = {name: form[name].strip() for name in SAID if form.get(name, "").strip()}
    if (year := str(said.get("approves_year", ""))).isdecimal():
        said["approves_year"] = int(year)
    answers, polarities, skipped = (
        {name.removeprefix(start): value for name, value in form.items() if name.startswith(start) and value}
        for start in (ANSWER, POLARITY, SKIP)
    )
    said["answers"] = dict(answers)
    if polarities:
        said["polarities"] = dict(polarities)
    said["rows"] = {item: {"skip": True} for item in skipped}
    return said


def read_decisions(form: Mapping[str, str]) -> dict[str, JsonValue]:
    """The same with the title of a proposal."""
    return decisions_of(form) | {"title": form.get("title", "").strip()}


def _stage(state: str) -> str:
    return state if state in {READY, CONFIRMED, PROPOSED, FAILED} else "working"


def _needs_act(preview: FilePreview) -> bool:
    return preview.status != "draft" and any(item.type not in MEASURES for item in preview.items)


def _counts(preview: FilePreview, visit: PlanVisit) -> list[tuple[str, int]]:
    return [
        (translated(FILE_DIFFERENCES.get(kind, kind), visit.language), count) for kind, count in preview.changes.items()
    ]


def _item(item: DifferenceItem, visit: PlanVisit) -> ItemLine:
    field = OBJECTIVE_LABELS.get(item.field or "") or CARD_LABELS.get(item.field or "") or ""
    with_values = item.type not in WITHOUT_VALUES
    return ItemLine(
        id=item.id,
        what=translated(FILE_DIFFERENCES[item.type], visit.language),
        name=item.name or item.object.partition("/")[2],
        part=str(item.year) if item.year else translated(str(field), visit.language),
        before=_value(item.before, visit) if with_values else "",
        after=_value(item.after, visit) if with_values else "",
        direction=translated(DIRECTIONS[item.direction], visit.language) if item.direction else "",
        where=item.where,
        why=item.justification or "",
    )


def _value(value: JsonValue, visit: PlanVisit) -> str:
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return translated("sì" if value else "no", visit.language)
    if isinstance(value, list):
        return ", ".join(_value(item, visit) for item in value)
    if isinstance(value, dict):
        text = value.get("text")
        return str(text) if text else ", ".join(_value(item, visit) for item in value.values())
    return number_words(value, visit.language) if isinstance(value, int | float) else value


def _rates(rates: Mapping[str, PlainBeforeAfter], visit: PlanVisit) -> list[RateLine]:
    return [
        RateLine(
            year,
            translated(words, visit.language),
            rate["before"][variant]["rate"] or "",
            rate["after"][variant]["rate"] or "",
        )
        for year, rate in rates.items()
        if rate["before"] is not None
        for variant, words in VARIANTS.items()
    ]
