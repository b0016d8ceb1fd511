"""Reads the phrase by which an office cites an act: "delibera di Giunta n. 9 del 30/09/2022".

A citation is taken apart from what is certain (what was confirmed, the protocol, the object, the day, the number) to what
is left: the words that say its kind and its body. What then is left over means that the phrase says more than one act, and
it is refused: a citation is never half read.
"""

import re
import unicodedata
from datetime import date
from typing import NamedTuple

from domain.acts.abbreviations import ABBREVIATIONS, AMBIGUOUS, LAWS, initials
from domain.acts.bodies import ADJECTIVES, NOUNS, canonical_body, is_known_body, without_prepositions
from domain.acts.dates import dates_in, says_number
from domain.acts.model import Act, ActType
from domain.errors import Malformed, Problem
from domain.italian import MONTHS
from domain.number_words import number_word_at
from domain.patterns import regex
from domain.spelling import tidy

EXAMPLE = "delibera di Giunta n. 9 del 30/09/2022"
_LONGEST = 400

_TYPES: dict[str, ActType] = {
    **dict.fromkeys(("delibera", "deliberazione", "deliberazioni", "delib", "deliber", "del", "dlb"), "delibera"),
    **dict.fromkeys(("determina", "determinazione", "determ", "det", "dtm"), "determina"),
    **dict.fromkeys(("decreto", "decr"), "decreto"),
    **dict.fromkeys(("ordinanza", "ord"), "ordinanza"),
}
_SHORTENED = frozenset({"del", "det", "ord", "dlb", "dtm"})
"""Kinds that only a full stop tells from other words."""
_GENERIC = frozenset({"atto", "provvedimento", "seduta", "disposizione"})
_USUAL_TYPE: dict[str, ActType] = {
    "Giunta": "delibera",
    "Consiglio": "delibera",
    "Consiglio di amministrazione": "delibera",
    "Segretario Generale": "determina",
}

_CONFIRMATIONS = regex(
    r"\s*\((?:(?P<assumed>(?:data )?(?:presunta|assunta))|(?P<dated>(?:data )?confermata)|(?P<body>organo confermato)"
    r"|(?P<other>(?:è )?(?:un )?(?:altro|nuovo) atto|atto (?:nuovo|diverso))|(?P<same>(?:è )?(?:lo )?stesso atto))\)\s*$",
    re.IGNORECASE,
)
_AS_AMENDED = regex(
    r"[\s,]*\(?\s*(?:e\s+)?(?:s(?:s)?\.?\s?m(?:m)?\.?(?:\s?(?:e\s?)?i(?:i)?)?\.?|succ(?:\.|essive)\s+mod(?:\.|ific\w*)?"
    r"(?:\s+(?:ed?|o)\s+int(?:\.|egr\w*)?)?|successive\s+(?:modific\w+|integrazioni))\s*\)?$",
    re.IGNORECASE,
)
_IN_FORCE = regex(
    r"[\s,;-]*\(?(?:immediatamente\s+(?:eseguibile|esecutiv[ao])|i\.\s?e\.|esecutiv[ao](?:\s+ai\s+sensi\s+di\s+legge)?)\)?$",
    re.IGNORECASE,
)
_OBJECT = regex(
    r"[\s,;:-]*\(?(?:(?:avente|con|ad|ad\s+avente)\s+(?:(?:ad|per|come)\s+)?oggetto|oggetto|recante|ad\s+oggetto)\s*:?\s*(?P<title>.+?)\)?$"
    r"|[\s,;:-]+(?P<quoted>[\"«“].+[\"»”])$|\s*[-:]\s+(?P<begun>[^\W\d_]+(?:zione|sione|mento|ifica)\s.+)$",
    re.IGNORECASE,
)
_SHA256 = regex(r"[\s,;(]*\bsha-?256\s*:?\s*(?P<digest>[0-9a-f]{64})\)?", re.IGNORECASE)
_PROTOCOL = regex(
    r"[\s,;(-]*(?<!\w)prot(?:ocollo|\.)?\s*(?:gen(?:erale|\.)?\s*)?(?:n(?:r|um)?[.°]*\s*)?:?\s*(?P<number>[\w./-]*[0-9][\w/-]*(?:\.[\w/-]+)*)\)?",
    re.IGNORECASE,
)
_INTRODUCTION = regex(
    r"^(?:(?:giusta|vist[oaie]|richiamat[oaie]|con|come\s+da|di\s+cui\s+al(?:la)?|secondo)\s+"
    r"|(?:approvat|adottat|modificat|rimodulat|aggiornat|dispost|previst)[oaie]\s+(?:con|da|dal|dalla|dall')\s*)+(?:la\s+|il\s+|l'\s?)?(?=\S)",
    re.IGNORECASE,
)
"""How a sentence leads to the act that it cites: `giusta DGC`, `approvato con delibera`."""
_REGISTER = r"(?:(?<![\w.])r\.\s?g\.|reg(?:istro|\.)?\s*gen(?:erale|\.)?)"
_ALSO_REGISTERED = regex(
    rf"[\s,;(-]*(?<!\w){_REGISTER}\s*(?:n(?:r|um)?[.°]*\s*)?(?P<number>[0-9]+(?:\s?/\s?[0-9]+)?)(?![\w/])\)?",
    re.IGNORECASE,
)
_AT_ONCE = regex(r"(?<=[0-9])\s?/\s?i\.\s?e\.?(?!\w)", re.IGNORECASE)
_WITHOUT_YEAR = regex(
    rf"(?<![\w/.-])(?:[0-9]{{1,2}}\s?[/.-]\s?[0-9]{{1,2}}(?![/.-]?[0-9])|[0-9]{{1,2}}°?\s+(?:{'|'.join(MONTHS)})(?!\w))(?!\s*(?:del\s+|dell'anno\s+)?'?[0-9])",
    re.IGNORECASE,
)
_IN_LETTERS = regex(r"(?P<figures>[0-9]+)\s*\((?P<letters>[a-zàèéìòù]+)\)", re.IGNORECASE)
_OTHER_KIND = regex(r"^(?:verbale|ordine\s+di\s+servizio)(?!\w)\s*", re.IGNORECASE)
"""What is an act of a body and none of the kinds that have a name."""
_UNITS = frozenset(
    ["settore", "servizio", "area", "ufficio", "direzione", "dipartimento", "struttura", "unità", "segreteria"]
)
_HEADS = frozenset(["Dirigente", "Direttore"])
_NUMERAL = r"(?:[IVXLC]+\s*[/-]\s*)?[0-9]+(?:\s?/\s?[0-9A-Za-z]+|-[0-9A-Za-z]+|\.[0-9]+|[A-Za-z]{1,3}(?![\w.]))*(?:\s?[/-]?\s?(?:bis|ter|quater|quinquies|sexies)(?!\w))?"
_NUMBER = regex(
    rf"(?<!\w)(?:(?:rep(?:ertorio|\.)|{_REGISTER})\s*(?=[0-9])|(?:(?:rep(?:ertorio|\.)?\s*|reg(?:istro|\.)?\s*(?:gen(?:erale|\.)?\s*)?|(?<![\w.])r\.\s*g\.\s*))?(?:n(?:\s?\.?\s?ro|r|um|umero)?\s*[.°]*|°)\s*)(?P<number>{_NUMERAL})(?![\w/])",
    re.IGNORECASE,
)
_BARE_NUMBER = regex(rf"(?<=\s)(?P<number>{_NUMERAL})(?=\s*,?\s*(?:del\b|dell'|in data\b|di data\b|$))", re.IGNORECASE)
_BEFORE_DAY = regex(
    r"(?:(?:[\s,-]|(?<!\w))(?:e\s+)?(?:(?:adottat|assunt|approvat|emanat|emess|pres|firmat|sottoscritt)[aoi](?!\w)|seduta|datat[ao]|in\s+data|di\s+data"
    r"|data|del\s+giorno|il\s+giorno|giorno|addì|di|del|dell'|il|nella|della|d\.?\s?d\.|(?:lun|mart|mercol|giov|ven)e?r?dì|sabato|domenica))*[\s,-]*$",
    re.IGNORECASE,
)
_ARTICLES = r"(?:(?:di|della|del|dello|dal|dalla|dei|degli|delle|da)\b|d(?:e|a)ll'|d')"
_INTRODUCED = regex(rf"^(?P<article>{_ARTICLES})\s*", re.IGNORECASE)
_SAID_BESIDE = regex(
    r"(?<!\w)(?:(?:in via )?d(?:'|i )urgenza|a contrarre|contingibile e urgente|contingibile|urgente|(?:adottat|assunt|approvat|emanat|emess)[aoi](?= d)|(?:assunt[oa]\s+)?con (?:i )?poteri (?:della giunta|del consiglio)(?: camerale| comunale| provinciale)?)(?!\w)",
    re.IGNORECASE,
)
"""What is said of how an act was adopted, which tells nothing of which act it is."""
_SEVERAL = regex(r"(?<!\w)(?:nn\.?|delibere|determine|decreti|ordinanze)(?!\w)", re.IGNORECASE)


_A_NAME = regex(r"[^\W\d_][\w'’.,&/ -]*")
_NO_NAME = regex(r"(?<!\w)(?:n|nr|num)\s*[.°]|(?<!\w)numero(?!\w)|[0-9]{4}", re.IGNORECASE)
"""What stands in no name of a body: a number that was not read, a year."""


_QUOTES = frozenset("\"«»“”'")
_RUN_ON = regex(
    r"(?<!\w)(del|in data|datata|n\.\s?[0-9]{1,5} del)(?=[0-9])|(?<!\w)(del\.|delib\.|det\.)(?=[a-z])", re.IGNORECASE
)
_RANGE = regex(r"[0-9]+-[0-9]{1,3}")
_ABBREVIATED = regex(r"\((?:[A-Z]\.?){2,5}\)")


class Citation(NamedTuple):
    """What a phrase says of an act: `day` is None where only the year is there, `body` where none is."""

    type: ActType
    body: str | None
    number: str | None
    day: date | None
    title: str | None = None
    protocol: str | None = None
    sha256: str | None = None
    confirmed: frozenset[str] = frozenset()


class _Unreadable(Exception):
    """Why a phrase is no citation; `accepted` in Italian."""

    def __init__(self, why: str, accepted: str = f'"{EXAMPLE}"') -> None:
        super().__init__(why)
        self.accepted = accepted


def slug(text: str, limit: int = 60) -> str:
    """A readable id made of a text: lower-case ASCII words joined by dashes, at most `limit` characters."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "-", plain.casefold()).strip("-")
    return words[:limit].strip("-") or "senza-nome"


def act_id(body: str | None, type_: str, number: str | None, day: str) -> str:
    """The id of an act: what it is, its number and its date."""
    return slug("-".join(filter(None, (type_, body, number, day))), 100)


def read_act(phrase: str, where: str = "act") -> Act:
    """The act that a phrase cites; Malformed when the phrase, whole, is not one act with its kind and its day."""
    citation = read_citation(phrase, where)
    if citation.day is None:
        year = f" e l'anno ({citation.number.rpartition('/')[2]})" if citation.number and "/" in citation.number else ""
        found = f"l'atto {phrase[:120]!r} dice il numero{year}, non il giorno"
        raise Malformed([Problem(where=where, found=found, accepted=f'la data dell\'atto: "{EXAMPLE}"')])
    return act_cited(citation, citation.day)


def act_cited(citation: Citation, day: date) -> Act:
    """The act of a citation that says its day."""
    return Act(
        id=act_id(without_prepositions(citation.body or ""), citation.type, citation.number, day.isoformat()),
        body=citation.body,
        type=citation.type,
        number=citation.number,
        date=day,
        title=citation.title,
        protocol=citation.protocol,
        sha256=citation.sha256,
        assumed="assumed" in citation.confirmed,
        date_confirmed="dated" in citation.confirmed,
        body_confirmed="body" in citation.confirmed,
        other_confirmed="other" in citation.confirmed,
        same_confirmed="same" in citation.confirmed,
    )


def read_citation(phrase: str, where: str = "act") -> Citation:
    """What a phrase says of one act; Malformed for anything else, with what is not clear."""
    try:
        spelt = " ".join(tidy(unicodedata.normalize("NFC", phrase)).split())
        spelt = spelt[1:-1] if spelt[:1] in _QUOTES and spelt[-1:] in _QUOTES and len(spelt) > 1 else spelt
        return _read(_RUN_ON.sub(r"\g<0> ", spelt))
    except _Unreadable as wrong:
        cited = f"«{phrase[:120]}»"
        found = f"l'atto {cited} {wrong}" if str(wrong) else f"l'atto {cited} non si legge"
        raise Malformed([Problem(where=where, found=found, accepted=wrong.accepted)]) from None


def _read(text: str) -> Citation:
    if len(text) > _LONGEST:
        raise _Unreadable("è troppo lungo per una citazione")
    confirmed: set[str] = set()
    while match := _CONFIRMATIONS.search(text):
        confirmed |= {name for name, words in match.groupdict().items() if words}
        text = text[: match.start()]
    text, digest = _taken(text, _SHA256, "digest")
    text, title = _object(_INTRODUCTION.sub("", text.strip(" ;")))
    text = _IN_LETTERS.sub(_said_twice, _AT_ONCE.sub("", _without_formulas(text)))
    text, protocol = _protocol(text)
    text, registered = _also_registered(text)
    protocol = protocol or registered
    before, day, after = _day(text)
    head, number, rest = _number(before, after)
    if number is None and day is None:
        raise _Unreadable("" if not LAWS.match(head.casefold()) else "cita una norma, non un atto dell'ente")
    if day is None and _WITHOUT_YEAR.search(before):
        raise _Unreadable("dice il giorno senza l'anno", f'la data per intero: "{EXAMPLE}"')
    type_, body = _kind_and_body(head, rest)
    if day is None and (number is None or not re.search(r"[/-](?:19|20)[0-9]{2}$|^(?:19|20)[0-9]{2}/", number)):
        raise _Unreadable("non dice la data")
    return Citation(type_, body, number, day, title, protocol, digest, frozenset(confirmed))


def _taken(text: str, pattern: re.Pattern[str], name: str) -> tuple[str, str | None]:
    match = pattern.search(text)
    if match is None:
        return text, None
    return (text[: match.start()] + text[match.end() :]).strip(), match[name].casefold()


def _object(text: str) -> tuple[str, str | None]:
    match = _OBJECT.search(text)
    if match is None or not dates_in(text[: match.start()]):
        return text, None
    title = (match["title"] or match["quoted"] or match["begun"]).strip(" \"«»“”'.;")
    return text[: match.start()], title or None


def _without_formulas(text: str) -> str:
    earlier = ""
    while text != earlier:
        earlier = text
        text = _IN_FORCE.sub("", _AS_AMENDED.sub("", text)).strip(" ,;")
        text = text.rstrip(".") if not re.search(r"(?:^|[\s.])\w\.$", text) else text
    return text


def _protocol(text: str) -> tuple[str, str | None]:
    """The protocol number; its own day with it, where the act has another."""
    match = _PROTOCOL.search(text)
    if match is None:
        return text, None
    before, after = text[: match.start()], text[match.end() :]
    own = re.match(r"\s*,?\s*(?:del|dell'|in data)\s*(?=[0-9])", after)
    days = dates_in(after)
    if own and days and days[0][0] <= own.end() and (dates_in(before) or len(days) > 1):
        start, end, _ = days[0]
        return f"{before}{after[end:].lstrip(')')}".strip(" ,;("), f"{match['number']} del {after[start:end]}"
    return f"{before} {after}".strip(" ,;("), match["number"]


def _said_twice(match: re.Match[str]) -> str:
    """A number in figures, that stands in letters beside them."""
    word = number_word_at(match["letters"], 0)
    if word is None or word[1] != len(match["letters"]):
        return match[0]
    if word[0] != int(match["figures"]):
        raise _Unreadable(f"dice due numeri: {match[0]}", f'un numero solo: "{EXAMPLE}"')
    return match["figures"]


def _also_registered(text: str) -> tuple[str, str | None]:
    """The number of the general register beside the number of the act, kept as its protocol is."""
    match = _ALSO_REGISTERED.search(text)
    if match is None:
        return text, None
    rest = f"{text[: match.start()]} {text[match.end() :]}".strip(" ,;(")
    return (rest, f"R.G. {match['number']}") if _NUMBER.search(rest) else (text, None)


def _day(text: str) -> tuple[str, date | None, str]:
    """What stands before the day, the day, what stands after it."""
    days = dates_in(text)
    if not days:
        return text, None, ""
    if len(days) > 1:
        raise _Unreadable("dice più di una data", f'un atto solo, con la sua data: "{EXAMPLE}"')
    start, end, day = days[0]
    if day is None:
        raise _Unreadable(f"ha una data che non esiste ({text[start:end]})", f'una data del calendario: "{EXAMPLE}"')
    before = text[:start]
    opened = before.rstrip().endswith("(") and text[end:].lstrip().startswith(")")
    before, after = (before.rstrip()[:-1], text[end:].lstrip()[1:]) if opened else (before, text[end:])
    cut = _BEFORE_DAY.search(before)
    return before[: cut.start()] if cut else before, day, after


def _number(before: str, after: str) -> tuple[str, str | None, str]:
    """The words that say the kind, the number, and what is said beside: between number and day, and after them."""
    numbers = [*_NUMBER.finditer(before)] or [*_BARE_NUMBER.finditer(before)][:1]
    numbers_after = [*_NUMBER.finditer(after)]
    if len(numbers) + len(numbers_after) > 1:
        raise _Unreadable("dice più di un numero", f'un atto solo: "{EXAMPLE}"')
    if numbers:
        match = numbers[0]
        return before[: match.start()], _spelt(match["number"]), f"{before[match.end() :]} {after}"
    if numbers_after:
        match = numbers_after[0]
        return before, _spelt(match["number"]), f"{after[: match.start()]} {after[match.end() :]}"
    return before, None, after


def _spelt(number: str) -> str:
    words = re.sub(r"\s*/\s*", "/", number.strip())
    if _RANGE.fullmatch(words):
        raise _Unreadable("dice più di un numero", f'un atto solo: "{EXAMPLE}"')
    ordinal = re.search(r"[\s/-]*((?:bis|ter|quater|quinquies|sexies))$", words, re.IGNORECASE)
    return f"{words[: ordinal.start()]}-{ordinal[1].casefold()}" if ordinal else words


def _kind_and_body(head: str, rest: str) -> tuple[ActType, str | None]:
    head = _ABBREVIATED.sub(" ", head)
    head, rest = (_SAID_BESIDE.sub(" ", words).strip(" ,;:-()") for words in (head, rest))
    if _SEVERAL.search(head):
        raise _Unreadable("dice più atti", f'un atto solo: "{EXAMPLE}"')
    if LAWS.match(head.casefold()):
        raise _Unreadable("cita una norma, non un atto dell'ente")
    shortened = initials(head)
    if shortened in AMBIGUOUS:
        raise _Unreadable(
            f"è abbreviato: {AMBIGUOUS[shortened]}?",
            'l\'atto per esteso: "determinazione dirigenziale n. 5 del 30/09/2022"',
        )
    if shortened in ABBREVIATIONS and not rest:
        return ABBREVIATIONS[shortened]
    if shortened in ABBREVIATIONS:
        raise _Unreadable(f"dice altro accanto al numero: «{rest[:60]}»", f'una citazione sola: "{EXAMPLE}"')
    other_kind = _OTHER_KIND.match(head)
    types, words = _types_in(head[other_kind.end() :] if other_kind else head)
    types_beside, rest = _types_in(rest)
    types |= types_beside
    if len(types) > 1:
        raise _Unreadable("dice più di un tipo di atto", f'un atto solo: "{EXAMPLE}"')
    body = _body(words, rest)
    if other_kind is not None:
        if body is None or types:
            raise _Unreadable("non dice l'organo", f'l\'organo con "di" o "del": "{EXAMPLE}"')
        return "altro", body
    if types:
        return next(iter(types)), body
    if body is None:
        raise _Unreadable("non dice l'organo")
    if not words or is_known_body(body):
        return _USUAL_TYPE.get(body, "altro"), body
    return "altro", body


def _types_in(head: str) -> tuple[set[ActType], str]:
    """The kinds that the words say, and the other words."""
    types: set[ActType] = set()
    left: list[str] = []
    for word in head.replace(",", " ").replace("(", " ").replace(")", " ").split():
        plain = word.casefold().rstrip(".:")
        if plain in _TYPES and (plain not in _SHORTENED or word.endswith(".")):
            types.add(_TYPES[plain])
        else:
            left.append(word)
    return types, " ".join(left)


def _body(words: str, rest: str) -> str | None:
    """The body, from the words beside the kind or from those after the number; None where neither says it."""
    first, *others = words.split() or [""]
    if first.casefold() in _GENERIC:
        words = " ".join(others)
    said = [name for name in (_named(words), _named(rest, beside=True)) if name is not None]
    if len(said) > 1 and canonical_body(said[0]) in _HEADS and said[1].casefold().split()[0] in _UNITS:
        return f"{canonical_body(said[0])} {rest.strip(' ,;-')}"  # determinazione dirigenziale ... del Settore Tributi
    if len({canonical_body(name) for name in said}) > 1:
        raise _Unreadable("dice più di un organo", f'un organo solo: "{EXAMPLE}"')
    return canonical_body(said[0]) if said else None


def _named(words: str, *, beside: bool = False) -> str | None:
    """The body that some words name; None where they say none. What is neither is too much."""
    words = words.strip(" ,;-")
    introduced = _INTRODUCED.match(words)
    name = words[introduced.end() :].strip() if introduced else words
    if not name or (name.casefold() in ADJECTIVES and not introduced):
        return None
    if not _A_NAME.fullmatch(name) or _NO_NAME.search(name) or says_number(name):
        raise _Unreadable(f"non dice un organo in «{name[:60]}»", f'un atto solo, per intero: "{EXAMPLE}"')
    first = re.split(r"[\s']", name.casefold())[0]
    if is_known_body(name) or (first in NOUNS and not dates_in(name)):
        return name
    if introduced and not beside:
        return name
    if beside:
        raise _Unreadable(f"dice altro dopo il numero: «{name[:60]}»", f'una citazione sola: "{EXAMPLE}"')
    raise _Unreadable(f"non dice l'organo in parole note: «{name[:60]}»", f'l\'organo con "di" o "del": "{EXAMPLE}"')


def same_citation(citation: Citation, act: Act) -> bool:
    """Whether a citation that says no day is of an act: of the same kind, number and year, of the same body where it says one."""
    if citation.number is None:
        return False
    stand_in = act_cited(citation, act.date)
    year = re.search(r"(?:19|20)[0-9]{2}", citation.number)
    return (
        year is not None
        and year[0] == str(act.date.year)
        and stand_in.identity[1:3] == act.identity[1:3]
        and stand_in.identity[0] in {"", act.identity[0]}
    )
