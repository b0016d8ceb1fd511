"""One plan as a page reads it: each part is read and counted once, however many places of the page show it."""

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property

from domain.acts.model import Act
from domain.changes import official_rate as rates
from domain.deadlines.model import STATUTORY
from domain.names import Names
from domain.plans.history import PlanHistory
from domain.plans.object_names import names_in
from domain.point import Point
from domain.scoring.basis import Basis
from domain.scoring.inputs import AdministrationRecord, Scored, proposal_of, score_year
from projections.change_rate import ChangesOfYear, changes_in
from projections.dues import ReadDues
from projections.flags import FlagList, flags_of, recorded_figures
from projections.official_rate import OfficialRate, official_rate_answer
from projections.plan_history import read_history
from projections.plan_in_force import PlanInForce, plan_in_force
from projections.predecessors import PrecedingPlan, administration_record, lineage, preceding_plan
from projections.scores import Scores, scores_answer
from projections.store.reader import Reader
from projections.streams import PlanKnown, administration_stream, find_plan


class PlanReading:
    """A plan at a point; whatever is asked twice is answered from the first time.

    `drafting`: whether whoever looks is told how it was drafted, as whoever reads the record of its administration is.
    """

    def __init__(self, reader: Reader, plan: str, point: Point, *, drafting: bool = False) -> None:
        self.reader = reader
        self.plan = plan
        self.point = point
        self.drafting = drafting
        self.legal = STATUTORY
        self._scored: dict[tuple[int, Basis], Scored] = {}
        self._alone: dict[tuple[str, int, Basis], Scored] = {}
        self._of_all: dict[int, Scored] = {}
        self._scores: dict[int, Scores] = {}
        self._flags: dict[int, FlagList] = {}
        self._changes: dict[int, ChangesOfYear] = {}
        self._rates: dict[int, OfficialRate] = {}
        self._dues: dict[frozenset[str] | None, ReadDues] = {}

    @cached_property
    def known(self) -> PlanKnown:
        """Its streams, with what is known of them."""
        return find_plan(self.reader, self.plan, self.point.known_at)

    @cached_property
    def document(self) -> PlanInForce:
        """The plan in force; NotFound before it was drafted."""
        return plan_in_force(self.reader, self.plan, self.point)

    @cached_property
    def history(self) -> PlanHistory:
        """All that is known of it, whatever the date."""
        return read_history(self.reader, self.known)

    @cached_property
    def record(self) -> AdministrationRecord:
        """What its administration recorded."""
        return administration_record(self.reader, self.known, self.point.known_at)

    @cached_property
    def names(self) -> Names:
        """How its objects are called."""
        return names_in(self.history.timelines)

    @cached_property
    def preceding(self) -> PrecedingPlan | None:
        """The plan that it follows."""
        return preceding_plan(self.reader, self.known, self.history, self.point)

    @cached_property
    def registered_acts(self) -> dict[str, Act]:
        """The acts of its administration, by id."""
        timelines = self.record.timelines
        entries = {key.removeprefix("act/"): timelines.entries(key, "act") for key in timelines.objects("act/")}
        return {act: Act.model_validate(of_act[-1].value) for act, of_act in entries.items() if of_act}

    @cached_property
    def acts(self) -> dict[str, str]:
        """How each act of its administration is cited, by id."""
        return {act: str(registered) for act, registered in self.registered_acts.items()}

    def scored(self, year: int, basis: Basis = "in_force") -> Scored:
        """The year scored on one basis."""
        if (year, basis) not in self._scored:
            self._scored[year, basis] = score_year(self.history, self.record, year, self.point, basis=basis)
        return self._scored[year, basis]

    def scored_of_all(self, year: int) -> Scored:
        """The year scored with every row that feeds any score."""
        if year not in self._of_all:
            self._of_all[year] = score_year(self.history, self.record, year, self.point, feeds="all")
        return self._of_all[year]

    def scored_alone(self, indicator: str, year: int, basis: Basis = "in_force") -> Scored:
        """The year scored of one indicator alone, where the others are not asked for: all of them, if it measures the plan."""
        whole = (year, basis) in self._scored or proposal_of(self.history.state(self.point.as_of), indicator).meta
        if whole:
            return self.scored(year, basis)
        if (indicator, year, basis) not in self._alone:
            self._alone[indicator, year, basis] = score_year(
                self.history, self.record, year, self.point, basis=basis, only=indicator
            )
        return self._alone[indicator, year, basis]

    def scores(self, year: int) -> Scores:
        """Both scores of a year, that in force in full."""
        if year not in self._scores:
            self._scores[year] = scores_answer(self.scored(year), self.scored(year, "ex_ante"), self.point)
        return self._scores[year]

    def official_rate(self, year: int) -> OfficialRate | None:
        """The official change rate of a year; None before it begins."""
        if year > self.point.as_of.year:
            return None
        if year not in self._rates:
            counted = rates.official_rates(self.history, [year], self.point)
            self._rates[year] = official_rate_answer(counted[year])
        return self._rates[year]

    def changes(self, year: int) -> ChangesOfYear:
        """The changes of a year, with its rates."""
        if year not in self._changes:
            self._changes[year] = changes_in(self.reader, self.history, year, self.point, drafting=self.drafting)
        return self._changes[year]

    def flags(self, year: int) -> FlagList:
        """The attention flags of a year."""
        if year not in self._flags:
            figures = recorded_figures(self.reader, self.known, self.history, self.record, year, self.point)
            self._flags[year] = flags_of(self.reader, self.known, self.history, figures, self.point, self.preceding)
        return self._flags[year]

    def dues(self, offices: frozenset[str] | None = None) -> ReadDues:
        """What is due; of some offices alone, where they are said."""
        if offices not in self._dues:
            self._dues[offices] = ReadDues(self.history, self.record, self.point, offices, legal=self.legal)
        return self._dues[offices]

    @cached_property
    def last_recorded_at(self) -> datetime:
        """When the last of what is known was recorded: seen from then, a page says the same for ever."""
        return self.last_recorded_with(())

    def seen(self, streams: Iterable[str] = ()) -> dict[str, int]:
        """How far each record was seen that what is told rests on: the plan's and its administration's, and these.

        Those of the bodies whose place it took are among them: what they measured counts.
        """
        known = self.known
        versions = {known.stream: known.known.version, known.administration_stream: known.administration_known.version}
        bodies = lineage(self.reader, [known.administration], self.point.known_at)
        for stream in (*streams, *(administration_stream(body) for body in sorted(bodies))):
            if version := self.reader.known(stream, self.point.known_at).version:
                versions.setdefault(stream, version)
        return versions

    @property
    def preceding_streams(self) -> list[str]:
        """The records of the plan that it follows, of what is held against that one."""
        before = self.preceding
        return [before.known.stream, before.known.administration_stream] if before else []

    def last_recorded_with(self, streams: Iterable[str]) -> datetime:
        """The same, of a page that tells what stands in other streams too."""
        heads = self.seen(streams).items()
        return max(r.recorded_at for stream, version in heads for r in self.reader.records(stream, [version]))

    def default_year(self) -> int:
        """The year of the plan that a page shows unless another is asked for: the last one begun that an act approved.

        Where none is, that of the date, or the nearest.
        """
        years, today = self.history.years, self.point.as_of.year
        approved = [int(year) for year, stands in self.document["plan"]["years"].items() if "approved_on" in stands]
        return max((year for year in approved if year <= today), default=min(max(today, years[0]), years[-1]))
