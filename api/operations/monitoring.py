"""Monitoring rounds: opened, followed, checked, closed."""

from api.commands.evaluation import close_round, open_round
from api.commands.handler import Outcome
from api.operations.model import Cli, Taken, command, question
from api.operations.requests import RoundClosing
from api.operations.schemas import Recorded
from domain.rounds.commands import CloseRound, OpenRound
from domain.rounds.decide import find_round
from projections.contradictions import Contradictions, contradictions
from projections.rounds import RoundList, RoundStatus, round_status, rounds
from projections.streams import find_plan


def close_named_round(taken: Taken, closing: RoundClosing) -> Outcome:
    """Closes a round that is named by its id, or by the date of its data."""
    with taken.service.store.reading() as reader:
        plan = find_plan(reader, taken.subject)
        named = find_round(reader.timelines(plan.stream), taken.part)
    command_ = CloseRound(round=named.id, closed_on=closing.closed_on, retrospective=closing.retrospective)
    return close_round(taken.service, taken.subject, command_, taken.caller)


ROUNDS = (
    question(
        "list_rounds",
        "Monitoraggi",
        "I monitoraggi di un piano, aperti e chiusi.",
        tag="monitoraggio",
        permission="read_plan",
        path="/plans/{plan}/rounds",
        cli=Cli(words="round status"),
        answer=RoundList,
        handler=lambda asked, _: rounds(asked.reader, asked.subject, asked.point),
    ),
    command(
        "open_round",
        "Apre un monitoraggio",
        "Apre un monitoraggio: di che data sono i dati, da chi si aspettano, entro quando.",
        tag="monitoraggio",
        permission="run_rounds",
        path="/plans/{plan}/rounds",
        cli=Cli(
            words="round open",
            options={
                "round": "id",
                "scope.offices": "office",
                "scope.levels": "level",
                "scope.objectives": "objective",
            },
        ),
        takes=OpenRound,
        answer=Recorded,
        handler=lambda taken, opening: open_round(taken.service, taken.subject, opening, taken.caller),
    ),
    question(
        "show_round",
        "Un monitoraggio",
        "Per ogni ufficio che cosa è dovuto, che cosa è arrivato e se in ritardo; i solleciti.",
        tag="monitoraggio",
        permission="read_plan",
        path="/plans/{plan}/rounds/{round}",
        cli=Cli(words="round status"),
        answer=RoundStatus,
        handler=lambda asked, _: round_status(asked.reader, asked.subject, asked.part, asked.point),
    ),
    command(
        "close_round",
        "Chiude un monitoraggio",
        "Chiude un monitoraggio: ciò che arriva dopo si registra, e dice di essere arrivato dopo.",
        tag="monitoraggio",
        permission="run_rounds",
        path="/plans/{plan}/rounds/{round}/closing",
        cli=Cli(words="round close"),
        takes=RoundClosing,
        answer=Recorded,
        handler=close_named_round,
    ),
    question(
        "list_contradictions",
        "Che cosa non torna",
        "Parole contro cifre, cifre senza valore, una frase sola per molti: segnalate, non giudicate.",
        tag="monitoraggio",
        permission="read_plan",
        path="/plans/{plan}/rounds/{round}/contradictions",
        cli=Cli(words="round check"),
        answer=Contradictions,
        handler=lambda asked, _: contradictions(asked.reader, asked.subject, asked.point, name=asked.part or None),
    ),
)
