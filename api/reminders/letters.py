"""A reminder as a message: plain text, headers that no title and no address can add to."""

from collections.abc import Sequence
from datetime import date, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple, get_args
from uuid import uuid4

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from api.pages.deadline_words import deadline_address, subject_of, worded_deadline
from api.pages.templating import long_day
from api.settings import Language
from projections.reminders import Letter, Reminder

ACCOUNT_PAGE = "/utenza"
LONGEST_LINE = 400
"""How much of a title is written."""


class LetterItem(NamedTuple):
    """Something due, as the templates write it."""

    summary: str
    detail: str
    day: str
    address: str


def language_of_letter(letter: Letter, installation: Language) -> Language:
    """In which language an account is written to."""
    return next((each for each in get_args(Language) if each == letter.mailbox.language), installation)


def message_of(
    letter: Letter, address: str, *, sender: str, today: date, now: datetime, language: Language, origin: str
) -> EmailMessage:
    """The message; `origin` is the address under which people reach the service, empty where there is none.

    Nothing that somebody typed stands in a header but the address, which is of a form that has no blank in it.
    """
    ordered = sorted(letter.reminders, key=lambda each: (each.deadline.on, each.plan, each.key))
    late = [_item(each, language, origin) for each in ordered if each.deadline.is_late(today)]
    coming = [_item(each, language, origin) for each in ordered if not each.deadline.is_late(today)]
    message = EmailMessage(policy=SMTP)
    message["Subject"] = subject_of(len(late), len(coming), language)
    message["From"] = Address("In Itinere", addr_spec=sender)
    message["To"] = Address(addr_spec=address)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{uuid4()}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    command = f"initinere account reminders --account {letter.account} --reminders off"
    opt_out = f"{origin}{ACCOUNT_PAGE}" if origin else command
    text = _template(language).render(late=late, coming=coming, opt_out=opt_out)
    message.set_content(text, cte="quoted-printable")
    message["Content-Language"] = language  # what is set before the content goes with it
    return message


def _item(reminder: Reminder, language: Language, origin: str) -> LetterItem:
    words = worded_deadline(reminder.deadline, reminder.title, language)
    address = f"{origin}{deadline_address(reminder.deadline, reminder.plan)}" if origin else ""
    return LetterItem(
        one_line(words.summary), one_line(words.detail), long_day(reminder.deadline.on, language), address
    )


def one_line(text: str) -> str:
    """A text in one line, without what nobody sees and what ends a line, no longer than a title is."""
    return "".join(sign for sign in " ".join(text.split()) if sign.isprintable())[:LONGEST_LINE]


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=False,  # noqa: S701 - plain text
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )


def _template(language: Language) -> Template:
    return _environment().get_template(f"{language}/reminder.txt")


def listed(letter: Letter, language: Language) -> Sequence[str]:
    """What a letter reminds of, a line each."""
    return [one_line(worded_deadline(each.deadline, each.title, language).summary) for each in letter.reminders]
