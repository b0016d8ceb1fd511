"""The page on which what was filled in is looked at once more: what would be recorded, and what that would do."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from fastapi.responses import Response

from api.language.labels import DIFFERENCES, DIRECTIONS, KINDS
from api.language.values import field_name, value_in_words
from api.pages.forms import FormProblem
from api.pages.frame import render
from api.pages.plan_tree import node_score
from api.pages.work.filled import FilledForm
from api.pages.work.foreseen import WorkForeseen, YearForeseen
from api.pages.work.form_page import Carried, crumb_of
from domain.scoring.numbers import difference
from projections.change_preview import BeforeAfter
from projections.differences import Difference
from projections.flags import Flag
from projections.proposal_effects import EffectsShown


class CheckedChange(NamedTuple):
    """One difference that a change makes: of what, which, from what to what."""

    about: str
    what: str
    values: bool
    before: str
    after: str
    direction: str


class Nature(NamedTuple):
    """What kind of change it is, and whether the rate counts it."""

    words: str
    counts: bool


class FigureRow(NamedTuple):
    """A figure before and after."""

    words: str
    before: str | None
    after: str | None
    difference: str | None
    partial: bool = False


class RateShown(NamedTuple):
    """The change rate of a year as a bar: percent before, after, and of the ceiling; `more` is what is added."""

    words: str
    before: str
    after: str
    more: str
    grows: bool
    ceiling: str
    exceeded: bool


class YearShown(NamedTuple):
    """What a year would become."""

    year: str
    rows: list[FigureRow]
    rate: RateShown | None
    born: list[Flag]
    gone: int


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
    hidden = {"act"} if proposing else set()
    answers = [
        c for c in filled.controls if c.shown and c.name not in hidden and not filled.changes_nothing(c.name, c.value)
    ]
    changes = [_line(row, foreseen) for row in effects["differences"]] if effects else []
    holds = sorted({change["effective_on"] for change in effects["changes"]}) if effects else []
    kinds = {(KINDS[change["kind"]], change["counts"]) for change in effects["changes"]} if effects else set()
    return render(
        "work/check.html",
        "Controlla prima di registrare" if not proposing else "Controlla la proposta",
        visit.frame(dated=False),
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
        natures=[Nature(words, counts) for words, counts in sorted(kinds)],
        holds_from=holds[0] if holds else "",
        from_act=bool(filled.value("act")) and not filled.value("effective_on") and not proposing,
        answers=answers,
        warnings=warnings,
        years=_years(foreseen),
        oiv=effects["oiv"]["words"] if effects and proposing else "",
        is_change=filled.form.is_change,
        may_propose=filled.form.is_change and visit.may("draft_proposal"),
        proposing=proposing,
        proposal_title=proposal_title,
    )


def _line(row: Difference, foreseen: WorkForeseen) -> CheckedChange:
    kind, _, name = row["object"].partition("/")
    key = f"indicator/{name.partition('/')[0]}" if kind == "assignment" else row["object"]
    about = "" if row["object"] == "plan" else foreseen.names.called(key)
    field = row["field"]
    if field == "life":
        return CheckedChange(about, DIFFERENCES[row["type"]], values=False, before="", after="", direction="")
    label = field_name(field)
    before, after = (_side(value, field, foreseen) for value in (row["before"], row["after"]))
    direction = row.get("direction")
    return CheckedChange(
        about=about,
        what=label[:1].upper() + label[1:],
        values=True,
        before=before,
        after=after,
        direction=DIRECTIONS[direction] if direction else "",
    )


def _side(value: object, field: str, foreseen: WorkForeseen) -> str:
    if field == "parent" and isinstance(value, str):
        return foreseen.names.objective(value)
    if field == "objective" and isinstance(value, str):
        return foreseen.names.objective(value)
    return value_in_words(value, field)  # type: ignore[arg-type]  # what is stored is JSON


def _years(foreseen: WorkForeseen) -> list[YearShown]:
    effects, year = foreseen.effects, foreseen.year
    if effects is None:
        return [] if year is None else [YearShown(str(year.year), _figures(year), None, year.born, 0)]
    return [_of_effects(effects, name, year) for name in effects["scores"]]


def _of_effects(effects: EffectsShown, name: str, year: YearForeseen | None) -> YearShown:
    scores, flags = effects["scores"][name], effects["flags"][name]
    rows = _figures(year) if year is not None and str(year.year) == name else _bodies(scores["before"], scores["after"])
    rate = effects["change_rate"].get(name)
    if rate is not None:
        before, after = (rate["official"][side]["rate"] for side in ("before", "after"))
        rows.append(_figure("Tasso di modifica", before, after))
    return YearShown(name, rows, _rate(rate) if rate else None, flags["born"], len(flags["gone"]))


def _bodies(before: object, after: object) -> list[FigureRow]:
    if not isinstance(before, dict) or not isinstance(after, dict):
        return []
    return [
        _figure("Performance dell'ente", before["in_force"], after["in_force"]),
        _figure("Contro i target approvati (ex ante)", before["ex_ante"], after["ex_ante"]),
    ]


def _figures(year: YearForeseen) -> list[FigureRow]:
    before, after = node_score(year.body_before), node_score(year.body_after)
    rows = [_figure("Performance dell'ente", before.figure, after.figure)._replace(partial=after.partial)]
    rows.append(_figure("Contro i target approvati (ex ante)", year.ex_ante_before, year.ex_ante_after))
    if year.indicator_before is not None or year.indicator_after is not None:
        rows.insert(0, _figure("Raggiungimento dell'indicatore", year.indicator_before, year.indicator_after))
    return rows


def _figure(words: str, before: str | None, after: str | None) -> FigureRow:
    apart = difference(_decimal(after), _decimal(before))
    return FigureRow(words, before, after, str(apart) if apart else None)


def _decimal(figure: str | None) -> Decimal | None:
    return None if figure is None else Decimal(figure)


def _rate(rate: BeforeAfter) -> RateShown:
    effect = rate["official"]
    before, after = (Decimal(effect[side]["rate"] or 0) for side in ("before", "after"))
    ceiling = effect["after"]["ceiling"]
    return RateShown(
        words=effect["words"],
        before=str(before),
        after=str(after),
        more=str(after - before),
        grows=after > before,
        ceiling=str(ceiling["value"]) if ceiling else "",
        exceeded=effect["ceiling_respected"] is False,
    )
