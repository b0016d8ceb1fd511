"""Builds the difference between a plan and an uploaded one: each finding is written down as it is met.

The heart of the three-way merge is `DiffBuilder.differs`: base (what the document was exported from), current (the plan
in force) and uploaded are held against one another, field by field.
"""

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import NamedTuple, TypedDict, Unpack

from pydantic import TypeAdapter

from domain.changes.commands import CHANGE
from domain.documents.answers import LEFT_OUT, answer_meant
from domain.documents.difference import CurrentPlan, DifferenceItem, DiffStep, ItemType, PlanDiff, UnreadCell
from domain.documents.matching import Ambiguous, Match
from domain.documents.plan import MeasurementRow, StatusRow
from domain.documents.questions import NEW, Asking, OpenQuestion, Option
from domain.documents.references import MatchedRows
from domain.documents.uploaded import FileDoubt, UploadedPlan, UploadedRow, UploadedTarget, Where
from domain.errors import Malformed, Problem
from domain.notice import Notice
from domain.spelling import as_seen_in
from domain.systems.decide import BareValues, nobody_says
from domain.targets.easing import Easing
from domain.vocabulary import DEFERRED, JsonValue, Polarity

FILE, PLAN, WITHDRAW = "file", "plan", "withdraw_row"
_ANY: TypeAdapter[object] = TypeAdapter(object, config=DEFERRED)


class Subject(NamedTuple):
    """What a difference is about: an object, how people call it, and how its row was matched."""

    key: str
    name: str
    match: Match | None = None


class StepParts(TypedDict, total=False):
    """What a difference may say beside its type and subject.

    `replaces` is the field in force that it does away with, where that is not `field`; `where` its place, where that is
    not the field of its row.
    """

    field: str
    replaces: str
    where: str
    before: object
    after: object
    year: int
    ordinal: int
    direction: Easing
    measurement: MeasurementRow
    status: StatusRow
    polarity: Polarity


class DiffBuilder(Asking):
    """What a comparison with the current plan finds, in the order in which it finds it; with none, for a new plan."""

    def __init__(self, uploaded: UploadedPlan, answers: Mapping[str, str], current: CurrentPlan | None = None) -> None:
        super().__init__(answers)
        self.uploaded = uploaded
        self.bare_value: BareValues = current.bare_value if current else nobody_says
        self._set_by = current.set_by if current else {}
        self.steps: list[DiffStep] = []
        self.unread: list[UnreadCell] = []
        self.warnings: list[Notice] = []
        self.problems: list[Problem] = []
        self.unplaced: set[str] = set()
        """The indicators that a row puts where nothing is: what follows from that is not told again."""

    def build(self, *, partly: bool = False) -> PlanDiff:
        """All that was found; Malformed with every cell that cannot be taken, which `partly` are told beside the rest."""
        if self.problems and not partly:
            raise Malformed(self.problems)
        remarks = (Notice(where=where, name="file_remark", words=words) for where, words in self.uploaded.remarks)
        return PlanDiff(
            tuple(self.steps),
            tuple(self.questions),
            tuple(self.unread),
            tuple(self.warnings),
            tuple(self.ignored),
            remarks=tuple(remarks),
            problems=tuple(self.problems),
        )

    def ask_doubts(self, struck: Collection[str] = ()) -> frozenset[str]:
        """Asks about what the file holds, was not taken, and looks like what a plan needs.

        `struck` are the places of rows that may be withdrawn; answered are those that are.
        """
        withdrawn: set[str] = set()
        for doubt in self.uploaded.doubts:
            if doubt.options:
                self._ask_of_reading(doubt)
                continue
            options = [Option(answer=LEFT_OUT, words="non riguarda il piano: resta fuori")]
            if doubt.where in struck:
                words = "va ritirato ciò che la riga dice"
                options = [Option(answer=WITHDRAW, words=words), Option(answer=LEFT_OUT, words="resta nel piano com'è")]
            if self.ask(f"not_taken:{doubt.where}", doubt.where, doubt.words, options) == WITHDRAW:
                withdrawn.add(doubt.where)
        return frozenset(withdrawn)

    def _ask_of_reading(self, doubt: FileDoubt) -> None:
        """Asks how the file is to be read: an answer that came after it was read is none yet, but that it leaves a part out."""
        options = [Option(answer=answer, words=words) for answer, words in doubt.options]
        given = self.answers.get(doubt.id)
        left_out = doubt.taken is None and given is not None and answer_meant(options, given) == LEFT_OUT
        if given == doubt.taken or left_out:
            self.ask(doubt.id, doubt.where, doubt.words, options)
        else:
            question = OpenQuestion(id=doubt.id, where=doubt.where, words=doubt.words, options=tuple(options))
            self.questions.append(question)

    # -- writing down ----------------------------------------------------------------------------------------------

    def problem(self, where: Where, field: str | None, found: str, accepted: str = "") -> None:
        """Something that cannot be taken."""
        self.problems.append(Problem(where=self.uploaded.location(where, field), found=found, accepted=accepted))

    def resolve(
        self, matched: MatchedRows, where: Where, field: str, reference: str, *, called: str = "", accepted: str = ""
    ) -> str | None:
        """The id that a reference means; None while that is open, or, with a problem, where it means none or several."""
        id_ = matched.resolve(reference)
        if id_ is None and not matched.is_open(reference):
            noun = "obiettivo" if matched.kind == "objective" else "indicatore"
            called = called or f"l'{noun}"
            problem = f"{called} {reference[:80]!r} non si trova, o ce n'è più d'uno"
            near = " o ".join(f"«{name}»" for name in matched.names.near(reference))
            accepted = accepted or f"l'identificativo, il codice o il nome di un {noun}"
            self.problem(where, field, problem, accepted + (f"; forse {near}" if near else ""))
        return id_

    def warn(self, where: Where, field: str | None, name: str, words: str) -> None:
        """Something odd that is taken as it is."""
        self.warnings.append(Notice(where=self.uploaded.location(where, field), name=name, words=words))

    def step(
        self,
        type_: ItemType,
        subject: Subject,
        row: UploadedRow | UploadedTarget | None,
        command: Mapping[str, object] | None = None,
        **parts: Unpack[StepParts],
    ) -> None:
        """A difference, and what it comes to."""
        field, year, ordinal = parts.get("field"), parts.get("year"), parts.get("ordinal")
        place = [str(number) for number in (year, ordinal) if number is not None] or ([field] if field else [])
        where = parts.get("where")
        if where is None:
            where = self.uploaded.location(row.where, field) if row is not None else ""
        item = DifferenceItem(
            id=":".join([type_, subject.key, *place]),
            type=type_,
            object=subject.key,
            name=subject.name,
            where=where,
            field=field,
            before=item_value(parts.get("before")),
            after=item_value(parts.get("after")),
            year=year,
            ordinal=ordinal,
            direction=parts.get("direction"),
            matched_by=subject.match.by if subject.match else None,
            score=round(subject.match.score, 3) if subject.match else None,
            set_by=self._set_by.get((subject.key, parts.get("replaces") or field or "")),
            justification=row.justification if row is not None else None,
            cause=row.cause if row is not None else None,
        )
        change = CHANGE.validate_python(dict(command)) if command is not None else None
        observed = parts.get("measurement"), parts.get("status")
        self.steps.append(DiffStep(item, change, *observed, parts.get("polarity")))

    # -- three-way merge -------------------------------------------------------------------------------------------

    def differs(
        self,
        subject: Subject,
        row: UploadedRow | UploadedTarget,
        field: str,
        *,
        uploaded: object,
        current: object,
        base: object,
    ) -> bool:
        """Whether a field is to change: the office changed it, and nobody else changed it to another thing meanwhile.

        `base` is what the document was exported with; the current value itself where that is not known.
        """
        if uploaded == current:  # what most fields are: not worth a closer look
            return False
        new, now, then = norm(uploaded, field), norm(current, field), norm(base, field)
        if new in (now, then):
            return False
        if now == then:
            return True
        where = self.uploaded.location(row.where, field)
        name = subject.name or subject.key
        words = f"{name}, {field}: nel file {item_value(uploaded)!r}, nel piano nel frattempo {item_value(current)!r}"
        options = [Option(answer=FILE, words="come dice il file"), Option(answer=PLAN, words="com'è nel piano")]
        return self.ask(f"changed_meanwhile:{subject.key}:{field}", where, words, options) == FILE

    def chosen(self, kind: str, where: Where, ambiguous: Ambiguous, names: Mapping[str, str], name: str) -> str | None:
        """The object that somebody chose for a row, NEW for none of them, None while nobody has."""
        options = [
            Option(answer=id_, words=names.get(id_, id_), score=round(score, 3)) for id_, score in ambiguous.candidates
        ]
        options.append(Option(answer=NEW, words="è una voce nuova"))
        location = self.uploaded.location(where)
        return self.ask(match_question(where), location, f"{name!r} è {kind} che c'è già?", options)


def match_question(where: Where) -> str:
    """The id of the question which object a row is."""
    return f"match:{where[0]}:{where[1]}"


def norm(value: object, field: str = "") -> object:
    """A value as far as a difference goes: empty is empty, a number is its value, a text what a reader sees of it."""
    match value:
        case None | "" | () | []:
            return None
        case Decimal():
            return value.normalize()
        case str():
            return as_seen_in(field, value)
        case dict():
            return {norm(key): norm(item) for key, item in value.items()} or None
        case list() | tuple():
            return [norm(item) for item in value]
        case _:
            return value


def item_value(value: object) -> JsonValue:
    """A value as an item shows it."""
    dumped: JsonValue = _ANY.dump_python(value, mode="json", exclude_none=True)
    return dumped
