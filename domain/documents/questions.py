"""What a document leaves open: questions, each with its possible answers, and what was answered."""

from collections.abc import Mapping, Sequence

from domain.documents.answers import NEW, Option, answer_meant, answers_offered, mark_of
from domain.errors import Refusal
from domain.objectives.levels import level_key, spelled_level
from domain.vocabulary import Frozen


class QuestionsOpen(Refusal):
    """A document with open questions is not recorded: each wants its answer."""

    name = "questions_open"
    title = "Domande senza risposta"


class OpenQuestion(Frozen):
    """Something that the document leaves open; `answer` is what was answered, if it was."""

    id: str
    where: str
    words: str
    options: tuple[Option, ...]
    answer: str | None = None

    @property
    def mark(self) -> str:
        """What is the same as long as the same is asked."""
        return mark_of(self.id, self.words, self.options)


class Asking:
    """The questions that come up, what was answered to them, and what is left alone without one."""

    def __init__(self, answers: Mapping[str, str]) -> None:
        self.answers = answers
        self.questions: list[OpenQuestion] = []
        self.ignored: list[str] = []

    def ask(self, id_: str, where: str, words: str, options: list[Option]) -> str | None:
        """The answer to a question, None while it is open; an answer that is no option is no answer."""
        given = self.answers.get(id_)
        answer = None if given is None else answer_meant(options, given)
        self.questions.append(OpenQuestion(id=id_, where=where, words=words, options=tuple(options), answer=answer))
        return answer


def refuse_open(questions: Sequence[OpenQuestion]) -> None:
    """Refuses what leaves a question open, with all that nobody has answered yet."""
    waiting = [question for question in questions if question.answer is None]
    if waiting:
        raise QuestionsOpen(
            f"{len(waiting)} domande aspettano una risposta",
            accepted="per ogni domanda una delle sue risposte",
            where="answers",
            listed=tuple(
                f"{number}. {question.where}: {question.words} [{answers_offered(question.options)}]"
                for number, question in enumerate(questions, 1)
                if question.answer is None
            ),
        )


def asked_level(level: str, levels: Sequence[str], where: str, asking: Asking) -> str | None:
    """The level of a plan that a name means, in the plan's spelling; one that is not there is asked about.

    None while that is open; the name as it is written, where it is said to be a new level.
    """
    spelled = spelled_level(level, levels)
    if spelled is not None:
        return spelled
    options = [Option(answer=there, words=f"è il livello {there!r}") for there in levels]
    options.append(Option(answer=NEW, words="è un livello nuovo"))
    words = f"il livello {level!r} non è fra quelli del piano ({', '.join(levels)})"
    id_ = f"level:{level_key(level)}"
    asked = next((question for question in asking.questions if question.id == id_), None)
    answer = asked.answer if asked is not None else asking.ask(id_, where, words, options)
    return level if answer == NEW else answer


__all__ = ["NEW", "Asking", "OpenQuestion", "Option", "QuestionsOpen", "asked_level", "refuse_open"]
