"""What is asked of a target whose text may mean several things: which value holds; the same of a cell and of a change file."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from domain.documents.questions import Option
from domain.targets.splitting import doubted_values, has_unknown_note, says_withdrawn

AS_WRITTEN, WITHDRAW = "as_written", "withdraw"
_ONE, _ALL = ("1", "2", "3"), "all"


class Asks(Protocol):
    """Whoever asks a question, and has its answer: None while it is open."""

    def ask(self, id_: str, where: str, words: str, options: list[Option]) -> str | None:
        """The answer to a question."""
        ...


class Held(NamedTuple):
    """What holds of a text: its targets, None for none at all; `open` while that is asked, `unread` where it stays as written."""

    targets: tuple[str | None, ...]
    open: bool = False
    unread: bool = False


def what_holds(text: str, year: int, parts: Sequence[str], place: str, asks: Asks) -> Held:
    """What a text of a year holds, of which `parts` may each be a target; where nothing is doubted, the text itself."""
    if not parts:
        return _doubted(text, year, place, asks)
    options = [Option(answer=number, words=f"vale {part!r}") for number, part in zip(_ONE, parts, strict=False)]
    options.append(Option(answer=_ALL, words=f"valgono tutti e {len(parts)}, come target distinti"))
    options.append(Option(answer=AS_WRITTEN, words="resta com'è scritto, non letto"))
    words = f"più valori nella cella {text!r}: uno sostituisce l'altro, o valgono insieme?"
    match asks.ask(f"two_values:{place}", place, words, options):
        case None:
            return Held((text,), open=True)
        case "all":
            return Held(tuple(parts))
        case "as_written":
            return Held((text,), unread=True)
        case chosen:
            return Held((parts[int(chosen) - 1],))


def _doubted(text: str, year: int, place: str, asks: Asks) -> Held:
    """A text that says of itself that its value was changed, or is no longer asked for, or may say so: which holds is asked."""
    values, withdrawn, unknown = doubted_values(text, year), says_withdrawn(text, year), has_unknown_note(text, year)
    if not values and not withdrawn:
        return Held((text,))
    options = [Option(answer=number, words=f"vale {value!r}") for number, value in zip(_ONE, values, strict=False)]
    if withdrawn:
        options.insert(0, Option(answer=WITHDRAW, words="nessun target: non vale più"))
    if unknown:
        options.append(Option(answer=WITHDRAW, words="nessun target: non vale più"))
    options.append(Option(answer=AS_WRITTEN, words="resta com'è scritto, non letto"))
    changed = "il target è stato tolto o sospeso" if withdrawn else "il valore è stato cambiato"
    words = f"la cella {text!r} dice che {changed}: che cosa vale?"
    if unknown:
        words = f"la cella {text!r} ha una nota di cui non è certo se cambi il valore: che cosa vale?"
    match asks.ask(f"changed_cell:{place}", place, words, options):
        case None:
            return Held((text,), open=True)
        case "withdraw":
            return Held((None,))
        case "as_written":
            return Held((text,), unread=True)
        case chosen:
            return Held((values[int(chosen) - 1],))
