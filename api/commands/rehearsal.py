"""A rehearsal: the service decides a command as it would, tells what would be recorded, and records nothing."""

from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

from api.commands.handler import Caller, Decision, Outcome
from api.commands.service import Service
from domain.notice import Notice
from projections.store.preview_reader import PreviewReader
from projections.store.reader import Reader

Foreseen = TypeVar("Foreseen")


class Rehearsed(NamedTuple, Generic[Foreseen]):
    """What a question answered after a command that was not recorded, and the notices that came with it."""

    answer: Foreseen
    warnings: tuple[Notice, ...]


class Rehearsal(Service, Generic[Foreseen]):
    """Every command of a service, decided on what is recorded; each is asked the same question, and leaves nothing."""

    def __init__(self, service: Service, question: Callable[[PreviewReader], Foreseen]) -> None:
        super().__init__(service.store, service.log, separation=service.separation)
        self._question = question
        self.rehearsed: Rehearsed[Foreseen] | None = None

    def handle(
        self,
        caller: Caller,
        plan: str | None,
        request: Sequence[object],  # noqa: ARG002 - a receipt is of what is recorded
        decide: Callable[[Reader], Decision],
        *,
        large: bool = False,  # noqa: ARG002 - it waits for nobody
    ) -> Outcome:
        """Decides, asks, and records nothing."""
        warnings: list[Notice] = []

        def decided(reader: Reader) -> Decision:
            decision = decide(reader)
            warnings.extend(decision.told)
            return decision

        answer = self.dry_run(caller, decided, self._question)
        self.rehearsed = Rehearsed(answer, tuple(warnings))
        return Outcome(command_id="", plan=plan, warnings=tuple(warnings))


def rehearse(
    service: Service, question: Callable[[PreviewReader], Foreseen], command: Callable[[Service], object]
) -> Rehearsed[Foreseen]:
    """What a question would answer after a command; refused as the command would be."""
    rehearsal = Rehearsal(service, question)
    command(rehearsal)
    if rehearsal.rehearsed is None:
        raise TypeError("the command records by another way than the handler")
    return rehearsal.rehearsed
