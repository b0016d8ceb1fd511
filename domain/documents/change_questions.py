"""What a change file leaves open: targets that may mean several things are asked about, as those of a workbook are.

What was answered becomes the changes that it means. A change that says that it takes its text as it stands asks nothing.
"""

from collections.abc import Iterator, Mapping
from typing import TypeVar

from domain.changes.commands import AnyChange
from domain.documents.changes import ChangeFile
from domain.documents.questions import Asking, OpenQuestion
from domain.documents.target_questions import what_holds
from domain.facts import indicator_key, target_field
from domain.indicators.commands import AddIndicator
from domain.targets.commands import ReviseTarget, SetTarget, TargetText, WithdrawTarget
from domain.targets.splitting import parts_of
from domain.timelines import Timelines

AnyFile = TypeVar("AnyFile", bound=ChangeFile)


def changes_answered(
    file: AnyFile, answers: Mapping[str, str], timelines: Timelines
) -> tuple[AnyFile, list[OpenQuestion]]:
    """The file with the changes that the answers come to, and all that it asks, with what was answered."""
    asking = Asking(answers)
    changes = [
        settled
        for number, change in enumerate(file.changes, start=1)
        for settled in _settled(change, f"modifiche n. {number}", asking, timelines)
    ]
    return file.model_copy(update={"changes": tuple(changes), "answers": {}}), asking.questions


def _settled(change: AnyChange, place: str, asking: Asking, timelines: Timelines) -> Iterator[AnyChange]:
    match change:
        case SetTarget() | ReviseTarget() if not change.accept_unread:
            yield from _target(change, place, asking, timelines)
        case AddIndicator(targets=targets) if targets:
            settled = tuple(one for target in targets for one in _of_new(target, place, asking))
            yield change.model_copy(update={"targets": settled}) if settled != tuple(targets) else change
        case _:
            yield change


def _target(change: SetTarget | ReviseTarget, place: str, asking: Asking, timelines: Timelines) -> Iterator[AnyChange]:
    parts, two_targets = parts_of(change.target, change.year)
    if two_targets:
        yield change
        return
    held = what_holds(change.target, change.year, parts, f"{place}, target {change.year}", asking)
    if held.open or held.unread:
        yield change.model_copy(update={"accept_unread": True}) if held.unread else change
        return
    several = len(held.targets) > 1
    for number, text in enumerate(held.targets, start=1):
        ordinal = number if several else change.ordinal
        there = timelines.entries(indicator_key(change.object), target_field(change.year, ordinal))
        stands = bool(there and there[-1].value)
        said = change.model_dump(exclude={"verb", "target", "accept_unread", "ordinal"}) | {"ordinal": ordinal}
        if text is None:
            if stands:
                yield WithdrawTarget.model_validate(said | {"verb": "withdraw_target"})
        elif not several:
            yield change.model_copy(update={"target": text})
        elif stands:
            yield ReviseTarget.model_validate(said | {"verb": "revise_target", "target": text})
        else:
            yield SetTarget.model_validate(said | {"verb": "set_target", "target": text})


def _of_new(target: TargetText, place: str, asking: Asking) -> Iterator[TargetText]:
    parts, two_targets = ((), True) if target.accept_unread else parts_of(target.text, target.year)
    if two_targets:
        yield target
        return
    which = f" n. {target.ordinal}" if target.ordinal > 1 else ""
    held = what_holds(target.text, target.year, parts, f"{place}, target {target.year}{which}", asking)
    several = len(held.targets) > 1
    for number, text in enumerate(held.targets, start=1):
        if text is not None:
            ordinal = number if several else target.ordinal
            yield target.model_copy(update={"text": text, "ordinal": ordinal, "accept_unread": held.unread})
