"""What a plan knows and a form offers, so that nobody types it: offices, levels, trees, terms, days, rules, events."""

from collections.abc import Iterable
from datetime import date
from functools import cached_property

from api.language.closed_lists import RECORDS
from api.language.labels import LEVELS, SCHEMES
from api.pages.visit import PlanVisit
from api.pages.work.controls import FieldOption
from api.pages.work.event_choice import EventOffered, shortened_words
from api.pages.work.rule_sets import adopted_by_administration, differing, rule_sets
from domain.administrations.offices import KnownOffices
from domain.deviations.model import corrective_actions
from domain.facts import PLAN
from domain.formulas.decide import confirmed_formula
from domain.objectives.levels import levels_of
from domain.plans.concerned import concerns_object
from domain.point import today
from domain.trees.placed import trees_in
from projections.action_words import words_of_actions
from projections.audit import AuditRow, audit_trail
from projections.plan_in_force import IndicatorInForce
from projections.rounds import round_status, rounds
from projections.system_comparison import rule_differences

LATEST = 150
"""How many of the latest events may be chosen from."""
ENDS = ((6, 30), (12, 31))
"""The days of a year that data are usually of."""
MORE_TARGETS = {2: "il secondo dell'anno", 3: "il terzo dell'anno", 4: "il quarto dell'anno"}


class Offered:
    """What is offered by the forms of one visit."""

    def __init__(self, visit: PlanVisit) -> None:
        self.visit = visit
        self.reading = visit.reading

    def levels(self, *, new: bool) -> tuple[FieldOption, ...]:
        """The levels of the plan; with `new`, those that plans commonly have, too."""
        state = self.reading.history.state(self.visit.point.as_of)
        listed = dict.fromkeys([*levels_of(state), *(LEVELS if new else ())])
        return tuple(
            FieldOption(level, self.visit.worded(LEVELS[level]) if level in LEVELS else level) for level in listed
        )

    def offices(self, objective: str = "") -> tuple[FieldOption, ...]:
        """The offices of the administration; those of an objective as its plan spells them."""
        known = KnownOffices(self.reading.record.timelines)
        rows = self.reading.document["objectives"]
        spelled = {known.same(name): name for row in rows if row["id"] == objective for name in row["offices"]}
        names = (office["name"] for office in self.reading.document["administration"]["offices"])
        return tuple(FieldOption(spelled.get(known.same(name), name), name) for name in names)

    def schemes(self) -> tuple[FieldOption, ...]:
        """The schemes by which objectives of the plan stand in its other trees: the trees, and the levels of their nodes."""
        document = self.reading.document
        said = (name for row in document["objectives"] for name in row["classifications"])
        stated = (name for node in document.get("trees", []) for name in (node["level"] or node["tree"],))
        return _names((*said, *stated))

    def trees(self) -> tuple[FieldOption, ...]:
        """The other trees of which the plan states nodes, then those that its objectives name."""
        state = self.reading.history.state(self.visit.point.as_of)
        return tuple(
            FieldOption(name, self.visit.worded(SCHEMES[name]) if name in SCHEMES else name) for name in trees_in(state)
        )

    def nodes(self) -> tuple[FieldOption, ...]:
        """The nodes that the plan states, each with its tree."""
        return tuple(
            FieldOption(node["id"], " ".join(filter(None, (node["code"], node["title"]))) or node["id"], node["tree"])
            for node in self.reading.document.get("trees", [])
        )

    def other_systems(self) -> tuple[FieldOption, ...]:
        """The systems that have codes of their own for indicators of the plan."""
        return _names(name for row in self.reading.document["indicators"] for name in row.get("codes") or ())

    def terms(self, indicator: str) -> tuple[FieldOption, ...]:
        """The terms of the confirmed formula of an indicator; none where it has none."""
        formula = confirmed_formula(self.reading.history.state(self.visit.point.as_of), indicator)
        return tuple(FieldOption(term.id, term.phrase) for term in (formula.terms or ())) if formula else ()

    def used(self, field: str) -> tuple[FieldOption, ...]:
        """What the cards of the plan's indicators say in a field, each once."""
        said = (_said(row, field) for row in self.reading.document["indicators"])
        return tuple(FieldOption(words, words) for words in sorted({words for words in said if words}))

    def ordinals(self, indicator: str, *, new: bool) -> tuple[FieldOption, ...]:
        """Which of the targets of a year, where an indicator has several of any; with `new`, one more beside them."""
        rows = [row for row in self.reading.document["indicators"] if row["id"] == indicator]
        by_ordinal: dict[int, list[str]] = {}
        for target in (target for row in rows for target in row["targets"]):
            by_ordinal.setdefault(target["ordinal"], []).append(f"{target['year']}: {target['text']}")
        if new and by_ordinal:
            following = max(by_ordinal) + 1
            words = self.visit.worded(MORE_TARGETS.get(following, "uno in più nell'anno"))
            return (FieldOption(str(following), words),)
        if set(by_ordinal) <= {1}:
            return ()
        return tuple(FieldOption(str(number), "; ".join(texts)) for number, texts in sorted(by_ordinal.items()))

    def recorded(self, about: str) -> tuple[FieldOption, ...]:
        """The latest events of the plan that count, of an object, or of the plan itself where none is said."""
        history, names = self.reading.history, self.reading.names
        counting = [
            record
            for record in reversed(history.counting)
            if (concerns_object(record.event, about) if about else {f.object for f in record.event.facts()} == {PLAN})
        ]
        return tuple(
            FieldOption(
                str(record.version),
                shortened_words(f"n. {record.version}: {self.visit.said(record.event.sentence(names))}"),
            )
            for record in counting[:LATEST]
        )

    def countable(self) -> list[EventOffered]:
        """The events that count, of the plan and of its administration, newest first."""
        return [
            EventOffered(
                f"{'' if row['stream'].startswith('plan/') else 'e'}{row['version']}",
                f"n. {row['version']}: {self.visit.said(row['sentence'])}",
                f"{row['sentence']} {self.reading.acts.get(row['act'] or '', '')}",
            )
            for row in self.trail
            if not row["annulled"] and row["stream"].partition("/")[0] in {"plan", "administration"}
        ]

    def with_words(self) -> list[EventOffered]:
        """The events with words beside them that may be taken away, newest first, each with the beginning of these."""
        rows = [(row, row["justification"] or row["note"] or "") for row in self.trail]
        return [
            EventOffered(
                f"{row['stream'].partition('/')[0]}.{row['version']}",
                f"n. {row['version']}, {self.visit.worded(RECORDS[row['stream'].partition('/')[0]])}: «{words}»",
                f"{row['sentence']} {self.reading.acts.get(row['act'] or '', '')}",
            )
            for row, words in rows
            if words and row["stream"].partition("/")[0] in RECORDS
        ]

    @cached_property
    def trail(self) -> list[AuditRow]:
        """Every event that concerns the plan, newest first."""
        return audit_trail(self.reading.reader, self.visit.plan, self.visit.point)["events"]

    def days(self) -> tuple[FieldOption, ...]:
        """The halves and the ends of the open years of the plan, of which no round asks yet."""
        history = self.reading.history
        state = history.state(self.visit.point.as_of)
        listed = rounds(self.reading.reader, self.visit.plan, self.visit.point)["rounds"]
        asked = {row["as_at"] for row in listed}
        ends = [date(year, *end) for year in history.years if not state.closed(year) for end in ENDS]
        return tuple(FieldOption(day.isoformat(), f"{day:%d/%m/%Y}") for day in ends if day.isoformat() not in asked)

    def next_day(self) -> str:
        """The day of the data that a round would ask for: the last that has passed, else the first to come."""
        days, now = [option.value for option in self.days()], today(self.visit.now).isoformat()
        passed = [day for day in days if day <= now]
        return passed[-1] if passed else next(iter(days), "")

    def open_rounds(self) -> tuple[FieldOption, ...]:
        """The rounds that are open, with how much of each is missing."""
        reader, plan, point = self.reading.reader, self.visit.plan, self.visit.point
        words = self.visit.worded("dati al %(day)s: senza risposta %(missing)s su %(all)s")
        options: list[FieldOption] = []
        for row in rounds(reader, plan, point)["rounds"]:
            if row["status"] == "open":
                status = round_status(reader, plan, row["id"], point)
                day = f"{date.fromisoformat(row['as_at']):%d/%m/%Y}"
                counts = {"day": day, "missing": status["missing"], "all": status["due"]}
                options.append(FieldOption(row["id"], words % counts))
        return tuple(options)

    def corrective_actions(self) -> tuple[FieldOption, ...]:
        """The corrective actions that are under way, each with its office and its day."""
        words = self.visit.worded("%(what)s: %(office)s, entro il %(day)s")
        actions = corrective_actions(self.reading.history.timelines, self.visit.point.as_of)
        said = words_of_actions(self.reading.reader, self.reading.known.stream, actions)
        return tuple(
            FieldOption(
                action.id,
                words
                % {
                    "what": said[action.id].remedy or action.id,
                    "office": action.office,
                    "day": f"{action.due_by:%d/%m/%Y}",
                },
            )
            for action in actions
            if action.ended_on is None
        )

    def rule_sets(self, year: int) -> tuple[FieldOption, ...]:
        """The rules that a year may be given, each with what it would change of those in force."""
        history = self.reading.history
        in_force = history.system(year, self.visit.point.as_of).system
        options: list[FieldOption] = []
        for each in rule_sets(adopted_by_administration(self.visit), self.visit.language):
            rules = differing(rule_differences(in_force, each.system), self.visit.language)
            lines = [f"{self.visit.worded(rule.name)}: {self.visit.worded(rule.after)}" for rule in rules]
            note = "; ".join(lines) or self.visit.worded("le stesse regole che valgono oggi")
            options.append(FieldOption(each.code, each.words, note))
        return tuple(options)

    def adoptions(self) -> tuple[FieldOption, ...]:
        """What the administration adopted and still counts, to be put right."""
        acts = self.reading.acts
        words = self.visit.worded("Per il %(year)s, dal %(day)s: «%(name)s» (%(act)s)")
        return tuple(
            FieldOption(
                str(row["version"]),
                words
                % {
                    "name": row["system"].get("name") or "",
                    "year": row["year"],
                    "day": f"{date.fromisoformat(row['adopted_on']):%d/%m/%Y}",
                    "act": acts.get(row["act"] or "", row["act"] or "—"),
                },
            )
            for row in adopted_by_administration(self.visit)
            if row["annulled_by"] is None
        )


def _names(names: Iterable[str]) -> tuple[FieldOption, ...]:
    return tuple(FieldOption(name, name) for name in sorted(set(names)))


def _said(row: IndicatorInForce, field: str) -> str:
    match field:
        case "unit":
            return row.get("unit") or ""
        case "source":
            return row["source"] or ""
        case "frequency":
            return row.get("frequency") or ""
        case _:
            return row["kind"] or ""
