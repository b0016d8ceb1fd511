"""What the fields of a form of work may name: objects by their titles, acts as they are cited, years, flags, rounds."""

from functools import cached_property

from api.operations.verbs import TARGETS
from api.pages.templating import period_in_words
from api.pages.visit import PlanVisit
from api.pages.work.controls import FieldOption
from api.pages.work.event_choice import SOUGHT, EventsFound, events_found, shortened_words
from api.pages.work.offered import Offered
from api.pages.work.table import WorkForm
from domain.access.principal import Forbidden
from domain.administrations.offices import KnownOffices
from domain.benchmarks.events import BENCHMARK_NAMES
from domain.facts import PLAN
from domain.measurements.checks import require_own_objective, responsible_offices
from domain.periods import periods_of
from projections.plan_in_force import IndicatorInForce, ObjectiveInForce
from projections.proposals import proposal_list
from projections.reviews import reviews
from projections.streams import plan_stream, plans_of

OF_OFFICES = frozenset({"record_measurement", "restate_measurement", "report_status", "publish_benchmark"})
"""The forms in which somebody who is responsible for some offices finds what is of these alone."""


class WorkChoices:
    """The choices of the forms of one visit; `offices` are those that the visitor is confined to, None where to none."""

    def __init__(self, visit: PlanVisit, offices: frozenset[str] | None) -> None:
        self.visit = visit
        self.offices = offices

    def of_field(
        self, form: WorkForm, name: str, year: int, about: str = "", chosen: str = ""
    ) -> tuple[FieldOption, ...] | None:
        """What a field may name; None for a field that is written freely. `about` is the object of the form.

        `chosen` is what is chosen already, and is offered whatever else is.
        """
        match name:
            case "parent":
                return (FieldOption("", self.visit.worded("nessuno: sta alla radice")), *self.objectives(but=about))
            case "into":
                return self.objectives(but=about)
            case "objective":
                return (
                    self._served(about)
                    if form.verb in {"unassign_indicator", "reweigh_indicator", "feed_indicator"}
                    else self.objectives()
                )
            case "id":
                return self._either()
            case "about":
                return self._about()
            case "year":
                return self._years(about if form.group == TARGETS else "", further=form.name == "adopt_system")
            case "system":
                return self.offered.rule_sets(year)
            case "corrects":
                return self.offered.adoptions()
            case "as_at":
                return self.offered.days()
            case "restores":
                return self.offered.recorded(about)
            case "version":
                return self.events(name, chosen).options
            case "ordinal":
                return self.offered.ordinals(about, new=form.verb == "set_target")
            case "terms":
                return self.offered.terms(about)
            case "offices" | "co_owners" | "scope.offices":
                return self.offered.offices(about)
            case "classifications":
                return self.offered.schemes()
            case "tree":
                return self.offered.trees()
            case "under":
                return (FieldOption("", self.visit.worded("nessuno: sta alla radice")), *self.offered.nodes())
            case "node" if form.verb in {"reweigh_tree_node", "withdraw_tree_node"}:
                return self.offered.nodes()
            case "codes":
                return self.offered.other_systems()
            case "unit" | "source" | "frequency" | "indicator_kind" if form.is_change:
                return self.offered.used(name)
            case "act":
                return tuple(FieldOption(words, words) for words in self.visit.reading.acts.values())
            case "office" | "owner" | "measured_by":
                offices = self.visit.reading.document["administration"]["offices"]
                return tuple(FieldOption(office["name"], office["name"]) for office in offices)
            case "level" | "scope.levels":
                return self.offered.levels(new=name == "level")
            case "period":
                return self._periods()
            case "flag":
                return self._flags(year)
            case "to":
                return self._unanswered()
            case "whose" if form.name == "publish_benchmark":
                return tuple(FieldOption(code, self.visit.worded(words)) for code, words in BENCHMARK_NAMES.items())
            case "action":
                return self.offered.corrective_actions()
            case "round" if form.part:
                return self.offered.open_rounds()
            case "versions":
                return self.events(name, chosen).options
            case "by":
                return self._other_plans()
            case _:
                return None

    def _periods(self) -> tuple[FieldOption, ...]:
        """The periods of the years of the plan and of the three before, the year that is looked at first."""
        years = self.visit.reading.history.years
        ordered = sorted(range(years[0] - 3, years[-1] + 1), key=lambda year: (year != self.visit.year, -year))
        return tuple(
            FieldOption(period, period_in_words(period, self.visit.language))
            for year in ordered
            for period in periods_of(year)
        )

    def objects(self, form: WorkForm) -> tuple[FieldOption, ...]:
        """What a form may be about."""
        if form.verb.startswith("reinstate"):
            return self._withdrawn(form.object)
        if form.object == "objective":
            return self.objectives()
        return self.indicators(own=form.name in OF_OFFICES)

    def objectives(self, but: str = "") -> tuple[FieldOption, ...]:
        """The objectives in force, by code and title."""
        rows = self.visit.reading.document["objectives"]
        return tuple(FieldOption(row["id"], objective_title(row)) for row in rows if row["id"] != but)

    def indicators(self, *, own: bool = False) -> tuple[FieldOption, ...]:
        """The indicators in force, by name; with `own`, those of the visitor's offices."""
        rows = self.visit.reading.document["indicators"]
        return tuple(FieldOption(row["id"], row["name"] or row["id"]) for row in rows if not own or self.is_own(row))

    def is_own(self, row: IndicatorInForce) -> bool:
        """Whether an indicator is of the offices that the visitor is confined to."""
        state = self.visit.reading.history.state(self.visit.point.as_of)
        return self._known_offices.among(responsible_offices(state, row["id"]), self.offices)

    def is_own_objective(self, row: ObjectiveInForce) -> bool:
        """The same of an objective."""
        state = self.visit.reading.history.state(self.visit.point.as_of)
        try:
            require_own_objective(state, self.visit.reading.record.timelines, row["id"], self.offices)
        except Forbidden:
            return False
        return True

    def titled(self, form: WorkForm, about: str) -> str:
        """How the object of a form is called; empty for one that is not to be chosen."""
        return next((option.words for option in self.objects(form) if option.value == about), "")

    @cached_property
    def offered(self) -> Offered:
        """What the plan knows."""
        return Offered(self.visit)

    @cached_property
    def _known_offices(self) -> KnownOffices:
        return KnownOffices(self.visit.reading.record.timelines)

    @cached_property
    def series(self) -> dict[str, str]:
        """The series of each indicator."""
        return {row["id"]: row["series"] or "" for row in self.visit.reading.document["indicators"]}

    def _either(self) -> tuple[FieldOption, ...]:
        document = self.visit.reading.document
        return (
            *(
                FieldOption(
                    f"objective/{row['id']}", self.visit.worded("obiettivo: %(title)s", title=objective_title(row))
                )
                for row in document["objectives"]
                if self.is_own_objective(row)
            ),
            *(
                FieldOption(f"indicator/{row['id']}", self.visit.worded("indicatore: %(title)s", title=row["name"]))
                for row in document["indicators"]
                if self.is_own(row)
            ),
        )

    def _about(self) -> tuple[FieldOption, ...]:
        reader, plan, point = self.visit.reading.reader, self.visit.plan, self.visit.point
        listed = proposal_list(reader, plan, point)["proposals"] if self.visit.may("list_proposals") else []
        return (
            FieldOption("plan", self.visit.worded("il piano")),
            FieldOption("report", self.visit.worded("la relazione")),
            *(
                FieldOption(
                    f"proposal/{row['proposal']}",
                    self.visit.worded("proposta: %(title)s", title=row["title"] or row["proposal"]),
                )
                for row in listed
            ),
            *self._either(),
        )

    def _years(self, indicator: str, *, further: bool) -> tuple[FieldOption, ...]:
        """The years of the plan, with the targets of an indicator today; with `further`, the one that follows, too."""
        rows = [row for row in self.visit.reading.document["indicators"] if row["id"] == indicator]
        targets = [(target["year"], target["text"] or "") for row in rows for target in row["targets"]]

        def note(year: int) -> str:
            today = ", ".join(text for of_year, text in targets if of_year == year)
            return (
                self.visit.worded("oggi %(targets)s") % {"targets": today}
                if today
                else self.visit.worded("oggi nessun target")
            )

        of_plan = self.visit.reading.history.years
        years = range(of_plan.start, of_plan.stop + further)
        return tuple(FieldOption(str(year), str(year), note(year) if indicator else "") for year in years)

    def _served(self, indicator: str) -> tuple[FieldOption, ...]:
        rows = [row for row in self.visit.reading.document["indicators"] if row["id"] == indicator]
        served = {place["objective"] for row in rows for place in row.get("assignments") or [row]}
        return tuple(option for option in self.objectives() if option.value in served)

    def _withdrawn(self, kind: str) -> tuple[FieldOption, ...]:
        document, names = self.visit.reading.document, self.visit.reading.names
        rows = document["objectives"] if kind == "objective" else document["indicators"]
        in_force = {row["id"] for row in rows}
        gone = [(key.partition("/")[2], words) for key, words in names.by_key.items() if key.startswith(f"{kind}/")]
        return tuple(FieldOption(id_, words or id_) for id_, words in gone if id_ not in in_force)

    def _flags(self, year: int) -> tuple[FieldOption, ...]:
        names = self.visit.reading.names
        return tuple(
            FieldOption(flag["id"], f"{self.visit.worded(flag['title'])}: {names.indicator(flag['indicator'])}")
            if flag["indicator"]
            else FieldOption(flag["id"], self.visit.worded(flag["title"]))
            for flag in self.visit.reading.flags(year)["flags"]
        )

    def _unanswered(self) -> tuple[FieldOption, ...]:
        listed = reviews(self.visit.reading.reader, self.visit.plan, self.visit.point)
        by_id = {str(row["body"].get("remark") or row["body"].get("request")): row for row in listed["events"]}
        rows = ((id_, by_id[id_]) for id_ in listed["open"])
        return tuple(
            FieldOption(id_, shortened_words(f"{self.visit.said(row['sentence'])}: {row['words'] or ''}"))
            for id_, row in rows
        )

    def events(self, name: str, chosen: str) -> EventsFound:
        """The events that may be annulled (`versions`), or whose words may be taken away (`version`): those looked for."""
        listed = self.offered.countable() if name == "versions" else self.offered.with_words()
        return events_found(listed, self.visit.query.get(SOUGHT, ""), chosen)

    def _other_plans(self) -> tuple[FieldOption, ...]:
        reading = self.visit.reading
        others = [plan for plan in plans_of(reading.reader, reading.known.administration) if plan != reading.plan]
        return tuple(
            FieldOption(plan, str(reading.reader.only_value(plan_stream(plan), PLAN, "title") or plan))
            for plan in others
        )


def objective_title(row: ObjectiveInForce) -> str:
    """How an objective is called: its code and title."""
    return " ".join(filter(None, (row["code"], row["title"]))) or row["id"]
