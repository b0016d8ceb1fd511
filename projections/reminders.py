"""Who is to be reminded of what today: of each account what its roles are told of, that it was not reminded of already.

Where an account is written to, and what it was reminded of, lies at the door (`projections/access/door.py`) and is erased
with its person.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from domain.access.decide import ACCOUNTS, AccountState
from domain.access.events import OPEN
from domain.access.principal import Grant, Principal
from domain.access.roles import OF_OWN_OFFICES
from domain.administrations.offices import KnownOffices
from domain.deadlines.model import KINDS, DueDay, LegalDates
from domain.deadlines.reminders import reminder_key, step_due
from domain.facts import PLAN
from domain.point import Point
from domain.vocabulary import Identifier
from projections.access import door
from projections.access.door import StoredAccess
from projections.deadlines import deadlines_of
from projections.plans import may_read_plan
from projections.store.cursor import Cursor
from projections.store.reader import Reader
from projections.streams import PLANS, find_plan, plan_is_there

KEPT = timedelta(days=800)
"""How long it is kept that somebody was reminded: longer than anything is reminded of."""


class Mailbox(NamedTuple):
    """Where an account is written to, whether it wants to be, and in which language; nothing where nobody said."""

    address: str | None = None
    reminders: bool = True
    language: str | None = None


class Reminder(NamedTuple):
    """Something that an account is to be reminded of: of which plan, which step of it, how it is known for good."""

    plan: Identifier
    title: str
    deadline: DueDay
    key: str


class Letter(NamedTuple):
    """All that an account is to be reminded of now, and where it is written to."""

    account: str
    mailbox: Mailbox
    reminders: Sequence[Reminder]


def mailbox_of(cursor: Cursor, account: str, now: datetime) -> Mailbox:
    """The mailbox of an account."""
    stored = door.find(cursor, "mail", account, now)
    if stored is None:
        return Mailbox()
    address, language = stored.state.get("address"), stored.state.get("language")
    return Mailbox(
        None if address is None else str(address),
        stored.state.get("reminders") is not False,
        None if language is None else str(language),
    )


def keep_mailbox(cursor: Cursor, account: str, mailbox: Mailbox, now: datetime) -> None:
    """Keeps where an account is written to."""
    door.keep(cursor, StoredAccess("mail", account, account, dict(mailbox._asdict()), now))


def letters_due(reader: Reader, today: date, now: datetime, days: Iterable[int], legal: LegalDates) -> list[Letter]:
    """What every open account that has a role is to be reminded of today, and was not yet."""
    state = AccountState(reader.timelines(ACCOUNTS))
    accounts = [account for account in state.accounts() if state.status(account) == OPEN]
    plans = [_PlanDue(reader, stream.removeprefix(PLANS), today, legal) for stream in _plans(reader)]
    steps = tuple(days)
    letters: list[Letter] = []
    for account in accounts:
        grants = state.grants(account)
        reminders = [
            Reminder(plan.plan, plan.title, deadline, key)
            for plan in plans
            for deadline in plan.told_to(reader, Principal(account, grants), grants, today)
            if (step := step_due(deadline, today, steps)) is not None
            and door.find(
                reader.cursor, "reminder", id_of(key := reminder_key(account, plan.plan, deadline, step)), now
            )
            is None
        ]
        if reminders:
            letters.append(Letter(account, mailbox_of(reader.cursor, account, now), reminders))
    return letters


def id_of(key: str) -> str:
    """Under which it is kept that somebody was reminded."""
    return sha256(key.encode()).hexdigest()


def claim(cursor: Cursor, letter: Letter, now: datetime) -> bool:
    """Notes that a letter is being sent, before it is; False where another process has begun to.

    In a transaction that writes. A letter is sent once or, where the process dies while it is sent, perhaps not at all.
    """
    if any(door.find(cursor, "reminder", id_of(each.key), now) for each in letter.reminders):
        return False
    for each in letter.reminders:
        door.keep(cursor, StoredAccess("reminder", id_of(each.key), letter.account, {}, now, None, now + KEPT))
    return True


def unclaim(cursor: Cursor, letter: Letter) -> None:
    """Forgets it again, where the letter was certainly not sent."""
    for each in letter.reminders:
        door.forget(cursor, "reminder", id_of(each.key))


def _plans(reader: Reader) -> list[str]:
    return [stream for stream in reader.streams(PLANS) if plan_is_there(reader, stream.removeprefix(PLANS))]


class _PlanDue:
    """What is due of one plan today."""

    def __init__(self, reader: Reader, plan: str, today: date, legal: LegalDates) -> None:
        point = Point(today)
        known = find_plan(reader, plan, None)
        self.plan, self.administration, self.point = plan, known.administration, point
        self.title = str(reader.timelines(known.stream).value(PLAN, "title", today) or plan)
        self.offices = KnownOffices(reader.timelines(known.administration_stream))
        self.deadlines = [each for each in deadlines_of(reader, known, point, legal=legal) if not each.done]

    def told_to(self, reader: Reader, principal: Principal, grants: Sequence[Grant], today: date) -> list[DueDay]:
        """What of it an account with these roles is told of: values to a responsible where they are of its offices."""
        held = [grant for grant in grants if grant.administration == self.administration]
        if not held or not may_read_plan(reader, self.plan, principal, Point(today)):
            return []
        return [each for each in self.deadlines if any(self._is_for(each, grant) for grant in held)]

    def _is_for(self, deadline: DueDay, grant: Grant) -> bool:
        rule = KINDS[deadline.kind]
        if grant.role not in rule.roles or not grant.gives(rule.permission, self.administration):
            return False
        if grant.role in OF_OWN_OFFICES and deadline.office is not None:
            return self.offices.among([deadline.office], grant.offices)
        return True
