"""Writes to each account what it is to be reminded of, once; without a mail server, says what it would write."""

from typing import Literal

from typing_extensions import TypedDict

from api.commands.service import Service
from api.reminders.letters import language_of_letter, listed, message_of
from api.reminders.mail_server import Connection, MailServer, MailServerAway, connected
from api.settings import Settings
from domain.point import today
from projections.access import door
from projections.answers import Name, Text
from projections.reminders import Letter, claim, letters_due, unclaim

SendingOutcome = Literal["sent", "no_server", "no_address", "not_wanted", "refused", "uncertain", "away", "elsewhere"]

OUTCOMES: dict[SendingOutcome, str] = {
    "sent": "inviato",
    "no_server": "nessun server di posta: non inviato",
    "no_address": "nessun indirizzo di posta",
    "not_wanted": "non riceve promemoria",
    "refused": "rifiutato dal server di posta",
    "uncertain": "il server di posta ha taciuto: forse inviato, e non si ripete",
    "away": "il server di posta non risponde: si riprova alla prossima volta",
    "elsewhere": "lo sta inviando un altro processo",
}
"""What became of a letter, as people say it."""


class LetterOutcome(TypedDict):
    """Che cosa si è scritto, o si scriverebbe, a un'utenza."""

    account: Name
    outcome: SendingOutcome
    reminders: list[Text]


def send_reminders(service: Service, settings: Settings, server: MailServer | None) -> list[LetterOutcome]:
    """Writes to every account that is to be reminded of something; what became of each letter.

    Without a server nothing is noted: what is listed today is due until it is sent.
    """
    store = service.store
    store.datastore.prepare_access()
    now = store.clock()
    with store.reading() as reader:
        letters = letters_due(reader, today(now), now, settings.days_of_reminders, settings.legal_dates)
    outcomes = {letter.account: _without_sending(letter, server) for letter in letters}
    waiting = [letter for letter in letters if outcomes[letter.account] == "away"]
    if waiting and server is not None:
        try:
            with connected(server) as connection:
                for letter in waiting:
                    outcomes[letter.account] = _sent(service, settings, server, connection, letter)
                    if outcomes[letter.account] == "uncertain":
                        break
        except MailServerAway:
            pass  # nothing was claimed: they stay due
    return [
        {
            "account": letter.account,
            "outcome": outcomes[letter.account],
            "reminders": list(listed(letter, language_of_letter(letter, settings.language))),
        }
        for letter in letters
    ]


def _without_sending(letter: Letter, server: MailServer | None) -> SendingOutcome:
    if not letter.mailbox.reminders:
        return "not_wanted"
    if letter.mailbox.address is None:
        return "no_address"
    return "no_server" if server is None else "away"


def _sent(
    service: Service, settings: Settings, server: MailServer, connection: Connection, letter: Letter
) -> SendingOutcome:
    """Notes that it is sent before it is: a process that dies in between sends it never, and not twice."""
    store = service.store
    now = store.clock()
    if not door.writing(store, lambda cursor: claim(cursor, letter, now)):
        return "elsewhere"
    message = message_of(
        letter,
        letter.mailbox.address or "",
        sender=server.sender,
        today=today(now),
        now=now,
        language=language_of_letter(letter, settings.language),
        origin=settings.public_address or "",
    )
    try:
        if connection.send(message):
            return "sent"
    except MailServerAway:
        return "uncertain"
    door.writing(store, lambda cursor: unclaim(cursor, letter))
    return "refused"
