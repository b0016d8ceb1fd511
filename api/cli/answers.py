"""The option by which questions are answered, wherever a command asks some."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import click

from api.cli.parameters import TextType
from domain.documents.questions import QuestionsOpen
from domain.vocabulary import JsonValue


def read_option_answer(text: str) -> JsonValue:
    """An answer with the number, or the place, of its question: `3=sì`."""
    number, sign, answer = text.partition("=")
    if not sign or not number.strip() or not answer.strip():
        raise ValueError(f"{text!r}: scrivere numero=risposta, per esempio 3=sì")
    return [number.strip(), answer.strip()]


def with_answers(content: Mapping[str, JsonValue], given: Sequence[tuple[str, str]]) -> dict[str, JsonValue]:
    """A document with the answers of the command line beside, or before, its own."""
    own = content.get("answers")
    if not given:
        return dict(content)
    return {**content, "answers": {**(own if isinstance(own, dict) else {}), **dict(given)}}


@contextmanager
def asked_by_option() -> Iterator[None]:
    """Within it, questions that are open are told with the option that answers them."""
    try:
        yield
    except QuestionsOpen as error:
        problem = error.problem
        accepted = f"{problem.accepted}, con --answer N=RISPOSTA"
        raise QuestionsOpen(problem.found, accepted=accepted, where="--answer", listed=error.listed) from None


ANSWER = click.Option(
    ["--answer"],
    type=TextType(read_option_answer),
    metavar="N=RISPOSTA",
    multiple=True,
    help="La risposta a una domanda, per numero o per posto: 3=sì, Target!C5=2.",
)
