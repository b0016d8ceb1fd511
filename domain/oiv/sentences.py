"""How the acts of the OIV are said in Italian."""

from collections.abc import Callable
from typing import assert_never

from domain.oiv.events import (
    AnswerGiven,
    DocumentOpened,
    FlagAnswered,
    OivEvent,
    OpinionGiven,
    PackTaken,
    RemarkMade,
    ReportNotValidated,
    ReportValidated,
    RequestMade,
    SampleDrawn,
)

JUDGEMENTS = {"favourable": "favorevole", "conditional": "favorevole con osservazioni", "contrary": "contrario"}


def say(event: OivEvent, called: Callable[[str], str]) -> str:
    """The sentence of an act; `called` names an object of the plan by its key."""
    match event:
        case OpinionGiven():
            return f"Parere {JUDGEMENTS[event.judgement]} dell'OIV su {_about(event.about, event.versions, called)}"
        case RemarkMade():
            return f"Rilievo dell'OIV ({event.remark}) su {_about(event.about, event.versions, called)}"
        case RequestMade():
            due = f", entro il {event.due:%d/%m/%Y}" if event.due else ""
            return f"Richiesta dell'OIV ({event.request}) su {_about(event.about, event.versions, called)}{due}"
        case AnswerGiven():
            return f"Risposta dell'ufficio a {event.to}"
        case ReportValidated():
            return f"L'OIV ha validato la relazione {event.year}"
        case ReportNotValidated():
            return f"L'OIV non ha validato la relazione {event.year}"
        case SampleDrawn():
            return (
                f"Estratto a sorte un campione di {len(event.drawn)} misurazioni su {event.population} del {event.year}"
            )
        case FlagAnswered():
            return f"Risposta dell'ufficio alla segnalazione {event.flag}"
        case DocumentOpened():
            return f"L'OIV ha aperto {event.what}"
        case PackTaken():
            return f"Prelevato il fascicolo probatorio {event.year}, checkpoint {event.checkpoint}"
        case _:
            assert_never(event)


def _about(about: str, versions: tuple[int, ...], called: Callable[[str], str]) -> str:
    what = {"plan": "il piano", "report": "la relazione"}.get(about) or called(about)
    if about.startswith("proposal/"):
        what = f"la proposta {what}"
    return (
        f"{what}, {'evento' if len(versions) == 1 else 'eventi'} {', '.join(map(str, versions))}" if versions else what
    )
