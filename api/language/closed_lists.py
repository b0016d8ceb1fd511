"""The closed lists of the product, each a code and the word that people say for it: read and printed by these words.

A list is known by its codes, so that one code may be said by another word in another list.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache

from api.language.labels import (
    CAUSES,
    DIRECTIONS,
    EVENT_NAMES,
    FEEDS,
    KINDS,
    PLACE_FEEDS,
    POLARITIES,
    POLARITY_BASES,
    PROPOSAL_STATUSES,
    SUBJECTS,
    VARIANTS,
)
from api.language.system_rules import RULE_PARTS, RULE_VALUES
from domain.access.roles import ROLE_WORDS
from domain.annulments.events import REASON_WORDS
from domain.benchmarks.events import BENCHMARK_NAMES
from domain.deviations.events import ACTION_OUTCOMES, ACTION_STATES, DEVIATION_CAUSES
from domain.measurements.events import FINALITY_WORDS, STATUS_WORDS
from domain.oiv.events import JUDGEMENT_WORDS
from domain.oiv.lacking import LACK_WORDS
from domain.patterns import regex
from domain.spelling import folded, nearest_word
from projections.roles import ACCOUNT, ROLES

UNKNOWN_POLARITY = {"unknown": "non si sa"}
RECORDS = {
    "plan": "il piano",
    "administration": "il registro dell'ente",
    "review": "gli atti dell'OIV",
    "proposals": "le proposte",
}
"""The records of an administration in which words may be redacted."""
BASES = {"in_force": "in vigore", "ex_ante": "ex ante"}
"""What a score is counted against: the plan as it is in force, or as it was approved."""
PARTS_OF_A_FILE = {
    "objectives": "obiettivi",
    "trees": "altri alberi",
    "indicators": "indicatori",
    "places": "assegnazioni",
    "targets": "target",
}
"""The parts of a workbook, by its sheets."""
SUCCESSIONS = {"merger": "accorpamento", "split": "scorporo"}
IMPORT_STATES = {
    "working": "in lettura",
    "ready": "pronto",
    "confirmed": "confermato",
    "proposed": "proposto",
    "failed": "non riuscito",
}

CLOSED_LISTS: tuple[Mapping[str, str], ...] = (
    {str(code): word for code, word in PROPOSAL_STATUSES.items()},
    CAUSES,
    {str(code): word for code, word in DEVIATION_CAUSES.items()},
    {str(code): word for code, word in ACTION_STATES.items()},
    BENCHMARK_NAMES,
    {str(code): word for code, word in ACTION_OUTCOMES.items()},
    KINDS,
    {str(code): word for code, word in POLARITIES.items()} | UNKNOWN_POLARITY,
    {str(code): word for code, word in FINALITY_WORDS.items()},
    STATUS_WORDS,
    {str(code): word for code, word in JUDGEMENT_WORDS.items()},
    {str(code): word for code, word in PLACE_FEEDS.items()},
    {str(code): word for code, word in FEEDS.items()},
    {str(code): word for code, word in VARIANTS.items()},
    {str(code): word for code, word in REASON_WORDS.items()},
    {str(code): word for code, word in ROLE_WORDS.items()},
    {str(code): word for code, word in LACK_WORDS.items()},
    DIRECTIONS,
    RECORDS,
    SUBJECTS,
    BASES,
    POLARITY_BASES,
    SUCCESSIONS,
    IMPORT_STATES,
    PARTS_OF_A_FILE,
    *RULE_VALUES.values(),
    *RULE_PARTS.values(),
    ROLES | {ACCOUNT: "utenza"},
    EVENT_NAMES,
)
MEANT: Mapping[str, tuple[str, ...]] = {
    "correction": ("rettifica",),
    "reclassification": ("riclassificazione",),
    "up": (
        "crescente",
        "a crescere",
        "in crescita",
        "crescita",
        "in aumento",
        "ad aumentare",
        "aumento",
        "diretta",
        "maggiore è meglio",
        "↑",
        "⬆",
        "▲",
    ),
    "down": (
        "decrescente",
        "a decrescere",
        "in calo",
        "calo",
        "in diminuzione",
        "a diminuire",
        "diminuzione",
        "in riduzione",
        "riduzione",
        "inversa",
        "minore è meglio",
        "↓",
        "⬇",
        "▼",
    ),
    "plan": ("piano",),
    "administration": ("ente", "registro dell'ente"),
    "review": ("oiv",),
    "proposals": ("proposte",),
    "conditional": ("condizionato", "con osservazioni", "con rilievi"),
    "contrary": ("negativo", "sfavorevole", "non favorevole", "unfavourable", "unfavorable"),
    "favourable": ("positivo",),
}
"""Other words by which offices say a code, beside the one by which it is shown."""
FIRST_MATCH, LONGEST = 0.6, 80
"""How alike, from 0 to 1, a text is to the word that is suggested for it; characters of it that are compared."""


@cache
def code_words(codes: tuple[str, ...]) -> Mapping[str, str]:
    """The words of the codes of a closed list; a code without one, as `xlsx`, is said as it is."""
    words = next((each for each in CLOSED_LISTS if set(codes) <= each.keys()), {})
    return {code: words.get(code, code) for code in codes}


def code_of(text: str, codes: tuple[str, ...]) -> str | None:
    """The code, of some, that a text says: by its word, by another one for it, or by itself; None for none of them."""
    return _spoken(codes).get(_plain(text))


def near_word(text: str, codes: tuple[str, ...]) -> str | None:
    """The word, of some codes, that a text nearly says; None where none is near, or where it turns one round."""
    spoken = _spoken(codes)
    near = nearest_word(_plain(text[:LONGEST]), spoken, FIRST_MATCH)
    return None if near is None else code_words(codes)[spoken[near]]


@cache
def _spoken(codes: tuple[str, ...]) -> Mapping[str, str]:
    others = {_plain(word): code for code in codes for word in MEANT.get(code, ())}
    return (
        others
        | {_plain(word): code for code, word in code_words(codes).items()}
        | {_plain(code): code for code in codes}
    )


def _plain(text: str) -> str:
    return folded(text) or text.strip().casefold()


def listed_words(codes: Sequence[str]) -> str:
    """The words of some codes as a sentence lists them: fattori esterni, norme oppure altro."""
    *first, last = code_words(tuple(codes)).values()
    return f"{', '.join(first)} oppure {last}" if first else last


_CODES = regex(r"'[^']+'(?:, '[^']+')*(?: oppure '[^']+')?")


def accepted_in_words(accepted: str) -> str:
    """What is accepted, as a rule says it: where it lists the codes of a closed list, their words."""
    if _CODES.fullmatch(accepted) is None:
        return accepted
    codes = tuple(re.findall(r"'([^']+)'", accepted))
    return accepted if all(code == word for code, word in code_words(codes).items()) else listed_words(codes)
