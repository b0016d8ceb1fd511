"""The terms of one formula: the same phrase is the same term, whatever its year, and each has a readable id."""

import re
import unicodedata

from domain.formulas.diagnostics import Unparseable
from domain.formulas.model import MAX_TERMS, RESERVED, Expression, FormulaTerm, nodes
from domain.formulas.model import Term as TermNode
from domain.formulas.vocabulary import COUNT
from domain.patterns import regex

_LEADING_COUNT = regex(rf"^\s*{COUNT}\s*(?:di\s+)?")
_SMALL = frozenset(
    [
        "a",
        "ad",
        "ai",
        "al",
        "alla",
        "alle",
        "allo",
        "agli",
        "anche",
        "che",
        "con",
        "da",
        "dai",
        "dal",
        "dalla",
        "dalle",
        "dei",
        "del",
        "della",
        "delle",
        "dello",
        "degli",
        "di",
        "e",
        "ed",
        "gli",
        "i",
        "il",
        "in",
        "la",
        "le",
        "lo",
        "n",
        "nel",
        "nella",
        "nelle",
        "nei",
        "negli",
        "nell",
        "dell",
        "all",
        "dall",
        "sull",
        "l",
        "d",
        "o",
        "per",
        "su",
        "sul",
        "sulla",
        "sulle",
        "sui",
        "tra",
        "fra",
        "un",
        "una",
        "uno",
    ]
)
_LONGEST_ID = 48


class TermNames:
    """Gives each phrase its id, in the order in which the phrases are met."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}
        self._phrases: dict[str, str] = {}

    def id_of(self, written: str, plain: str) -> str:
        """The id of a phrase; `n.`, `N°` and `numero di` are one spelling."""
        key = " ".join(re.findall(r"\w+|[<>%]", _LEADING_COUNT.sub("numero ", plain)))
        if key not in self._ids:
            if len(self._ids) == MAX_TERMS:
                msg = f"la formula nomina più di {MAX_TERMS} dati"
                raise Unparseable(msg)
            name = _free(_slug(plain), self._phrases)
            self._ids[key] = name
            self._phrases[name] = written
        return self._ids[key]

    def known(self) -> frozenset[str]:
        """The ids given so far."""
        return frozenset(self._phrases)

    def terms(self, expression: Expression) -> tuple[FormulaTerm, ...]:
        """The terms that an expression uses, in reading order."""
        farthest: dict[str, int] = {}
        for node, _ in nodes(expression):
            if isinstance(node, TermNode):
                farthest[node.id] = max(farthest.get(node.id, 0), node.years_back)
        return tuple(
            FormulaTerm(id=name, phrase=self._phrases[name], years_back=back) for name, back in farthest.items()
        )


def _slug(plain: str) -> str:
    ascii_only = unicodedata.normalize("NFKD", _LEADING_COUNT.sub("", plain)).encode("ascii", "ignore").decode()
    slug = ""
    for word in re.findall(r"[a-z0-9]+", ascii_only.lower()):
        if word in _SMALL:
            continue
        if len(slug) + len(word) >= _LONGEST_ID:
            break
        slug = f"{slug}_{word}" if slug else word
    if not slug or not slug[0].isalpha() or slug in RESERVED:
        slug = f"dato_{slug}" if slug else "dato"
    return slug[:_LONGEST_ID]


def _free(name: str, taken: dict[str, str]) -> str:
    free, order = name, 1
    while free in taken:
        order += 1
        free = f"{name}_{order}"
    return free
