"""Events that the product never records, whatever is asked of it: somebody wrote them past its rules, to undo others unseen."""

from collections.abc import Iterator, Mapping
from typing import Any

from initinere_verify.trees import Failed

Body = Mapping[str, Any]
CLAIMS = {None, "correction", "reclassification"}
APPROVING = {"plan-approved", "year-approved"}
CLOSING = {"proposal-withdrawn", "proposal-rejected", "proposal-enacted"}
"""Topics after which nothing more becomes of a proposal."""


class Rules:
    """The rules that each event of one stream is held against, in the order of versions."""

    def __init__(self, stream: str) -> None:
        self._stream, self._role = stream, stream.partition("/")[0]
        self._annulments: dict[int, list[int]] = {}
        self._given: dict[tuple[Any, ...], list[tuple[str, int, Any]]] = {}

    def fault(self, event: Mapping[str, Any]) -> Failed | None:
        """The failure that an event is, None where the rules admit it."""
        try:
            problem = self._problem(event)
        except (KeyError, TypeError, AttributeError, ValueError):
            problem = ("un evento della forma del suo tipo", "un altro")
        if problem is None:
            return None
        where = f"{self._stream}, evento {event.get('version')} ({event.get('topic')})"
        return Failed("rule_broken", where, *problem)

    def _problem(self, event: Mapping[str, Any]) -> tuple[str, str] | None:
        topic, body = event["topic"], event["body"]
        if event.get("claim") not in CLAIMS:
            return "una rettifica, una riclassificazione, o nessuna pretesa", str(event["claim"])
        if topic == "events-annulled":
            if self._role not in {"plan", "administration"}:
                return "che gli atti dell'OIV non si annullino", "un annullamento"
            self._annulments[event["version"]] = list(body["versions"])
        if event.get("claim") == "correction":
            self._take(event, topic, body)
            return None
        problem = self._repeated(event, topic, body)
        self._take(event, topic, body)
        return problem

    def _repeated(self, event: Mapping[str, Any], topic: str, body: Body) -> tuple[str, str] | None:
        """What stands already, and can be changed by events of other kinds only."""
        if topic.startswith("proposal-"):
            return self._of_proposal(topic, body)
        if topic == "plan-drafted" and any(self._standing(("drafted",))):
            return "un piano aperto una volta", "un'altra apertura"
        if topic in APPROVING and any(self._standing(("approved", body["year"]))):
            return (
                f"l'approvazione del {body['year']} una volta, finché nessun atto la annulla",
                "un'altra approvazione",
            )
        if topic == "act-registered" and any(self._standing(("act", body["act"]["id"]))):
            return f"l'atto {body['act']['id']} registrato una volta", "un'altra registrazione"
        if topic == "measurement-recorded":
            last = self._last(("figure", body["series"], body["period"]), event)
            if last is not None and last.get("finality") == "final":
                return "che un valore definitivo si rettifichi", "un'altra misurazione"
        if topic == "target-reference-resolved":
            last = self._last(_target(body), event) or {}
            asked = {name: value for name, value in body["target"].items() if name != "value"}
            if last.get("form") != "reference" or last.get("value") is not None or last != asked:
                return "lo stesso target, col valore a cui rimanda", str(body["target"])
        return None

    def _of_proposal(self, topic: str, body: Body) -> tuple[str, str] | None:
        """A proposal is drafted once, closed once, and rejected or enacted as it was submitted last."""
        drafted, closed, submitted = (
            [value for _, _, value in self._given.get((of, body["proposal"]), [])]
            for of in ("proposed", "closed", "submitted")
        )
        if bool(drafted) is (topic == "proposal-drafted"):
            return "una proposta redatta una volta, e prima di ogni altro suo evento", topic
        if closed:
            return f"che di una proposta chiusa ({closed[-1]}) non avvenga altro", topic
        if topic in {"proposal-rejected", "proposal-enacted"} and submitted[-1:] != [body["submission"]]:
            return f"l'esito di ciò che fu presentato, {submitted[-1:] or 'nulla'}", f"di {body['submission']}"
        return None

    def _take(self, event: Mapping[str, Any], topic: str, body: Body) -> None:
        for key, value in _givings(topic, body, event["version"]):
            self._given.setdefault(key, []).append((event["effective_on"], event["version"], value))
        if topic == "approval-annulled":
            self._given.pop(("approved", body["year"]), None)

    def _standing(self, key: tuple[Any, ...]) -> Iterator[tuple[str, int, Any]]:
        given = self._given.get(key, [])
        left_out = self._left_out() if given else set()
        return (entry for entry in given if entry[1] not in left_out)

    def _last(self, key: tuple[Any, ...], event: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any JSON
        reached = [entry for entry in self._standing(key) if entry[0] <= event["effective_on"]]
        return max(reached, key=lambda entry: entry[:2])[2] if reached else None

    def _left_out(self) -> set[int]:
        left_out: set[int] = set()
        for version in sorted(self._annulments, reverse=True):
            if version not in left_out:
                left_out.update(self._annulments[version])
        return left_out


def _givings(topic: str, body: Body, version: int) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """What an event gives that the rules ask about later."""
    if topic == "proposal-drafted":
        yield ("proposed", body["proposal"]), True
    elif topic == "proposal-submitted":
        yield ("submitted", body["proposal"]), version
    elif topic == "proposal-amended":
        yield ("submitted", body["proposal"]), None
    elif topic in CLOSING:
        yield ("closed", body["proposal"]), topic
    if topic == "plan-drafted":
        yield ("drafted",), True
    elif topic in APPROVING:
        yield ("approved", body["year"]), True
    elif topic == "act-registered":
        yield ("act", body["act"]["id"]), True
    elif topic in {"measurement-recorded", "measurement-restated"}:
        yield ("figure", body["series"], body["period"]), body
    elif topic in {"target-set", "target-revised", "target-reference-resolved"}:
        yield _target(body), body["target"]


def _target(body: Body) -> tuple[Any, ...]:
    return "target", body["indicator"], body["year"], body.get("ordinal", 1)
