"""Events are sent in order, signed, at least once; what fails is tried again, then listed; what may not leave stays."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import NamedTuple

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_http_event
from cloudevents.core.formats.json import JSONFormat
from freezegun import freeze_time
from standardwebhooks import Webhook as Oracle
from standardwebhooks import WebhookVerificationError

from api.access.issuers import trusted_context
from api.commands.accounts import key_of
from api.commands.webhooks import end_webhook, replace_webhook_secret, send_again, subscribe_webhook
from api.webhooks.delivery import LEASE, Deliveries
from api.webhooks.receivers import ReceiverRules
from api.webhooks.sending import Sender
from domain.errors import NoChange, NotFound
from domain.webhooks.commands import EndWebhook, ReplaceWebhookSecret, SendAgain, SubscribeWebhook
from domain.webhooks.decide import DELAYS, FORMER_SECRET_KEPT
from projections.proof.log import Log
from projections.webhooks import UndeliveredList, WebhookAnswer, undelivered, webhook_list
from tests.support.harness import PLAN, ServiceHarness
from tests.support.https import certificates
from tests.support.receiver import Received, Receiver, receiving

OWN, OTHER = "cciaa-prova", "cciaa-altra"
RULES = ReceiverRules(networks=(ip_network("127.0.0.0/8"),))


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def shared(trusted: tuple[Path, Path]) -> Iterator[Receiver]:
    with receiving(trusted[1]) as receiver:
        yield receiver


@pytest.fixture
def receiver(shared: Receiver) -> Receiver:
    shared.forget()
    shared.before_answering = lambda _: None
    return shared


class Office(NamedTuple):
    """An installation with the small plan, its receiver, and the process that sends."""

    harness: ServiceHarness
    receiver: Receiver
    deliveries: Deliveries

    def subscribe(self, after: int | None = 0, **said: object) -> tuple[str, str]:
        """A subscription of the administration, and its secret."""
        command = SubscribeWebhook.model_validate({"url": self.receiver.address, "after_position": after} | said)
        outcome = subscribe_webhook(self.harness.service, OWN, command, self.harness.caller())
        return self.listed()[-1]["webhook"], outcome.secret

    def listed(self) -> list[WebhookAnswer]:
        """The subscriptions as they are answered."""
        return list(self.harness.ask(webhook_list, OWN)["webhooks"])

    def undelivered(self, webhook: str) -> UndeliveredList:
        """What could not be delivered."""
        answer: UndeliveredList = self.harness.ask(undelivered, OWN, webhook)
        return answer

    def later(self, delay: timedelta) -> int:
        """Delivers some time later."""
        self.harness.now += delay
        return self.deliveries.deliver()

    def resend(self, webhook: str, position: int | None = None) -> None:
        """Asks for what could not be delivered."""
        again = SendAgain(webhook=webhook, position=position)
        send_again(self.harness.service, OWN, again, self.harness.caller())


def office_at(location: str, folder: Path, receiver: Receiver, authority: Path) -> Office:
    harness = ServiceHarness(location)
    harness.service.log = Log(harness.store, folder / "k.key")
    harness.service.receivers = RULES
    harness.load()
    sender = Sender(RULES, trusted_context(str(authority)), seconds=5)
    deliveries = Deliveries(harness.store, key_of(harness.service), sender.send, jitter=lambda low, _high: low)
    return Office(harness, receiver, deliveries)


@pytest.fixture
def make(tmp_path: Path, receiver: Receiver, trusted: tuple[Path, Path]) -> Iterator[Callable[[str], Office]]:
    made: list[Office] = []

    def office(location: str) -> Office:
        made.append(office_at(location, tmp_path, receiver, trusted[0]))
        return made[-1]

    yield office
    for one in made:
        one.harness.store.close()


@pytest.fixture
def office(make: Callable[[str], Office], sqlite_path: Path) -> Office:
    return make(str(sqlite_path))


def test_events_arrive_once_each_in_the_order_of_the_record_on_either_database(
    make: Callable[[str], Office], location: str
) -> None:
    # given
    office = make(location)
    _, secret = office.subscribe()
    # when
    taken = office.deliveries.deliver()
    # then
    with office.harness.store.reading() as reader:
        log = [row for row in reader.select_notifications(0) if not str(row.originator_id).startswith("installation")]
    received = office.receiver.received
    assert taken == len(received) == len(log)
    assert office.receiver.sequences == [row.id for row in log] == sorted(row.id for row in log)
    assert [each.event["data"]["topic"] for each in received] == [row.topic for row in log]
    # and each is what others read as a CloudEvent, signed as others verify it
    for each, row in zip(received, log, strict=True):
        event = from_http_event(HTTPMessage(each.headers, each.body), JSONFormat())
        assert event.get_id() == f"{row.originator_id}/{row.originator_version}"
        assert (event.get_subject(), event.get_type()) == (row.originator_id, f"in-itinere.{row.topic}")
        assert event.get_datacontenttype() == "application/json"
        assert verified(secret, each) == each.event
    # and nothing twice, until something is recorded
    assert office.deliveries.deliver() == 0
    office.harness.revise(">= 69%", "2022-06-30")
    office.receiver.forget()
    assert _delivered(office, 2) == 2  # the act, and the target
    assert [each.event["data"]["topic"] for each in office.receiver.received] == ["act-registered", "target-revised"]


def _delivered(office: Office, wanted: int) -> int:
    """How many are delivered once nothing holds the feed: transactions of other databases of the server do, for a moment."""
    delivered, until = office.deliveries.deliver(), time.monotonic() + 10
    while delivered < wanted and time.monotonic() < until:
        time.sleep(0.02)
        delivered += office.deliveries.deliver()
    return delivered


def verified(secret: str, received: Received) -> dict[str, object]:
    """What a message says, once others have verified it at the time that it bears."""
    with freeze_time(datetime.fromtimestamp(int(received.headers["webhook-timestamp"]), UTC)):
        told: dict[str, object] = Oracle(secret).verify(received.body, received.headers)
    return told


def test_a_receiver_that_failed_is_asked_again_later_and_nothing_comes_before_what_it_missed(office: Office) -> None:
    # given
    office.receiver.forget(204, 500, 204)
    webhook, _ = office.subscribe()
    # when: the second fails
    assert office.deliveries.deliver() == 1
    first, missed = office.receiver.sequences
    assert office.deliveries.deliver() == 0  # it is not asked again at once
    (row,) = office.listed()
    assert (row["webhook"], row["position"], row["attempts"], row["failure"]) == (webhook, first, 1, "failed")
    # then: what it missed comes first, under the id of before
    office.later(DELAYS[0])
    assert office.receiver.sequences[2] == missed
    again, before = office.receiver.received[2], office.receiver.received[1]
    assert again.headers["webhook-id"] == before.headers["webhook-id"]
    assert again.body == before.body
    assert office.receiver.sequences[2:] == sorted(office.receiver.sequences[2:])
    assert (office.listed()[0]["attempts"], office.listed()[0]["failure"]) == (0, None)


def test_how_long_a_receiver_asks_to_be_left_alone_it_is_but_no_longer_than_a_day(office: Office) -> None:
    office.receiver.forget(429)
    office.receiver.headers = {"Retry-After": "3600"}
    office.subscribe()
    office.deliveries.deliver()
    assert office.later(timedelta(minutes=59)) == 0
    assert len(office.receiver.received) == 1
    office.receiver.headers = {"Retry-After": "999999"}
    office.later(timedelta(minutes=2))
    assert len(office.receiver.received) == 2
    office.receiver.forget(204)
    assert office.later(timedelta(hours=23)) == 0
    assert office.later(timedelta(hours=1, minutes=1)) > 0


def test_what_is_given_up_is_listed_and_sent_again_when_it_is_asked_for_and_the_rest_goes_on(office: Office) -> None:
    # given
    office.receiver.forget(400)
    webhook, _ = office.subscribe()
    office.deliveries.deliver()
    # when: every attempt fails
    for delay in DELAYS[:-1]:
        office.later(delay)
    assert office.undelivered(webhook)["undelivered"] == []
    office.receiver.forget(400, 204)
    office.later(DELAYS[-1])
    # then: it is given up, and what comes after it arrives
    (letter,) = office.undelivered(webhook)["undelivered"]
    assert (letter["attempts"], letter["failure"], letter["again"]) == (len(DELAYS) + 1, "refused", False)
    assert office.deliveries.deliver() > 0
    assert letter["position"] not in office.receiver.sequences[1:]
    # and when it is asked for, it is sent
    office.receiver.forget(503, 204)
    office.resend(webhook, letter["position"])
    assert office.undelivered(webhook)["undelivered"][0]["again"]
    assert office.deliveries.deliver() == 0
    (again,) = office.undelivered(webhook)["undelivered"]
    assert (again["attempts"], again["failure"], again["again"]) == (len(DELAYS) + 2, "failed", False)
    office.resend(webhook)
    assert office.deliveries.deliver() == 1
    assert office.receiver.sequences == [letter["position"]] * 2
    assert office.undelivered(webhook)["undelivered"] == []
    with pytest.raises(NoChange):
        office.resend(webhook)
    with pytest.raises(NotFound, match="non è fra quelli"):
        office.resend(webhook, letter["position"])


def test_drafts_stay_and_nothing_of_another_administration_leaves_and_no_words_that_stand_beside_an_event(
    office: Office,
) -> None:
    # given: a published plan with words beside a change, a draft of one's own, one of another's
    harness = office.harness
    office.subscribe()
    harness.revise(">= 69%", "2022-06-30", justification="parole che un ordine toglierà")
    draft = {"id": "prova-bozza", "title": "Bozza segreta", "first_year": 2022, "last_year": 2024}
    harness.load(plan=draft, act=None)
    theirs = {"id": "altra-bozza", "title": "Bozza di altri", "first_year": 2022, "last_year": 2024}
    harness.load(administration={"id": OTHER, "name": "Camera di Commercio di Altri"}, plan=theirs, act=None)
    # when
    office.deliveries.deliver()
    # then
    subjects = {each.event["subject"] for each in office.receiver.received}
    assert subjects == {f"plan/{PLAN}", f"administration/{OWN}"}
    sent = b"".join(each.body for each in office.receiver.received)
    for secret in ("parole che un ordine", "Bozza segreta", "Bozza di altri", OTHER):
        assert secret.encode() not in sent
    # and who asked for drafts has its own, not those of others
    office.receiver.forget()
    office.subscribe(drafts=True)
    office.deliveries.deliver()
    subjects = {each.event["subject"] for each in office.receiver.received}
    assert subjects == {f"plan/{PLAN}", f"administration/{OWN}", "plan/prova-bozza"}


def test_only_the_kinds_that_were_asked_for_are_sent_and_the_rest_is_passed_by(office: Office) -> None:
    office.subscribe(topics=["target-revised"])
    assert office.deliveries.deliver() == 0
    position = office.listed()[0]["position"]
    assert position > 0  # what is not sent is not looked at again
    office.harness.revise(">= 69%", "2022-06-30")
    assert office.deliveries.deliver() == 1
    with pytest.raises(NotFound, match="non è un tipo"):
        office.subscribe(topics=["sign-in-refused"])


def test_another_secret_signs_at_once_and_the_one_before_for_some_days_more(office: Office) -> None:
    # given
    webhook, former = office.subscribe(after=None)
    command = ReplaceWebhookSecret(webhook=webhook)
    secret = replace_webhook_secret(office.harness.service, OWN, command, office.harness.caller()).secret
    # when
    office.harness.revise(">= 69%", "2022-06-30")
    office.deliveries.deliver()
    office.harness.now += FORMER_SECRET_KEPT
    office.harness.revise(">= 68%", "2022-07-31")
    office.deliveries.deliver()
    # then
    first, last = office.receiver.received[0], office.receiver.received[-1]
    assert verified(former, first) == verified(secret, first)
    assert verified(secret, last)
    with pytest.raises(WebhookVerificationError):
        verified(former, last)
    # and neither lies in the archive, nor what makes them
    stored = Path(office.harness.store.location).read_bytes()
    assert former.encode() not in stored
    assert secret.encode() not in stored


def test_who_unsubscribed_is_sent_nothing_and_an_end_while_something_is_under_way_is_final(office: Office) -> None:
    webhook, _ = office.subscribe()
    ending = EndWebhook(webhook=webhook)

    def end(_: Received) -> None:
        if office.listed():
            end_webhook(office.harness.service, OWN, ending, office.harness.caller())

    office.receiver.before_answering = end
    office.deliveries.deliver()
    assert len(office.receiver.received) == 1
    assert office.listed() == []
    assert office.deliveries.deliver() == 0
    with pytest.raises(NotFound, match="non c'è"):
        end_webhook(office.harness.service, OWN, ending, office.harness.caller())


def test_two_processes_at_once_send_each_event_once(make: Callable[[str], Office], location: str) -> None:
    office = make(location)
    office.subscribe()
    meanwhile: list[int] = []
    office.receiver.before_answering = lambda _: meanwhile.append(office.deliveries.deliver())
    taken = office.deliveries.deliver()
    assert taken == len(office.receiver.received) == len(set(office.receiver.sequences))
    assert sum(meanwhile) == 0


KILLED = """
import os, sys
from pathlib import Path
from api.access.issuers import trusted_context
from tests.api.webhooks.test_deliveries import worker
worker(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])).deliver()
"""


def worker(location: str, folder: Path, authority: Path) -> Deliveries:
    """What a process of its own sends with."""
    harness = ServiceHarness(location)
    harness.service.log = Log(harness.store, folder / "k.key")
    sender = Sender(RULES, trusted_context(str(authority)), seconds=30)
    return Deliveries(harness.store, key_of(harness.service), sender.send)


def test_who_is_killed_between_the_sending_and_the_answer_sends_it_again_and_misses_nothing(
    make: Callable[[str], Office], location: str, tmp_path: Path, trusted: tuple[Path, Path]
) -> None:
    # given: a process that is killed once its third event has come, before it is answered
    office = make(location)
    office.subscribe()
    command = [sys.executable, "-c", KILLED, location, str(tmp_path), str(trusted[0])]
    process = subprocess.Popen(command, cwd=Path(__file__).parents[3])

    def kill(_: Received) -> None:
        if len(office.receiver.received) == 2:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()

    office.receiver.before_answering = kill
    assert process.wait(60) == -signal.SIGKILL
    # when: another begins, before and after the turn of the first has ended by itself
    office.receiver.before_answering = lambda _: None
    assert office.deliveries.deliver() == 0
    office.later(2 * LEASE)
    # then
    sequences = office.receiver.sequences
    assert sequences[2] == sequences[3]
    assert office.receiver.received[2].headers["webhook-id"] == office.receiver.received[3].headers["webhook-id"]
    assert list(dict.fromkeys(sequences)) == sorted(set(sequences))
    with office.harness.store.reading() as reader:
        sent = [
            row.id for row in reader.select_notifications(0) if not str(row.originator_id).startswith("installation")
        ]
    assert sorted(set(sequences)) == sorted(sent)
