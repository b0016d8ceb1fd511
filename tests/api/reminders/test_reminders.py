"""Reminders are sent once, to who is told of a thing and wants to be, and nothing that somebody typed gets into a header."""

import re
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from pydantic import ValidationError

from api.commands.accounts import choose_reminders, erase_person, give_role, new_id, open_account, suspend_account
from api.commands.evaluation import open_round
from api.reminders.letters import LONGEST_LINE, one_line
from api.reminders.mail_server import mail_server
from api.reminders.sending import LetterOutcome, send_reminders
from api.settings import Settings
from domain.access.commands import ChooseReminders, ErasePerson, GiveRole, OpenAccount, SuspendAccount
from domain.access.principal import Forbidden, Principal
from domain.access.roles import Role
from domain.errors import DomainError, Malformed, NotFound
from domain.rounds.commands import OpenRound
from projections.proof.log import Log
from tests.support.harness import PLAN, ServiceHarness
from tests.support.https import certificates
from tests.support.mail_server import MailHandler, mail_server_at

OWN = "cciaa-prova"
HOSTILE = "Piano\r\nBcc: tutti@ente.example\r\n\r\n<b>{{ 7*7 }}</b> %(num)s \u202e\x07"


class Office(NamedTuple):
    """An installation with a plan whose round is due on 15 July 2022, and the mail that it sends."""

    harness: ServiceHarness
    settings: Settings
    mail: MailHandler

    def account(self, role: Role, address: str | None = None, **said: str) -> str:
        """An account with a role, and where it is written to."""
        account = new_id("acc")
        service, by = self.harness.service, self.harness.caller()
        open_account(service, OpenAccount(name="Anna Prova", login=account[-8:], account=account), by)
        offices = ("servizio-bilancio",) if role == "responsible" else ()
        giving = GiveRole(account=account, role=role, administration=OWN, offices=offices)
        give_role(service, giving, by)
        if address is not None or said:
            choosing = ChooseReminders.model_validate({"account": account, "address": address} | said)
            choose_reminders(service, choosing, by)
        return account

    def send(self, day: str) -> list[LetterOutcome]:
        """What becomes of the letters of a day."""
        self.harness.on(day)
        return send_reminders(self.harness.service, self.settings, mail_server(self.settings))


@contextmanager
def office_at(location: str, folder: Path, mail: MailHandler, settings: Settings) -> Iterator[Office]:
    harness = ServiceHarness(location)
    harness.service.log = Log(harness.store, folder / "k.key")
    harness.load()
    harness.on("2022-07-01")
    opening = OpenRound.model_validate({"as_at": "2022-06-30", "due_by": "2022-07-15", "opened_on": "2022-07-01"})
    open_round(harness.service, PLAN, opening, harness.caller())
    yield Office(harness, settings, mail)
    harness.store.close()


def settings_of(port: int, **said: object) -> Settings:
    plain = {
        "smtp_host": "127.0.0.1",
        "smtp_port": port,
        "smtp_security": "none",
        "mail_from": "in-itinere@ente.example",
    }
    return Settings.model_validate(plain | said)


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[MailHandler, int]]:
    with mail_server_at() as served:
        yield served


@pytest.fixture
def office(location: str, tmp_path: Path, server: tuple[MailHandler, int]) -> Iterator[Office]:
    mail, port = server
    mail.mailed, mail.answer = [], lambda _: "250 OK"
    with office_at(location, tmp_path, mail, settings_of(port)) as office:
        yield office


def test_each_is_written_to_once_about_what_its_role_is_told_of(office: Office) -> None:
    # given
    planner = office.account("planner", "programmazione@ente.example")
    responsible = office.account("responsible", "bilancio@ente.example", language="en")
    office.account("reader", "lettore@ente.example")
    # when: two weeks before, and again on the same day, and the day after
    first = office.send("2022-07-02")
    assert office.send("2022-07-02") == []
    assert office.send("2022-07-03") == []
    # then
    assert {row["account"]: row["outcome"] for row in first} == {planner: "sent", responsible: "sent"}
    to_planner, to_responsible = sorted(office.mail.mailed, key=lambda each: each.recipients, reverse=True)
    assert (to_planner.recipients, to_responsible.recipients) == (
        ["programmazione@ente.example"],
        ["bilancio@ente.example"],
    )
    assert to_planner.message["Subject"] == "Scadenze vicine: 2"
    assert to_planner.message["Auto-Submitted"] == "auto-generated"
    text = to_planner.message.get_content()
    assert "Monitoraggio al 30 giugno 2022: termine per i dati (entro il 15 luglio 2022)" in text
    assert "Servizio Bilancio: valori da dare, 3" in text
    # in the language that was asked for, and of its own office alone
    text = to_responsible.message.get_content()
    assert to_responsible.message["Content-Language"] == "en"
    assert to_responsible.message["Subject"] == "Due soon: 2"
    assert "Good morning" in text
    assert "Servizio Bilancio: values to be given, 3" in text
    assert "valori" not in text
    assert f"initinere account reminders --account {responsible} --reminders off" in text
    # and after its day, what is late
    office.mail.mailed = []
    office.send("2022-07-16")
    assert {each.message["Subject"] for each in office.mail.mailed} == {"Scadenze passate: 2", "Past due: 2"}


def test_who_wants_none_is_written_none_and_so_is_who_is_gone_or_has_no_address(office: Office) -> None:
    unwilling = office.account("planner", "uno@ente.example", reminders="off")
    nowhere = office.account("planner")
    suspended = office.account("planner", "due@ente.example")
    erased = office.account("planner", "tre@ente.example")
    service, by = office.harness.service, office.harness.caller()
    suspend_account(service, SuspendAccount(account=suspended), by)
    erase_person(service, ErasePerson(account=erased), by)
    outcomes = {row["account"]: row["outcome"] for row in office.send("2022-07-02")}
    assert outcomes == {unwilling: "not_wanted", nowhere: "no_address"}
    assert office.mail.mailed == []
    # and who changes its mind is
    choose_reminders(service, ChooseReminders(account=unwilling, reminders="on"), by)
    assert {row["account"]: row["outcome"] for row in office.send("2022-07-02")} == {
        unwilling: "sent",
        nowhere: "no_address",
    }


def _broken(*_: object) -> None:
    raise smtplib.SMTPServerDisconnected


def test_what_the_server_refuses_is_tried_again_and_what_it_leaves_open_is_not(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.account("planner", "uno@ente.example")
    office.mail.answer = lambda _: "550 no such user"
    assert [row["outcome"] for row in office.send("2022-07-02")] == ["refused"]
    office.mail.answer = lambda _: "250 OK"
    assert [row["outcome"] for row in office.send("2022-07-02")] == ["sent"]
    # where it cannot be told whether it was taken, it is not sent again
    monkeypatch.setattr(smtplib.SMTP, "data", _broken)
    assert [row["outcome"] for row in office.send("2022-07-13")] == ["uncertain"]
    monkeypatch.undo()
    assert office.send("2022-07-13") == []
    assert len(office.mail.mailed) == 1


def test_without_a_server_what_would_be_written_is_listed_and_stays_due(office: Office) -> None:
    office.account("planner", "uno@ente.example")
    listed = send_reminders(office.harness.on("2022-07-02").service, Settings(), mail_server(Settings()))
    assert [row["outcome"] for row in listed] == ["no_server"]
    assert "Servizio Bilancio: valori da dare, 3" in listed[0]["reminders"]
    away = settings_of(1)
    assert [row["outcome"] for row in office._replace(settings=away).send("2022-07-02")] == ["away"]
    assert [row["outcome"] for row in office.send("2022-07-02")] == ["sent"]


def test_two_processes_at_once_write_one_letter(office: Office) -> None:
    office.account("planner", "uno@ente.example")
    meanwhile: list[list[LetterOutcome]] = []

    def answer(_: object) -> str:
        if not meanwhile:
            meanwhile.append([])
            meanwhile[0] = office.send("2022-07-02")
        return "250 OK"

    office.mail.answer = answer
    assert [row["outcome"] for row in office.send("2022-07-02")] == ["sent"]
    assert meanwhile == [[]]
    assert len(office.mail.mailed) == 1


def test_a_hostile_title_stays_in_the_body_and_in_its_line(tmp_path: Path, server: tuple[MailHandler, int]) -> None:
    mail, port = server
    mail.mailed, mail.answer = [], lambda _: "250 OK"
    harness = ServiceHarness(tmp_path / "a.sqlite")
    harness.service.log = Log(harness.store, tmp_path / "k.key")
    title = "Piano Bcc: tutti@ente.example <b>{{ 7*7 }}</b> %(num)s %s " + "x" * 600
    harness.load(plan={"id": PLAN, "title": title, "first_year": 2022, "last_year": 2024})
    office = Office(harness, settings_of(port), mail)
    office.account("planner", "uno@ente.example")
    assert [row["outcome"] for row in office.send("2023-01-28")] == ["sent"]
    harness.store.close()
    (mailed,) = mail.mailed
    assert mailed.recipients == ["uno@ente.example"]
    assert mailed.message["Bcc"] is None
    head = mailed.raw.partition(b"\r\n\r\n")[0].decode()
    assert "Piano" not in head
    assert {line.partition(":")[0] for line in re.sub(r"\r\n[ \t]", " ", head).split("\r\n")} <= {
        *("Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted", "Content-Language"),
        *("Content-Type", "Content-Transfer-Encoding", "MIME-Version", "X-Peer", "X-MailFrom", "X-RcptTo"),
    }
    assert "<b>{{ 7*7 }}</b> %(num)s %s" in mailed.message.get_content()


@pytest.mark.parametrize(
    "text", [HOSTILE, "a\nb", "a\r\n.\r\nb", "\u2028x", "\x00", "x" * 10_000, "\u202eoneip", "{% raw %}"]
)
def test_whatever_a_title_holds_it_is_one_line(text: str) -> None:
    line = one_line(text)
    assert line.splitlines() in ([line], [])
    assert line.isprintable()
    assert len(line) <= LONGEST_LINE


@pytest.mark.parametrize(
    "address",
    [
        *(
            "a@b",
            "@ente.example",
            "a@",
            "a b@ente.example",
            "a@ente.example,b@ente.example",
            "a@ente.example\r\nBcc: b@c.de",
        ),
        *(
            "Anna <a@ente.example>",
            '"a"@ente.example',
            "a@[127.0.0.1]",
            "a@ente..example",
            "a@-ente.example",
            "à@ente.example",
        ),
        *(
            "a@ente.example\n",
            "a@ente.example;b@c.de",
            "a" * 65 + "@ente.example",
            "a@" + "b" * 64 + ".example",
            "a@ente.example\0",
        ),
    ],
)
def test_an_address_that_could_be_two_or_grow_a_header_is_none(address: str) -> None:
    with pytest.raises(ValidationError):
        ChooseReminders.model_validate({"address": address + ("" if not address.endswith("\n") else "x")})


def test_one_says_it_of_ones_own_account_and_of_those_that_one_administers(office: Office) -> None:
    one, two = office.account("planner"), office.account("planner")
    service, by = office.harness.service, office.harness.caller()
    itself = by._replace(actor=one, principal=Principal(one))
    assert choose_reminders(service, ChooseReminders(address="uno@ente.example"), itself).versions
    with pytest.raises((Forbidden, NotFound)):
        choose_reminders(service, ChooseReminders(account=two, address="due@ente.example"), itself)
    with pytest.raises(DomainError, match="già scritta così"):
        choose_reminders(service, ChooseReminders(address="uno@ente.example"), itself)
    with pytest.raises(NotFound):
        choose_reminders(service, ChooseReminders(address="uno@ente.example"), by)  # the machine is nobody's account
    # and the address is in no event
    with office.harness.store.reading() as reader:
        assert b"uno@ente.example" not in b"".join(row.state for row in reader.select_notifications(0))


def test_a_server_is_spoken_to_over_tls_and_a_password_never_in_the_clear(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.reminders.mail_server.SECONDS", 3)  # this server leaves who may not send without an answer
    trusted, certificate = certificates(tmp_path)
    secret = tmp_path / "password"
    secret.write_text("segreta\n", encoding="utf-8")
    with mail_server_at(certificate) as (mail, port):
        secured = settings_of(
            port, smtp_security="starttls", smtp_user="in-itinere", smtp_password_file=str(secret), ca_file=str(trusted)
        )
        with office_at(str(tmp_path / "a.sqlite"), tmp_path, mail, secured) as office:
            office.account("planner", "uno@ente.example")
            untrusted = office._replace(settings=secured.model_copy(update={"ca_file": None}))
            assert [row["outcome"] for row in untrusted.send("2022-07-02")] == ["away"]
            wrong = secured.model_copy(update={"smtp_user": "altri"})
            assert [row["outcome"] for row in office._replace(settings=wrong).send("2022-07-02")] == ["away"]
            assert [row["outcome"] for row in office.send("2022-07-02")] == ["sent"]
            assert len(mail.mailed) == 1
    with pytest.raises(Malformed, match="in chiaro"):
        mail_server(settings_of(25, smtp_user="a", smtp_password="b"))
    with pytest.raises(Malformed, match="manca"):
        mail_server(Settings(smtp_host="posta.ente.example"))
    for wrong_setting in ({"plan_due": "29/02"}, {"reminder_days": "domani"}, {"mail_from": "x"}):
        with pytest.raises(ValidationError):
            Settings.model_validate(wrong_setting)
    assert Settings(reminder_days="").days_of_reminders == ()
