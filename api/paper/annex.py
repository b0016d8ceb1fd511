"""Annex A of the draft of an act: every variation with all that is decided of it, so that it can be adopted as it stands.

What a difference calls added, withdrawn, assigned or merged is said with its fields: parent, weight, formula, targets,
objective. They are those that the plan had when the effects were worked out, and those that the changes give.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from api.language.values import field_name, value_in_words
from api.pages.proposals.effects_of import EffectsOfProposal
from api.pages.visit import PlanVisit
from api.pages.work.effects_shown import CheckedChange
from api.paper.model import PaperColumn, PaperLine, PaperTable, Row, Run, Side, cell, run
from api.paper.sheet import signs
from domain.facts import IN_FORCE, LIFE, MERGED_INTO, assignment_key, indicator_key, target_field
from domain.names import Names
from domain.vocabulary import JsonValue
from projections.differences import Difference
from projections.plan_history import PlanChange, change_key
from projections.proposal_effects import EffectsShown

AnnexFields = Mapping[str, JsonValue]
_ONE_FIELD = {
    "objective-reworded": "title",
    "objective-moved": "parent",
    "objective-reweighted": "weight",
    "indicator-reweighted": "weight",
    "indicator-polarity-stated": "polarity",
    "objective-merged": LIFE,
}
"""The field of an event whose value stands alone."""
_UNSAID = {LIFE, "series", "polarity_basis", "title", "name"}
"""What no act decides, and what the row is called by."""
_BY_DEFAULT: Mapping[str, JsonValue] = {"feeds": "both"}
_ADDS = {"added", "reinstated", "assigned"}


def annex(visit: PlanVisit, effects: EffectsShown, shown: EffectsOfProposal, names: Names) -> PaperTable:
    """The table of the variations, in the order in which the page shows them."""
    worded = visit.worded
    columns = (
        PaperColumn(worded("Obiettivo, indicatore"), 2.6),
        PaperColumn(worded("Che cosa"), 1.4),
        PaperColumn(worded("Testo vigente"), 2.1),
        PaperColumn(worded("Testo modificato"), 2.3),
        PaperColumn(worded("Verso"), 1),
    )
    return PaperTable(
        worded("Le variazioni, prima e dopo"), columns, tuple(_Annex(visit, effects, shown, names).rows())
    )


class _Annex:
    """The rows, from the state before the changes and from what each of them gives."""

    def __init__(self, visit: PlanVisit, effects: EffectsShown, shown: EffectsOfProposal, names: Names) -> None:
        self.visit, self.effects, self.shown, self.names = visit, effects, shown, names
        self.as_of = date.fromisoformat(effects["as_of"])
        self.given = _given(effects["changes"])

    def rows(self) -> Iterator[Row]:
        """A row a difference, then what holds only for a time, then values that are brought beside."""
        listed: list[Difference] = [*self.effects["differences"]]
        for place, line in enumerate(self.shown.changes):
            yield self._row(line, listed[place] if place < len(listed) else None)
        for line in self.shown.values:
            yield self._row(line, None)

    def _row(self, line: CheckedChange, difference: Difference | None) -> Row:
        visit = self.visit
        what = visit.said(line.what)
        told = [line.before, line.after] if line.values else ["", ""]
        if difference is None or _is_figure(difference["field"]):
            told = [signs(text) if text else "" for text in told]
        before: Sequence[PaperLine] = (run(told[0], "struck"),)
        after: Sequence[PaperLine] = (run(told[1], "inserted"),)
        if difference is not None and difference["field"] == LIFE:
            what, before, after = self._life(what, difference)
        beneath = self._beneath(difference) if difference else ()
        return Row(
            (
                cell(run(line.about or visit.worded("Il piano")), beneath, is_head=True),
                cell(run(what)),
                cell(*before),
                cell(*after, run(line.limit, "soft")),
                cell(run(visit.worded(line.direction) if line.direction else "", "soft")),
            )
        )

    def _life(self, what: str, difference: Difference) -> tuple[str, Sequence[PaperLine], Sequence[PaperLine]]:
        """What comes or goes, with all that is said of it; what is merged, into what."""
        key = difference["object"]
        old, new = self._before(key), {**self._before(key), **self.given.get(key, {})}
        life = str(new.get(LIFE) or "")
        if life.startswith(MERGED_INTO):
            return (
                self.visit.worded("accorpato"),
                self._lines(key, old, "struck"),
                self._lines(key, {LIFE: life}, "inserted"),
            )
        if difference["type"] in _ADDS:
            return what, (), self._lines(key, new, "inserted")
        return what, self._lines(key, old, "struck"), ()

    def _lines(self, key: str, fields: AnnexFields, mark: Side) -> list[PaperLine]:
        """The fields of an object in words, a line each: its objectives first, its targets last."""
        kind, _, id_ = key.partition("/")
        if LIFE in fields and str(fields[LIFE]).startswith(MERGED_INTO) and mark == "inserted":
            return [run(self._words(LIFE, fields[LIFE]), mark)]
        said = [*self._places(key, mark)] if kind == "indicator" else []
        if kind == "assignment":
            said.append(run(self._in_objective(id_.partition("/")[2]), mark))
        own = sorted(
            ((field, value) for field, value in fields.items() if self._is_said(field, value)),
            key=lambda pair: (pair[0].startswith("target/"), pair[0] if pair[0].startswith("target/") else ""),
        )
        for field, value in own:
            label = field_name(field, self.visit.language)
            said.append(run(f"{label[:1].upper()}{label[1:]}: {self._words(field, value)}", mark))
        return said

    def _places(self, key: str, mark: Side) -> Iterator[PaperLine]:
        """The objectives that an indicator serves, with its weight in each: those that it had, or those that it is given."""
        indicator = key.removeprefix("indicator/")
        beginning = assignment_key(indicator, "")
        timelines = self.shown.before.history.timelines
        known = [
            place for place in timelines.objects(beginning) if timelines.values(place, self.as_of).get(LIFE) == IN_FORCE
        ]
        new = [place for place in self.given if place.startswith(beginning)] if mark == "inserted" else []
        for place in dict.fromkeys([*known, *new]):
            fields = {**self._before(place), **(self.given.get(place, {}) if mark == "inserted" else {})}
            weight = fields.get("weight")
            words = self._in_objective(place.removeprefix(beginning))
            if weight is not None:
                words = f"{words}, {self.visit.worded('peso %(weight)s', weight=self._words('weight', weight))}"
            yield run(words, mark)

    def _in_objective(self, objective: str) -> str:
        return self.visit.worded("Obiettivo: %(objective)s", objective=self.names.objective(objective))

    def _beneath(self, difference: Difference) -> PaperLine:
        """Of which objective an indicator is that changes and stays; nothing where the row says so itself."""
        if difference["field"] == LIFE or not difference["object"].startswith("indicator/"):
            return ()
        places = [*self._places(difference["object"], "struck")]
        return tuple(Run(part.text, "soft") for part in places[0]) if len(places) == 1 else ()

    def _before(self, key: str) -> AnnexFields:
        return self.shown.before.history.timelines.values(key, self.as_of)

    def _is_said(self, field: str, value: JsonValue) -> bool:
        return value is not None and field not in _UNSAID and _BY_DEFAULT.get(field) != value

    def _words(self, field: str, value: JsonValue) -> str:
        if field == "parent" and isinstance(value, str):
            return self.names.objective(value)
        words = value_in_words(value, field, self.visit.language, self.names)
        return signs(words) if _is_figure(field) else words


def _is_figure(field: str) -> bool:
    return field.startswith("target/") or field == "baseline"


def _given(changes: Sequence[PlanChange]) -> dict[str, dict[str, JsonValue]]:
    """What changes give each object that they touch, field by field, the last word of each."""
    given: dict[str, dict[str, JsonValue]] = {}
    for change in changes:
        of_object = given.setdefault(_key(change), {})
        if change["target_year"] is not None and change["ordinal"] is not None:
            of_object[target_field(change["target_year"], change["ordinal"])] = change["after"]
        elif isinstance(change["after"], dict):
            of_object.update(change["after"])
        elif field := _ONE_FIELD.get(change["event"]):
            of_object[field] = change["after"]
    return given


def _key(change: PlanChange) -> str:
    first = next(iter(change["objectives"]), "")
    if change["indicator"] is None:
        return change_key(change)
    if change["event"] in {"indicator-assigned", "indicator-unassigned", "indicator-reweighted"}:
        return assignment_key(change["indicator"], first)
    return indicator_key(change["indicator"])
