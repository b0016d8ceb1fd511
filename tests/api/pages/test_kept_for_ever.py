"""A page that is seen from a settled past is kept for ever by every cache, unless it quotes words that an order may redact."""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.commands.oversight import redact_texts
from api.http.app import create_app
from api.settings import Settings
from domain.errors import AlreadyAnnulled
from domain.redactions.commands import RedactTexts
from projections.open_data import DATASETS
from projections.proof.log import Log
from tests.api.operations import history
from tests.support.harness import PLAN, ServiceHarness

FOR_EVER = "public, max-age=31536000, immutable"
PAST = "as_of=2022-12-31&known_at=2023-06-30T00:00:00Z"
ORDER = "decreto del Presidente n. 3 del 01/07/2023"
PAGES = (
    "", "/indicatori/incasso", "/indicatori/cassetto", "/obiettivi/a1", "/modifiche", "/modifiche/piano-precedente",
    "/punteggi", "/punteggi/regole/confronto", "/punteggi/incasso", "/documenti",
    "/eventi.atom", "/scadenze.ics",
)  # fmt: skip
ADDRESSES = (
    *(f"/piani/{PLAN}{page}?{PAST}" for page in PAGES),
    f"/piani/{PLAN}/confronto?da=2022-02-01&{PAST}",
    f"/piani/{PLAN}/confronto?da=2022-02-01&da_noto=2022-03-01&a=2022-03-01&a_noto=2022-12-31",
    f"/piani/{PLAN}/confronto?da=2022-02-01&da_noto=2022-03-01&a=2022-12-31&a_noto=2022-12-31",
    *(f"/dati/{name}.{kind}?{PAST}" for name in DATASETS for kind in ("csv", "json")),
)
CHECKPOINT = re.compile(r"<dt>Checkpoint</dt>.*?</dd>|checkpoint=\d+")


class Citizen:
    """Somebody who has not signed in, on an installation that is open to the public."""

    def __init__(self, folder: Path) -> None:
        self.harness = ServiceHarness(folder / "archivio.sqlite")
        self.log = self.harness.service.log = Log(self.harness.store, folder / "signing.key")
        history.record(self.harness)
        settings = Settings(
            database=self.harness.store.location,
            keys=str(folder / "signing.key"),
            public=True,
            requests_per_minute=10**6,
        )
        app = create_app(settings, self.harness.on("2023-07-03").store)
        self.http = TestClient(app, base_url="http://localhost:8000", follow_redirects=False)

    def redact_everything(self) -> set[str]:
        """Redacts every text of the plan, of its administration and of the reviews; which they were."""
        words: set[str] = set()
        for of, stream in (
            ("plan", f"plan/{PLAN}"),
            ("administration", "administration/cciaa-prova"),
            ("review", f"review/{PLAN}"),
        ):
            with self.harness.store.reading() as reader:
                records = reader.records(stream)
                texts = reader.texts([digest for r in records for digest in (r.justification, r.note)], stream)
            words |= {text for text in texts.values() if text}
            for record in records:
                if any(texts.get(digest or "") for digest in (record.justification, record.note)):
                    command = RedactTexts.model_validate({"version": record.version, "of": of})
                    with suppress(AlreadyAnnulled):  # the words of another event of the same command
                        redact_texts(self.harness.service, PLAN, command, ORDER, self.harness.caller())
        return words


@pytest.fixture(scope="module")
def citizen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Citizen]:
    made = Citizen(tmp_path_factory.mktemp("passato"))
    yield made
    made.harness.store.close()


def test_what_is_kept_for_ever_never_changes_and_holds_no_words_that_may_go(citizen: Citizen) -> None:
    citizen.http.cookies.clear()
    before = {address: citizen.http.get(address) for address in ADDRESSES}
    assert {address: answer.status_code for address, answer in before.items() if answer.status_code != 200} == {}
    kept = {address for address, answer in before.items() if answer.headers["cache-control"] == FOR_EVER}
    for address, answer in before.items():
        assert answer.headers["etag"]
        assert answer.headers["cache-control"] == (FOR_EVER if address in kept else "no-cache"), address
    again = {address: citizen.http.get(address) for address in ADDRESSES}  # as they lie ready
    assert {a for a in ADDRESSES if again[a].headers["cache-control"] != before[a].headers["cache-control"]} == set()

    harness = citizen.harness
    citizen.log.checkpoint()
    words = citizen.redact_everything()
    harness.on("2023-09-20").revise(">= 60%", "2023-09-15", year=2023, justification="parole nuove")
    harness.measure(series="incasso", period="2023-H1", text="61%", data_as_at="2023-07-31")
    harness.load(
        administration={"id": "cciaa-terza", "name": "Camera Terza"},
        plan={"id": "terza-2022-2024", "title": "Piano della terza", "first_year": 2022, "last_year": 2024},
    )
    harness.on("2024-01-20")
    after = {address: citizen.http.get(address) for address in ADDRESSES}
    changed = {
        address
        for address in ADDRESSES
        if CHECKPOINT.sub("", before[address].text) != CHECKPOINT.sub("", after[address].text)
    }
    assert kept & changed == set()
    assert changed == set(ADDRESSES) - kept  # what is asked again had words to lose
    for address in changed:
        held = citizen.http.get(address, headers={"If-None-Match": before[address].headers["etag"]})
        assert (held.status_code, held.headers["etag"] != before[address].headers["etag"]) == (200, True), address
        if address.startswith("/piani/"):  # a file of data holds those of other plans too
            assert after[address].headers["cache-control"] == FOR_EVER, address
            assert not [text for text in words if text in after[address].text]
    assert len(kept) > 12


def test_what_depends_on_who_looks_or_on_now_is_not(citizen: Citizen) -> None:
    address = f"/piani/{PLAN}/punteggi"
    now = citizen.harness.now
    close = (now - timedelta(seconds=20)).isoformat().replace("+00:00", "Z")
    for query in (
        "",
        "as_of=2022-12-31",
        "known_at=2023-06-30",
        f"{PAST}&lingua=en",
        f"as_of=2022-12-31&known_at={close}",
    ):
        assert citizen.http.get(f"{address}?{query}", headers={"Cookie": ""}).headers["cache-control"] == "no-cache", (
            query
        )
    with_cookie = citizen.http.get(f"{address}?{PAST}", headers={"Cookie": "initinere-lingua=en"})
    assert with_cookie.headers["cache-control"] == "no-cache"
    assert citizen.http.get(f"/piani/{PLAN}/confronto?da=2022-02-01&da_noto=2022-03-01&a=2022-12-31").headers[
        "cache-control"
    ] == ("no-cache")
