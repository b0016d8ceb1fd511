"""What a preview of returned sheets says: what each would record, what it means against the target, all that is odd."""

from api.formats.problem_json import ProblemItem, problem_item
from domain.deviations.events import DeviationCause
from domain.errors import Problem
from domain.measurements.events import Finality, StatusWord
from domain.notice import Notice
from domain.vocabulary import Frozen


class CollectedItem(Frozen):
    """What one row would record: value, status and cause, before and after; what they mean against the target; an action.

    `value` is as it was written, `computed` what the terms give; `achievement` is in percent of the target of the year, and
    `meaning` says how it came out, or why there is none.
    """

    where: str
    office: str
    indicator: str
    name: str
    period: str
    targets: tuple[str, ...]
    value_before: str | None = None
    value: str | None = None
    computed: str | None = None
    finality: Finality | None = None
    achievement: str | None = None
    met: bool | None = None
    meaning: str | None = None
    status_before: StatusWord | None = None
    status: StatusWord | None = None
    progress_before: str | None = None
    progress: str | None = None
    note: str | None = None
    cause_before: DeviationCause | None = None
    cause: DeviationCause | None = None
    cause_words: str | None = None
    remedy: str | None = None
    action_office: str | None = None
    action_due_by: str | None = None


class ReturnedSummary(Frozen):
    """A sheet that came back: of which office, how many rows it has, how many are filled, how many of these known already."""

    file: str
    office: str
    rows: int
    filled: int
    unchanged: int


class _Collected(Frozen):
    """What returned sheets hold.

    `remarks` are what was not taken, or is odd; `contradictions` is what would not hold together of what they say.
    """

    plan: str
    round: str
    sheets: tuple[ReturnedSummary, ...]
    items: tuple[CollectedItem, ...]
    remarks: tuple[Notice, ...] = ()
    warnings: tuple[Notice, ...] = ()
    contradictions: tuple[str, ...] = ()


class CollectionPreview(_Collected):
    """What returned sheets would do: nothing of it is recorded; `problems` keep all of it from being recorded."""

    problems: tuple[Problem, ...] = ()

    @property
    def changes_nothing(self) -> bool:
        """Whether there is nothing to record, and nothing that keeps it from being recorded."""
        return not (self.items or self.problems)


class CollectionLook(_Collected):
    """Che cosa farebbero le schede restituite: nulla è registrato."""

    preview: bool = True
    problems: tuple[ProblemItem, ...] = ()

    @classmethod
    def of(cls, preview: CollectionPreview) -> "CollectionLook":
        """A preview as it is answered."""
        return cls(**dict(preview) | {"problems": tuple(map(problem_item, preview.problems))})
