"""The readable page of the pack: one HTML file that loads nothing, runs nothing, and prints well."""

import base64
import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from importlib.resources import files

from markupsafe import Markup

from api.language.labels import CAUSES, DIRECTIONS, EVENTS_CITED, FATES, KINDS, LIVES, VARIANTS
from api.language.translation import filled_in
from api.language.values import field_name, value_in_words
from api.settings import Language
from domain.deviations.events import ACTION_STATES, DEVIATION_CAUSES
from domain.facts import LIFE, MERGED_INTO
from domain.indicators.card import CARD_LABELS
from domain.objectives.fields import OBJECTIVE_LABELS
from domain.periods import period_words
from domain.point import ROME
from domain.proof.public_keys import Verifying
from domain.vocabulary import last_day
from projections.evidence_answer import WithAndWithout, YearEvidence
from projections.flags import Cited
from projections.plan_in_force import PlanInForce
from projections.proof.checkpoints import Checkpoint

SEVERITIES = {"low": "basso", "medium": "medio", "high": "alto"}


def report_page(report: YearEvidence, document: PlanInForce, checkpoint: Checkpoint, keys: Sequence[Verifying]) -> str:
    """The page of a report; everything in it is escaped, and its policy lets only its own style in."""
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 - no start of the service waits for it

    titles = {
        row["id"]: " ".join(filter(None, (row["code"], row["title"]))) or row["id"] for row in document["objectives"]
    }
    source = files("api.proof")
    style = source.joinpath("style.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {
        "refs": references,
        "day": _day,
        "said": said,
        "kind": lambda name: KINDS.get(name, name),
        "direction": lambda name: DIRECTIONS.get(name, name) if name else "non ne ha una",
        "cause": lambda name: CAUSES.get(name, name) if name else "non detta",
        "severity": lambda name: SEVERITIES[name],
        "period": period_words,
        "last_day": lambda period: _day(last_day(period)),
        "deviation_cause": lambda name: DEVIATION_CAUSES[name],
        "action_state": lambda name: ACTION_STATES[name],
        "effect": _effect,
        "percent": _percent,
        "counted": lambda rate: (
            "; ".join(titles.get(objective, objective) for objective in rate["objectives"]) or "nessuno"
        ),
        "instant": _instant,
        "objective": lambda objective: titles.get(objective, objective),
        "fate": lambda name: FATES[name],
        "field": lambda name: OBJECTIVE_LABELS.get(name) or CARD_LABELS.get(name, name),
    }
    template = environment.from_string(source.joinpath("report.html").read_text(encoding="utf-8"))
    return template.render(
        report=report,
        shown=document,
        checkpoint=checkpoint,
        keys=keys,
        variants=VARIANTS,
        refers={row["indicator"]: row["reference"] for row in report["scores"]["indicators"] if row["reference"]},
        style=Markup(style),  # noqa: S704 - our own file
        style_hash=f"sha256-{digest}",
    )


def references(events: Sequence[Cited], language: Language = "it") -> str:
    """The events that a statement rests on, by stream; long runs are cut short by their ends."""
    by_stream: dict[str, list[int]] = {}
    for event in events:
        by_stream.setdefault(event["in"], []).append(event["version"])
    runs_by_stream = []
    for stream, versions in by_stream.items():
        words = EVENTS_CITED[stream]["one" if len(versions) == 1 else "several"]
        runs_by_stream.append(filled_in(words, language, versions=runs(versions)))
    return "; ".join(runs_by_stream)


def runs(versions: Sequence[int]) -> str:
    """Numbers with consecutive ones drawn together: 3, 5-9, 12."""
    spans: list[list[int]] = []
    for version in sorted(set(versions)):
        if spans and version == spans[-1][1] + 1:
            spans[-1][1] = version
        else:
            spans.append([version, version])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)


def said(value: object) -> str:
    """A value in words: the text of a target, the parts of a card, or nothing."""
    match value:
        case None:
            return "nessuno"
        case {"text": text}:
            return str(text)
        case dict():
            return "; ".join(
                f"{field_name(name)}: {value_in_words(part, name)}"
                for name, part in value.items()
                if name != LIFE and part not in (None, [], {})
            )
        case list():
            return ", ".join(map(said, value))
        case True:
            return "sì"
        case False:
            return "no"
        case str() if value in LIVES or value.startswith(MERGED_INTO):
            return value_in_words(value, LIFE)
        case _:
            return str(value)


def _instant(text: str) -> str:
    """An instant in Rome, to the minute."""
    return f"{datetime.fromisoformat(text).astimezone(ROME):%d/%m/%Y %H:%M}"


def _day(value: object) -> str:
    return f"{date.fromisoformat(str(value)):%d/%m/%Y}"


def _percent(value: object) -> str:
    return "—" if value is None else f"{str(value).replace('.', ',')} %"


def _effect(effect: WithAndWithout | None) -> str:
    if effect is None:
        return "non calcolato: non conta nel tasso"
    if effect["with"] == effect["without"]:
        return f"nessuno ({_percent(effect['with'])})"
    return f"da {_percent(effect['without'])} senza questa variazione a {_percent(effect['with'])} con essa"
