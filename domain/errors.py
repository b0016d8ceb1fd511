"""Refusals: what the rules do not allow, each with a name and a word on what would be accepted.

A refusal is the domain's "no": HTTP answers 409 (404 for what is not there), the command line exits with status 1.
Malformed input never gets this far: it is a `Malformed`, answered 422, and lists every problem with its place.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, ClassVar

from pydantic import BeforeValidator

from domain.vocabulary import Frozen, shortened


def _told(value: object) -> object:
    return shortened(value, TOLD) if isinstance(value, str) else value


TOLD = 1_500
"""How long a part of a refusal may be: what was sent is said again as far as it helps to find it, whatever its length."""

Told = Annotated[str, BeforeValidator(_told)]


class Problem(Frozen):
    """One thing that is wrong with an input: where it stands, what was found, what would be accepted."""

    where: Told
    found: Told
    accepted: Told = ""

    def __str__(self) -> str:
        hint = f" Si accetta: {self.accepted}." if self.accepted else ""
        return f"{self.where}: {self.found}.{hint}" if self.where else f"{self.found}.{hint}"


class DomainError(Exception):
    """What the product says no to; `name` is permanent, the message is Italian and for people."""

    name: ClassVar[str] = "error"
    title: ClassVar[str] = "Errore"
    status: ClassVar[int] = 409
    retry_after: int | None = None
    """After how many seconds the same may be tried again, where that may help."""
    reason: str = ""
    """Why, in a word that is for the log alone."""

    def __init__(self, found: str, *, accepted: str = "", where: str = "", listed: tuple[str, ...] = ()) -> None:
        self.problem = Problem(where=where, found=found, accepted=accepted)
        self.listed = tuple(shortened(line, TOLD) for line in listed)
        super().__init__(str(self))

    def __str__(self) -> str:
        return "\n".join([str(self.problem), *(f"  - {line}" for line in self.listed)])

    def each(self) -> list[Problem]:
        """What it says, with what it lists, problem by problem."""
        found = ": ".join(filter(None, (self.problem.found, "; ".join(self.listed))))
        return [self.problem.model_copy(update={"found": shortened(found, TOLD)})]

    def located(self, where: str) -> "DomainError":
        """The same refusal, said of a place in the input (`changes[3]`)."""
        problem = self.problem
        return type(self)(
            problem.found,
            accepted=problem.accepted,
            where=f"{where}.{problem.where}" if problem.where else where,
            listed=self.listed,
        )


def parted_reason(reason: str, otherwise: str) -> tuple[str, str]:
    """Why a text cannot be read, and what would be accepted: what the reason itself says of it, or else what is given."""
    found, _, accepted = reason.partition(": si accetta")
    return (found, accepted.lstrip(" ,")) if accepted else (reason, otherwise)


class Malformed(DomainError):
    """An input whose form is wrong; `problems` lists all of it."""

    name = "malformed"
    title = "Dati non validi"
    status = 422

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__(
            "un dato non è valido" if len(problems) == 1 else f"{len(problems)} dati non sono validi",
            listed=tuple(str(problem) for problem in problems[:50]),
        )

    def each(self) -> list[Problem]:
        """All of it."""
        return self.problems

    def located(self, where: str) -> "Malformed":
        """The same problems, each said of a place in the input."""
        return self.placed(lambda within: f"{where}.{within}" if within else where)

    def placed(self, place_of: Callable[[str], str]) -> "Malformed":
        """The same problems, each at the place that a function makes of its own."""
        return type(self)([p.model_copy(update={"where": place_of(p.where)}) for p in self.problems])


class Refusal(DomainError):
    """A command that the rules of the plan refuse."""

    name = "refused"
    title = "Operazione rifiutata"


class ChangesRefused(Malformed):
    """Several changes, or rows, that the rules refuse, each for a reason of its own; `problems` lists all of them."""

    name = "changes_refused"
    title = "Modifiche rifiutate"
    status = 409

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems)
        self.problem = Problem(where="", found=f"{len(problems)} modifiche o righe non si possono registrare")


class Refusals:
    """What is refused of several changes that are decided one by one: all of it is told at once."""

    def __init__(self) -> None:
        self.errors: list[DomainError] = []

    @contextmanager
    def noted(self, where: str = "") -> Iterator[None]:
        """Within it a refusal is noted, said of a place in the input, and what follows is decided all the same."""
        try:
            yield
        except DomainError as error:
            self.errors.append(error.located(where) if where else error)

    def require_none(self) -> None:
        """Raises the one refusal that was noted, or all of them as one."""
        if len(self.errors) == 1:
            raise self.errors[0]
        if self.errors:
            kind = Malformed if all(type(error) is Malformed for error in self.errors) else ChangesRefused
            raise kind(list(dict.fromkeys(problem for error in self.errors for problem in error.each())))


class NotFound(Refusal):
    """What is asked for is not there, at that date and to that knowledge."""

    name = "not_found"
    title = "Non trovato"
    status = 404


class NameAmbiguous(Refusal):
    """A name, or a code, that several objects of a plan have: it is asked which is meant."""

    name = "name_ambiguous"
    title = "Nome di più oggetti"


class AlreadyThere(Refusal):
    """An id that is taken already."""

    name = "already_there"
    title = "Esiste già"


class NotInForce(Refusal):
    """The object exists, but not on the effective date of the change."""

    name = "not_in_force"
    title = "Non in vigore a quella data"


class NoChange(Refusal):
    """The new value is the one already in force on the effective date."""

    name = "no_change"
    title = "Nessun cambiamento"


class MotivationMissing(Refusal):
    """An approved plan changes only with a justification, a cause and an act."""

    name = "motivation_missing"
    title = "Mancano motivazione, causa o atto"


class RetroactiveUnsaid(Refusal):
    """A change that would hold from before the date of its act, and does not say why."""

    name = "retroactive_unsaid"
    title = "Efficacia retroattiva non motivata"


class ActDateDoubtful(Refusal):
    """An act dated after today, or far from the years of the plan: nobody has said that the date is right."""

    name = "act_date_doubtful"
    title = "Data dell'atto da confermare"


class ClaimRefused(Refusal):
    """A claimed kind (correction, reclassification) that what is changed does not bear out."""

    name = "claim_refused"
    title = "Natura dichiarata non ammessa"


class ContradictsLater(Refusal):
    """The change would contradict what is already recorded for a later date; the list says what."""

    name = "contradicts_later"
    title = "Contraddice quanto già registrato per una data successiva"


class TreeBroken(Refusal):
    """A parent that would make a cycle, or that is not there."""

    name = "tree_broken"
    title = "Albero non valido"


class OutsidePlan(Refusal):
    """A year or a date that the plan does not cover."""

    name = "outside_plan"
    title = "Fuori dal piano"


class YearNotOpen(Refusal):
    """A year that is closed takes corrections only."""

    name = "year_closed"
    title = "Anno chiuso"


class AlreadyApproved(Refusal):
    """A year, or a plan, that an act has approved already."""

    name = "already_approved"
    title = "Già approvato"


class NotApproved(Refusal):
    """Something that only an approved plan, or year, allows."""

    name = "not_approved"
    title = "Non ancora approvato"


class AlreadyAnnulled(Refusal):
    """An event that does not count already."""

    name = "already_annulled"
    title = "Già annullato"


class TextUnread(Refusal):
    """A target or a value whose text cannot be read for certain."""

    name = "text_unread"
    title = "Testo non interpretabile"


class ConcurrentChange(Refusal):
    """Somebody else changed the same thing meanwhile, and the decision no longer holds."""

    name = "concurrent_change"
    title = "Modificato nel frattempo"


class VersionOutdated(Refusal):
    """If-Match named a version of the object that is no longer the latest."""

    name = "version_outdated"
    title = "Versione superata"
    status = 412


class VersionNotReached(Refusal):
    """A question names a version to be known at the least, and nothing of that version was recorded."""

    name = "version_not_reached"
    title = "Versione non raggiunta"
    status = 412


class CommandReused(Refusal):
    """A command id that was used for another command."""

    name = "command_reused"
    title = "Identificativo del comando già usato"


class StoreRefused(Refusal):
    """A database that is another program's, or of a newer version; it was not touched."""

    name = "store_refused"
    title = "Archivio non utilizzabile"


class StoreBusy(DomainError):
    """The database does not answer, or takes no writing, now: it starts, recovers, is locked, has no connection left."""

    name = "store_busy"
    title = "Archivio momentaneamente non disponibile"
    status = 503
    retry_after = 2


class StoreReadOnly(StoreBusy):
    """The database takes no writing where it is asked: a standby, or one whose writing is suspended; it is read."""

    name = "store_read_only"
    title = "Archivio in sola lettura"


class StandbyBehind(StoreBusy):
    """A standby that has not come yet to what is asked about: its answer would be another one later."""

    name = "standby_behind"
    title = "Replica in ritardo"


class OutcomeUnknown(StoreBusy):
    """The connection was lost while a command was recorded: it may be recorded, or not; repeated by its id it is so once."""

    name = "outcome_unknown"
    title = "Esito ignoto"


class StoreDamaged(DomainError):
    """A database whose file is not whole: cut short, put back in part, or beside the journal of another one."""

    name = "store_damaged"
    title = "Archivio danneggiato"
    status = 503


class StoreFull(DomainError):
    """The disk of the database, or the quota on it, is used up; nothing was recorded."""

    name = "store_full"
    title = "Spazio esaurito"
    status = 503


class UnknownRecord(DomainError):
    """A stored event that this version cannot read: a projection stops on it, it never skips."""

    name = "unknown_record"
    title = "Evento sconosciuto nell'archivio"
    status = 500
