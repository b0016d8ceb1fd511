"""A request that does not say what came later is the very one that an older program digested in its receipts."""

from hashlib import sha256
from typing import Any

import pytest

from domain.documents.changes import ChangeFile
from domain.documents.difference import Decisions
from domain.documents.plan import PlanDocument
from domain.vocabulary import Frozen

ACT = {"body": "Giunta", "type": "delibera", "number": "1", "date": "2022-01-31"}
DOCUMENT = {
    "administration": {"id": "cciaa-prova", "name": "Camera di Prova"},
    "plan": {
        "id": "p",
        "title": "Piano",
        "first_year": 2022,
        "last_year": 2024,
        "years": {"2022": {"approved_on": "2022-01-31"}},
    },
    "act": ACT,
    "objectives": [{"id": "a1", "level": "operativo", "title": "Incassare"}],
    "indicators": [{"id": "incasso", "objective": "a1", "name": "Incasso"}],
}
CHANGES = {"plan": "p", "act": ACT, "changes": [{"verb": "withdraw_indicator", "object": "incasso"}]}
DIGESTS: list[tuple[type[Frozen], dict[str, Any], str]] = [
    (PlanDocument, DOCUMENT, "f310b4cbaffda555f70ce77151d71009e22406d5b7b1bd85e52b5314873eae3a"),
    (ChangeFile, CHANGES, "d395f046aa751eba081bb50e0d5583a8c70a2c507c52838d151b3e3e3cc66ae1"),
    (Decisions, {"answers": {"i": "new"}}, "a85f6fc31a05fd36aa0c2699328f100e25d1fb63d5d2edd8051ee5cb41d6bc02"),
]


@pytest.mark.parametrize(("kind", "request_", "digest"), DIGESTS)
def test_what_is_not_said_of_a_request_is_not_in_its_digest(
    kind: type[Frozen], request_: dict[str, Any], digest: str
) -> None:
    assert sha256(kind.model_validate(request_).model_dump_json().encode()).hexdigest() == digest


def test_what_is_said_is_in_it() -> None:
    act = ACT | {"date_confirmed": True}
    said = ChangeFile.model_validate(CHANGES | {"act": act, "retroactive": "d'urgenza"}).model_dump(mode="json")
    assert (said["act"]["date_confirmed"], said["retroactive"]) == (True, "d'urgenza")
