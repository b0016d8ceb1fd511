"""Events that the product never records, whatever is asked of it: somebody wrote them past its rules, to undo others unseen."""

from collections.abc import Iterator, Mapping
from typing import Any

from initinere_verify.trees import Failed, spelling

Body = Mapping[str, Any]
CLAIMS = {None, "correction", "reclassification"}
APPROVING = {"plan-approved", "year-approved"}
OF_THE_INSTALLATION = {"installation/accounts": "accounts", "installation/library": "library"}
"""The streams of the installation beside its first: who may do what, and its library of indicators."""
CLOSING = {"proposal-withdrawn", "proposal-rejected", "proposal-enacted"}
"""Topics after which nothing more becomes of a proposal."""
SAID_OF_A_REFERENCE = {"value", "unit", "period", "published_on", "source"}
GIVING_A_TARGET = {"target-set", "target-revised", "target-reference-resolved", "target-interpreted"}
OF_A_TARGET = {*GIVING_A_TARGET, "target-withdrawn"}
RECLASSIFYING = {
    *("objective-reclassified", "indicator-reclassified", "objective-moved"),
    *("tree-node-stated", "tree-node-withdrawn"),
}
OF_A_NODE = {"tree-node-stated", "tree-node-reweighted", "tree-node-withdrawn"}
OF_A_CARD = {"indicator-added", "indicator-redefined", "indicator-reclassified"}
MOST_CHAINED = 1000
"""How many annulments may leave out one another: the product takes far fewer, and each turns over all before it."""
HOMES: dict[str, set[str]] = {
    **{
        key: {"plan"}
        for key in (
            *("plan-drafted", "plan-approved", "year-approved", "year-closed", "approval-annulled", "closing-annulled"),
            *("plan-succeeded", "measurement-system-adopted", "status-reported", "formula-confirmed"),
            *("score-overridden", "round-opened", "round-closed", "objective-added", "objective-reworded"),
            *("deviation-explained", "corrective-action-planned", "corrective-action-rescheduled"),
            "corrective-action-ended",
            *("objective-moved", "objective-reweighted", "objective-reclassified", "objective-withdrawn"),
            *("objective-reinstated", "objective-merged", "objective-neutralised", "objective-condition-met"),
            *("objective-redefined", "objective-condition-failed", "plan-amended"),
            *("indicator-polarity-stated", "indicator-assigned", "indicator-unassigned", "indicator-reweighted"),
            "indicator-feeds-changed",
            *("indicator-withdrawn", "indicator-reinstated", *OF_A_TARGET, *OF_A_CARD),
            *sorted(OF_A_NODE),
        )
    },
    **{
        key: {"administration"}
        for key in (
            *("administration-registered", "administration-renamed", "administration-succeeded"),
            *("administration-system-adopted", "office-registered", "office-renamed", "office-closed"),
            *("act-registered", "act-completed", "layout-remembered", "measurement-recorded", "measurement-restated"),
            *("benchmark-published", "benchmark-restated"),
        )
    },
    **{
        key: {"review"}
        for key in (
            *("opinion-given", "remark-made", "request-made", "answer-given", "report-validated"),
            *("report-not-validated", "sample-drawn", "flag-answered"),
        )
    },
    **{key: {"diligence"} for key in ("document-opened", "pack-taken")},
    **{
        key: {"proposals"}
        for key in (
            *("proposal-drafted", "proposal-amended", "proposal-submitted", "proposal-commented"),
            *("proposal-opinion-asked", *sorted(CLOSING)),
        )
    },
    "separation-waived": {"proposals", "review"},
    # In the stream of the accounts, which no pack encloses.
    **{
        key: {"accounts"}
        for key in (
            *("account-opened", "account-suspended", "account-resumed", "person-erased", "role-given", "role-taken"),
            *("sessions-ended",),
            *("credential-added", "credential-removed", "token-issued", "token-revoked", "sign-in-refused"),
            *("webhook-subscribed", "webhook-ended", "webhook-secret-replaced", "webhook-redelivery-asked"),
            *("reminders-chosen",),
        )
    },
    **{key: {"library"} for key in ("library-entry-stated", "library-entry-withdrawn")},
    **{key: {"installation"} for key in ("signing-key-made", "signing-key-rotated", "signing-key-lost")},
    "events-annulled": {"plan", "administration"},
    "text-redacted": {"plan", "administration", "review", "diligence", "proposals"},
}
"""In which streams the events of each kind belong, by what the streams' names begin with."""


class Rules:
    """The rules that each event of one stream is held against, in the order of versions."""

    def __init__(self, stream: str) -> None:
        self._stream, self._role = stream, OF_THE_INSTALLATION.get(stream, stream.partition("/")[0])
        self._years: range | None = None
        self._indicators: set[str] = set()
        self._nodes: set[tuple[str, str]] = set()
        self._targets: dict[int, tuple[Any, ...]] = {}
        self._names: dict[int, list[int]] = {}
        self._chained: dict[int, int] = {}
        self._naming: dict[int, int] = {}
        self._left_out: set[int] = set()
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
        if self._role not in HOMES.get(topic, {self._role}):
            return f"un evento del flusso {self._role}", f"{topic}, di {' o '.join(sorted(HOMES[topic]))}"
        if (problem := self._misplaced(event, topic, body)) is not None:
            return problem
        if self._role == "plan" and (problem := self._claimed(event, topic, body)) is not None:
            return problem
        if topic == "events-annulled":
            self._annul(event["version"], body["versions"])
        if event.get("claim") == "correction":
            self._take(event, topic, body)
            return None
        problem = self._repeated(event, topic, body)
        self._take(event, topic, body)
        return problem

    def _misplaced(self, event: Mapping[str, Any], topic: str, body: Body) -> tuple[str, str] | None:
        """What speaks of what is not there: an event that comes later, a year or an indicator that the plan does not have."""
        annulled = body["versions"] if topic == "events-annulled" else []
        for version in (*annulled, *(event.get("restores") or ())):
            if type(version) is not int or not 0 < version < event["version"]:
                return f"la versione di un evento prima del {event['version']}", str(version)
        if topic == "events-annulled":
            chained = 1 + max((self._chained.get(version, 0) for version in annulled), default=0)
            if not annulled or chained > MOST_CHAINED:
                return f"eventi che si annullano, al più {MOST_CHAINED} volte l'uno l'altro", str(chained)
        if topic == "plan-drafted":
            self._years = range(body["first_year"], body["last_year"] + 1)
        elif topic == "plan-amended" and self._years is not None:  # a year that is gone may have had targets before
            first, last = body.get("first_year", self._years.start), body.get("last_year", self._years.stop - 1)
            self._years = range(min(first, self._years.start), max(last + 1, self._years.stop))
        elif topic == "indicator-added":
            self._indicators.add(body["indicator"])
        elif topic == "tree-node-stated":
            self._nodes.add((body["tree"], body["node"]))
        elif topic in OF_A_NODE and (body["tree"], body["node"]) not in self._nodes:
            return f"un nodo dell'albero {body['tree']}", str(body["node"])
        elif self._role == "plan" and body.get("indicator") is not None and body["indicator"] not in self._indicators:
            return "un indicatore del piano", str(body["indicator"])
        if topic in OF_A_TARGET and (self._years is None or body["year"] not in self._years):
            years = f"dal {self._years[0]} al {self._years[-1]}" if self._years else "del piano"
            return f"un anno {years}", str(body["year"])
        return None

    def _claimed(self, event: Mapping[str, Any], topic: str, body: Body) -> tuple[str, str] | None:
        """What claims to put right, or to reclassify, and does neither: its claim would take it out of the count."""
        if event.get("claim") == "reclassification" and topic not in RECLASSIFYING:
            return "la riclassificazione di un obiettivo o di un indicatore", topic
        if event.get("claim") == "correction" and topic != "events-annulled":
            restores = event.get("restores") or []
            if len(restores) != 1:
                return "la versione che una rettifica ripristina, una sola", str(restores)
            if topic in OF_A_TARGET and self._targets.get(restores[0]) != _target(body):
                return f"la rettifica dello stesso target dell'evento {restores[0]}", str(_target(body))
        if topic in OF_A_TARGET:
            self._targets[event["version"]] = _target(body)
        return None

    def _annul(self, version: int, versions: list[int]) -> None:
        """Takes an annulment in, at the cost of what it turns over: what it leaves out, and what that had left out."""
        self._names[version] = list(dict.fromkeys(versions))
        self._chained[version] = 1 + max(self._chained.get(named, 0) for named in versions)
        waiting = [(named, 1) for named in self._names[version]]
        while waiting:
            named, step = waiting.pop()
            self._naming[named] = self._naming.get(named, 0) + step
            if self._naming[named] == (1 if step == 1 else 0):
                (self._left_out.add if step == 1 else self._left_out.remove)(named)
                waiting += [(earlier, -step) for earlier in self._names.get(named, ())]

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
        if topic == "indicator-polarity-stated":
            standing = max(self._standing(("polarity", body["indicator"])), key=lambda entry: entry[:2], default=None)
            if standing is not None and standing[2] in {"up", "down"}:
                return f"il verso di {body['indicator']} non detto da altri: si sa già, ed è {standing[2]}", str(
                    body["polarity"]
                )
        if topic == "administration-system-adopted":
            last = self._last(("system", body["year"]), event)
            if last is not None and spelling(last) == spelling(body["system"]):
                return f"un sistema di misurazione {body['year']} diverso da quello in vigore", "lo stesso"
        if topic == "target-reference-resolved":
            last = self._last(_target(body), event) or {}
            asked = {name: value for name, value in body["target"].items() if name not in SAID_OF_A_REFERENCE}
            if last.get("form") != "reference" or last.get("value") is not None or last != asked:
                return "lo stesso target, col valore a cui rimanda", str(body["target"])
        if topic == "target-interpreted":
            last, target = self._last(_target(body), event) or {}, body["target"]
            unclear = last.get("form") == "unread" or last.get("meaning") is not None
            if not unclear or target.get("meaning") is None or last.get("text") != target["text"]:
                return "che cosa vuol dire un target che non si legge, con il suo testo", str(target)
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
        return (entry for entry in self._given.get(key, []) if entry[1] not in self._left_out)

    def _last(self, key: tuple[Any, ...], event: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any JSON
        reached = [entry for entry in self._standing(key) if entry[0] <= event["effective_on"]]
        return max(reached, key=lambda entry: entry[:2])[2] if reached else None


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
    elif topic == "indicator-polarity-stated":
        yield ("polarity", body["indicator"]), body["polarity"]
    elif topic in OF_A_CARD and "polarity" in body["card"]:
        yield ("polarity", body["indicator"]), body["card"]["polarity"]
    elif topic == "administration-system-adopted":
        yield ("system", body["year"]), body["system"]
    elif topic == "act-registered":
        yield ("act", body["act"]["id"]), True
    elif topic in {"measurement-recorded", "measurement-restated"}:
        yield ("figure", body["series"], body["period"]), body
    elif topic in GIVING_A_TARGET:
        yield _target(body), body["target"]


def _target(body: Body) -> tuple[Any, ...]:
    return "target", body["indicator"], body["year"], body.get("ordinal", 1)
