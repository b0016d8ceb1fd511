"""The table of operations: every command and every question of the product, by noun. The doors are its readers."""

from api.operations.accounts import ACCOUNTS
from api.operations.across import ACROSS
from api.operations.administrations import ADMINISTRATIONS
from api.operations.changes import CHANGES
from api.operations.deviations import DEVIATIONS
from api.operations.library import LIBRARY
from api.operations.measurements import MEASUREMENTS
from api.operations.model import Command, Operation, Question
from api.operations.monitoring import ROUNDS
from api.operations.oversight import OVERSIGHT
from api.operations.papers import PAPERS
from api.operations.plan_files import FILES
from api.operations.plans import PARTS, PLANS
from api.operations.proof import PROOF
from api.operations.proposals import PROPOSALS
from api.operations.record import RECORD
from api.operations.schemas import Problem
from api.operations.scoring import SCORING
from api.operations.upkeep import UPKEEP
from api.operations.webhooks import WEBHOOKS

OPERATIONS: tuple[Command | Question, ...] = (
    *PLANS,
    *FILES,
    *PARTS,
    *CHANGES,
    *PROPOSALS,
    *ACROSS,
    *MEASUREMENTS,
    *ROUNDS,
    *DEVIATIONS,
    *SCORING,
    *LIBRARY,
    *PAPERS,
    *RECORD,
    *ADMINISTRATIONS,
    *OVERSIGHT,
    *PROOF,
    *ACCOUNTS,
    *WEBHOOKS,
    *UPKEEP,
)

QUESTIONS = {operation.name: operation for operation in OPERATIONS if isinstance(operation, Question)}
COMMANDS = {operation.name: operation for operation in OPERATIONS if isinstance(operation, Command)}


def served() -> tuple[Command | Question, ...]:
    """The operations that have an address."""
    return tuple(operation for operation in OPERATIONS if operation.path is not None)


def types_sent_and_answered() -> tuple[type[object], ...]:
    """The types of all inputs, answers and previews of what has an address, each once."""
    types: list[type[object]] = [Problem]
    for operation in served():
        match operation:
            case Command(inputs=inputs, described=answer, preview=preview):
                types += [*inputs, *(type_ for type_ in (answer, preview) if type_ is not None)]
            case Question(body=body, described=answer):
                types += [type_ for type_ in (body, answer) if type_ not in {None, bytes}]
    return tuple(dict.fromkeys(types))


__all__ = ["COMMANDS", "OPERATIONS", "QUESTIONS", "Operation", "served", "types_sent_and_answered"]
