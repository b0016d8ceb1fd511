"""Two consecutive plans of an administration, compared along each series: what the later one promises otherwise.

Each plan is a document of its own, so that no revision says what differs between them. Compared are the plan that was
approved, as it was approved, and what was in force in the one before on the day on which that was decided.

Pure: histories in, values out.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Literal, NamedTuple

from domain.facts import PLAN, assignment_key, indicator_key, objective_key, target_field
from domain.indicators.card import DEFINITION_FIELDS
from domain.plans.history import Direction, PlanHistory
from domain.plans.in_force import places_in_force
from domain.plans.state import PlanState
from domain.targets.decide import target_of
from domain.targets.easing import easing
from domain.timelines import Entry
from domain.vocabulary import JsonValue, Polarity, polarity_of

Fate = Literal["continues", "dropped", "added"]
"""What became of a series, or of an objective, from one plan to the next."""
MatchedBy = Literal["series", "name", "id"]
"""How an indicator was recognised: by its series or, where that was cut, by its name, or by its id with its formula."""
COMPARED_OBJECTIVE_FIELDS = ("title", "level", "weight", "parent")
_START = frozenset({"baseline", "baseline_unit", "baseline_on"})
"""What a card says of where it starts from."""


class TargetPair(NamedTuple):
    """The target of one year that both plans cover, in each; `before` and `after` as stored, with their versions."""

    year: int
    ordinal: int
    before: JsonValue
    after: JsonValue
    direction: Direction
    version_before: int | None
    version_after: int | None


class FieldPair(NamedTuple):
    """A field that the two plans say otherwise, with the version that says so in each."""

    field: str
    before: JsonValue
    after: JsonValue
    version_before: int | None
    version_after: int | None


class PlacePair(NamedTuple):
    """An objective that an indicator serves, in each plan, and its weight; None where it does not serve it."""

    objective_before: str | None
    objective_after: str | None
    weight_before: JsonValue
    weight_after: JsonValue
    version_before: int | None
    version_after: int | None


class SeriesPair(NamedTuple):
    """A series in the two plans: its indicator in each, its targets of the years of both, and what is said otherwise.

    `series_after` is another than `series_before` where the later plan cut the series of the same indicator.
    """

    series_before: str | None
    series_after: str | None
    before: str | None
    after: str | None
    matched_by: MatchedBy | None
    targets: tuple[TargetPair, ...]
    redefined: tuple[FieldPair, ...]
    places: tuple[PlacePair, ...]

    @property
    def fate(self) -> Fate:
        """Whether the later plan goes on with it."""
        return _fate(self.before, self.after)

    @property
    def cut(self) -> bool:
        """Whether the indicator goes on and its series does not: its measurements begin again from nothing."""
        return self.fate == "continues" and self.series_before != self.series_after

    @property
    def rebased(self) -> bool:
        """Whether the start value moved, as it does from one plan to the next."""
        return any(pair.field in _START for pair in self.redefined)

    @property
    def measures_otherwise(self) -> bool:
        """Whether what is measured, and how, is said otherwise: anything of the card but its start value."""
        return any(pair.field not in _START for pair in self.redefined)

    @property
    def differs(self) -> bool:
        """Whether the two plans say anything otherwise."""
        moved = any(pair.direction != "neutral" for pair in self.targets)
        return moved or self.cut or self.fate != "continues" or bool(self.redefined or self.places)

    def versions(self, *, later: bool) -> tuple[int, ...]:
        """The versions, in the stream of one of the plans, of what differs."""
        moved = tuple(pair for pair in self.targets if pair.direction != "neutral")
        pairs: tuple[TargetPair | FieldPair | PlacePair, ...] = moved + self.redefined + self.places
        versions = {pair.version_after if later else pair.version_before for pair in pairs}
        return tuple(sorted(version for version in versions if version is not None))


class PairedObjective(NamedTuple):
    """An objective in the two plans, with the fields that are said otherwise."""

    before: str | None
    after: str | None
    fields: tuple[FieldPair, ...]

    @property
    def fate(self) -> Fate:
        """Whether the later plan goes on with it."""
        return _fate(self.before, self.after)


class Succession(NamedTuple):
    """What differs between two consecutive plans; `day` is the one on which the later was decided, `years` those of both.

    `founded_on` is the version of what made the later plan: its approval or, of a draft, its drafting. Of objectives
    only those that differ are there, of series all.
    """

    before: PlanHistory
    after: PlanHistory
    day: date
    approved: bool
    founded_on: int
    old: PlanState
    new: PlanState
    years: tuple[int, ...]
    series: tuple[SeriesPair, ...]
    objectives: tuple[PairedObjective, ...]

    @property
    def related(self) -> bool:
        """Whether any indicator goes on."""
        return any(pair.fate == "continues" for pair in self.series)


def stated_predecessor(history: PlanHistory) -> str | None:
    """The plan that a plan took over from, as its drafting says."""
    entries = history.timelines.entries(PLAN, "predecessor")
    return None if not entries or entries[-1].value is None else str(entries[-1].value)


def succession(before: PlanHistory, after: PlanHistory, as_of: date) -> Succession:
    """Compares a plan with the one before it, as of a date.

    Once its first year was approved: what was approved, with what was in force in the plan before on the day on which
    that was decided. A draft is compared as it stands on the date.
    """
    first_year = after.years.start
    approval = after.approvals.get(first_year)
    approved = approval is not None and approval.last is not None and approval.on <= as_of
    if approval is not None and approved:
        day, new = approval.decided_on, after.ex_ante(first_year)
    else:
        day, new = as_of, after.state(as_of)
    old = before.state(day)
    years = tuple(year for year in after.years if year in before.years)
    objectives = _paired_objectives(old, new)
    comparison = _Comparison(old, new, years, objectives, after.bare_value(first_year))
    field = f"approved/{first_year}" if approved else "drafted_on"
    return Succession(
        before=before,
        after=after,
        day=day,
        approved=approved,
        founded_on=after.timelines.entries(PLAN, field)[-1].version,
        old=old,
        new=new,
        years=years,
        series=tuple(comparison.series()),
        objectives=tuple(_objective_pairs(old, new, objectives)),
    )


class _Comparison(NamedTuple):
    """The two states, with what their indicators are compared by."""

    old: PlanState
    new: PlanState
    years: tuple[int, ...]
    objectives: Mapping[str, str]
    bare_value: Polarity | None

    def series(self) -> Iterator[SeriesPair]:
        """Every series of the two plans: those of the earlier in its order, then what is new."""
        places_before, places_after = _places(self.old), _places(self.new)
        matched = _paired_indicators(self.old, self.new, list(places_before), list(places_after))
        for before in places_before:
            after, by = matched.get(before, (None, None))
            yield self._pair(before, after, by, places_before[before], places_after.get(after or "", []))
        taken = {after for after, _ in matched.values()}
        for after in places_after:
            if after not in taken:
                yield self._pair(None, after, None, [], places_after[after])

    def _pair(
        self, before: str | None, after: str | None, by: MatchedBy | None, served: list[str], serving: list[str]
    ) -> SeriesPair:
        both = before is not None and after is not None
        return SeriesPair(
            series_before=_text(self.old, before, "series"),
            series_after=_text(self.new, after, "series"),
            before=before,
            after=after,
            matched_by=by,
            targets=tuple(self._targets(before, after)),
            redefined=tuple(self._redefined(before or "", after or "")) if both else (),
            places=tuple(self._moved(before or "", after or "", served, serving)) if both else (),
        )

    def _targets(self, before: str | None, after: str | None) -> Iterator[TargetPair]:
        then = self.old.targets(before) if before is not None else {}
        now = self.new.targets(after) if after is not None else {}
        for place in sorted({*then, *now}):
            if place[0] not in self.years:
                continue
            field = target_field(*place)
            yield TargetPair(
                year=place[0],
                ordinal=place[1],
                before=then.get(place),
                after=now.get(place),
                direction=self._direction(before, after, then.get(place), now.get(place)),
                version_before=_version(_entry(self.old, indicator_key(before or ""), field)),
                version_after=_version(_entry(self.new, indicator_key(after or ""), field)),
            )

    def _direction(self, before: str | None, after: str | None, then: JsonValue, now: JsonValue) -> Direction:
        """Which way a target moved; where the two plans say opposite polarities, only if it is the same by both."""
        polarities = {_polarity(self.old, before), _polarity(self.new, after)} - {None} or {None}
        targets = (target_of(then) if then is not None else None, target_of(now) if now is not None else None)
        ways = {easing(*targets, polarity, self.bare_value) for polarity in polarities}
        return ways.pop() if len(ways) == 1 else "undetermined"

    def _redefined(self, before: str, after: str) -> Iterator[FieldPair]:
        keys = indicator_key(before), indicator_key(after)
        yield from _differing(self.old, self.new, *keys, DEFINITION_FIELDS)

    def _moved(self, before: str, after: str, served: list[str], serving: list[str]) -> Iterator[PlacePair]:
        """The objectives that only one of the plans has it serve, and those in which it weighs otherwise."""
        counterparts = {objective: self.objectives.get(objective) for objective in served}
        for objective, counterpart in counterparts.items():
            there = counterpart if counterpart in serving else None
            pair = self._place(before, after, objective, there)
            if there is None or not _same("weight", pair.weight_before, pair.weight_after):
                yield pair
        for objective in serving:
            if objective not in counterparts.values():
                yield self._place(before, after, None, objective)

    def _place(self, before: str, after: str, then: str | None, now: str | None) -> PlacePair:
        entry_before = _entry(self.old, assignment_key(before, then), "weight") if then is not None else None
        entry_after = _entry(self.new, assignment_key(after, now), "weight") if now is not None else None
        return PlacePair(
            objective_before=then,
            objective_after=now,
            weight_before=entry_before.value if entry_before else None,
            weight_after=entry_after.value if entry_after else None,
            version_before=_version(entry_before),
            version_after=_version(entry_after),
        )


def _paired_indicators(
    old: PlanState, new: PlanState, earlier: list[str], later: list[str]
) -> dict[str, tuple[str, MatchedBy]]:
    """Which indicator of the later plan each of the earlier is: by series; where that was cut, by name, or id and formula."""
    pairs: dict[str, tuple[str, MatchedBy]] = {}
    described: tuple[tuple[MatchedBy, Callable[[PlanState, str], tuple[str, ...]]], ...] = (
        ("series", _by_series_and_id),
        ("series", _by_series),
        ("name", _by_name),
        ("id", _by_id_and_formula),
    )
    for by, describe in described:
        left_before = [indicator for indicator in earlier if indicator not in pairs]
        taken = {after for after, _ in pairs.values()}
        left_after = [indicator for indicator in later if indicator not in taken]
        for before, after in _same_description(left_before, left_after, partial(describe, old), partial(describe, new)):
            pairs[before] = (after, by)
    return pairs


def _by_series_and_id(state: PlanState, indicator: str) -> tuple[str, ...]:
    return _described(_text(state, indicator, "series"), indicator)


def _by_series(state: PlanState, indicator: str) -> tuple[str, ...]:
    return _described(_text(state, indicator, "series"))


def _by_name(state: PlanState, indicator: str) -> tuple[str, ...]:
    return _described(_text(state, indicator, "name"))


def _by_id_and_formula(state: PlanState, indicator: str) -> tuple[str, ...]:
    return _described(_text(state, indicator, "formula"), indicator)


def _described(*texts: str | None) -> tuple[str, ...]:
    """Texts whatever their case, spaces and signs; empty, and then alike to nothing, where one of them says nothing."""
    plain = tuple(" ".join("".join(c if c.isalnum() else " " for c in (t or "").casefold()).split()) for t in texts)
    return plain if all(plain) else ()


def _same_description(
    earlier: Iterable[str],
    later: Iterable[str],
    of_earlier: Callable[[str], tuple[str, ...]],
    of_later: Callable[[str], tuple[str, ...]],
) -> Iterator[tuple[str, str]]:
    """The pairs that are described alike, where each is the only one of its plan so described."""
    before = [(of_earlier(item), item) for item in earlier]
    after = [(of_later(item), item) for item in later]
    alone_before, alone_after = (Counter(description for description, _ in side) for side in (before, after))
    by_description = dict(after)
    for description, item in before:
        if description and alone_before[description] == alone_after[description] == 1:
            yield item, by_description[description]


def _paired_objectives(old: PlanState, new: PlanState) -> dict[str, str]:
    """Which objective of the later plan each of the earlier is: by id, else by its title where one alone has it."""
    before, after = old.objectives_in_force(), new.objectives_in_force()
    pairs = {objective: objective for objective in before if objective in set(after)}
    left_before = [objective for objective in before if objective not in pairs]
    left_after = [objective for objective in after if objective not in pairs]
    pairs |= dict(_same_description(left_before, left_after, partial(_by_title, old), partial(_by_title, new)))
    return pairs


def _by_title(state: PlanState, objective: str) -> tuple[str, ...]:
    title = state.objective(objective, "title")
    return _described(None if title is None else str(title))


def _objective_pairs(old: PlanState, new: PlanState, pairs: Mapping[str, str]) -> Iterator[PairedObjective]:
    for before in old.objectives_in_force():
        if (after := pairs.get(before)) is None:
            yield PairedObjective(before, None, ())
            continue
        keys = objective_key(before), objective_key(after)
        fields = tuple(
            pair
            for pair in _differing(old, new, *keys, COMPARED_OBJECTIVE_FIELDS)
            # What hangs from the same objective, though that has another id, was not moved.
            if not (pair.field == "parent" and pair.before and pairs.get(str(pair.before)) == pair.after)
        )
        if fields:
            yield PairedObjective(before, after, fields)
    continued = set(pairs.values())
    yield from (PairedObjective(None, after, ()) for after in new.objectives_in_force() if after not in continued)


def _differing(
    old: PlanState, new: PlanState, key_before: str, key_after: str, fields: Iterable[str]
) -> Iterator[FieldPair]:
    for field in fields:
        then, now = _entry(old, key_before, field), _entry(new, key_after, field)
        before, after = then.value if then else None, now.value if now else None
        if not _same(field, before, after):
            yield FieldPair(field, before, after, _version(then), _version(now))


_NOTHING: tuple[JsonValue, ...] = (None, [], {})


def _same(field: str, before: JsonValue, after: JsonValue) -> bool:
    """Whether two values say the same: weights by their points, texts whatever their spaces, an empty one, or list, as none."""
    if field == "weight" and before is not None and after is not None:
        return Decimal(str(before)) == Decimal(str(after))
    if isinstance(before, str | None) and isinstance(after, str | None):
        return " ".join((before or "").split()) == " ".join((after or "").split())
    return before == after or (before in _NOTHING and after in _NOTHING)


def _fate(before: str | None, after: str | None) -> Fate:
    return "added" if before is None else "dropped" if after is None else "continues"


def _places(state: PlanState) -> dict[str, list[str]]:
    """For each indicator in force, the objectives in force that it serves."""
    assignments = (key.split("/", 2)[1:] for key in state.timelines.objects("assignment/"))
    pairs = ((indicator, objective) for indicator, objective in assignments)
    return places_in_force(state.value, state.indicators(), pairs, set(state.objectives_in_force()))


def _entry(state: PlanState, key: str, field: str) -> Entry | None:
    return state.timelines.entry(key, field, state.on)


def _version(entry: Entry | None) -> int | None:
    return entry.version if entry is not None else None


def _text(state: PlanState, indicator: str | None, field: str) -> str | None:
    value = state.indicator(indicator, field) if indicator is not None else None
    return None if value is None else str(value)


def _polarity(state: PlanState, indicator: str | None) -> Polarity | None:
    return polarity_of(state.indicator(indicator, "polarity")) if indicator is not None else None
