"""Where a comparison writes down what it finds: differences, questions, unread cells, warnings, problems."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from pydantic import BaseModel

from domain.changes.commands import CHANGE
from domain.documents.difference import DifferenceItem, ItemType, Option, Question, Step, UnreadCell
from domain.documents.load import Notice
from domain.documents.matching import Doubt, Match
from domain.documents.plan import MeasurementRow, StatusRow
from domain.documents.uploaded import Wanted, WantedRow, WantedTarget, Where
from domain.errors import Problem
from domain.vocabulary import JsonValue

NEW = "new"
FILE, PLAN = "file", "plan"


class Of(NamedTuple):
    """What a difference is of: an object, how people call it, and how its row was matched."""

    key: str
    name: str
    match: Match | None = None


class Ledger:
    """What a comparison finds, in the order in which it finds it."""

    def __init__(self, wanted: Wanted, answers: Mapping[str, str], set_by: Mapping[tuple[str, str], int]) -> None:
        self.wanted = wanted
        self.answers = answers
        self.set_by = set_by
        self.steps: list[Step] = []
        self.questions: list[Question] = []
        self.unread: list[UnreadCell] = []
        self.warnings: list[Notice] = []
        self.left_alone: list[str] = []
        self.problems: list[Problem] = []

    # -- writing down ----------------------------------------------------------------------------------------------

    def problem(self, where: Where, field: str | None, found: str, accepted: str = "") -> None:
        """Something that cannot be taken."""
        self.problems.append(Problem(where=self.wanted.spot(where, field), found=found, accepted=accepted))

    def warn(self, where: Where, field: str | None, name: str, words: str) -> None:
        """An oddity that is taken as it is."""
        self.warnings.append(Notice(where=self.wanted.spot(where, field), name=name, words=words))

    def step(
        self,
        type_: ItemType,
        of: Of,
        row: WantedRow | WantedTarget | None,
        command: Mapping[str, object] | None = None,
        *,
        field: str | None = None,
        measurement: MeasurementRow | None = None,
        status: StatusRow | None = None,
        where: str | None = None,
        **said: Any,  # noqa: ANN401 - the further fields of an item
    ) -> None:
        """A difference, and what it comes to."""
        at = where if where is not None else self.wanted.spot(row.where, field) if row is not None else ""
        parts = [type_, of.key, *([field] if field and "year" not in said else [])]
        parts += [str(said[name]) for name in ("year", "ordinal") if said.get(name) is not None]
        item = DifferenceItem(
            id=":".join(parts),
            type=type_,
            object=of.key,
            name=of.name,
            where=at,
            field=field,
            matched_by=of.match.by if of.match else None,
            score=round(of.match.score, 3) if of.match else None,
            justification=row.justification if row is not None else None,
            cause=row.cause if row is not None else None,
            **said,
        )
        change = CHANGE.validate_python(dict(command)) if command is not None else None
        self.steps.append(Step(item, change, measurement, status))

    def ask(self, id_: str, where: str, words: str, options: list[Option]) -> str | None:
        """The answer to a question, None while it is open; an answer that is no option is no answer."""
        answer = self.answers.get(id_)
        if answer not in {option.answer for option in options}:
            answer = None
        self.questions.append(Question(id=id_, where=where, words=words, options=tuple(options), answer=answer))
        return answer

    # -- three sides -----------------------------------------------------------------------------------------------

    def differs(
        self, of: Of, row: WantedRow | WantedTarget, field: str, *, wanted: object, held: object, base: object
    ) -> bool:
        """Whether a field is to change: the office changed it, and nobody else changed it to another thing meanwhile.

        `base` is what the document was exported with; the held value itself where that is not known.
        """
        new, now, then = norm(wanted), norm(held), norm(base)
        if new in (now, then):
            return False
        if now == then:
            return True
        where = self.wanted.spot(row.where, field)
        words = f"{of.name or of.key}, {field}: nel file {shown(wanted)!r}, nel piano nel frattempo {shown(held)!r}"
        options = [Option(answer=FILE, words="come dice il file"), Option(answer=PLAN, words="com'è nel piano")]
        return self.ask(f"changed_meanwhile:{of.key}:{field}", where, words, options) == FILE

    def chosen(self, kind: str, where: Where, doubt: Doubt, names: Mapping[str, str], said: str) -> str | None:
        """The object that somebody chose for a row, NEW for none of them, None while nobody has."""
        options = [
            Option(answer=one, words=names.get(one, one), score=round(score, 3)) for one, score in doubt.candidates
        ]
        options.append(Option(answer=NEW, words="è una voce nuova"))
        return self.ask(match_question(where), self.wanted.spot(where), f"{said!r} è {kind} che c'è già?", options)


def match_question(where: Where) -> str:
    """The id of the question which object a row is."""
    return f"match:{where[0]}:{where[1]}"


def norm(value: object) -> object:
    """A value as far as a difference goes: empty is empty, a number is its value, a text has no spaces around it."""
    match value:
        case None | "" | () | []:
            return None
        case Decimal():
            return value.normalize()
        case str():
            return value.strip() or None
        case dict():
            return {key: norm(one) for key, one in value.items()} or None
        case list() | tuple():
            return [norm(one) for one in value]
        case _:
            return value


def shown(value: object) -> JsonValue:
    """A value as an item shows it."""
    match value:
        case Decimal():
            return str(value)
        case tuple() | list():
            return [shown(one) for one in value]
        case dict():
            return {str(key): shown(one) for key, one in value.items()}
        case None | bool() | int() | str():
            return value
        case BaseModel():
            made: JsonValue = value.model_dump(mode="json", exclude_none=True)
            return made
        case _:
            return str(value)
