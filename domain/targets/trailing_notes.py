"""What may stand after a value without changing it: a note in brackets, a footnote mark, a few free words.

A remark that could change the value (an alternative, a second condition, a multiplier, a direction) is `Unclear`.
"""

import re

from domain.italian import YEARS, Unclear, day_at, period_end_at
from domain.number_words import number_word_at
from domain.patterns import regex
from domain.targets.kinds_of_notes import require_understood
from domain.targets.model import DURATIONS, Unit
from domain.targets.quantities import past_article, quantity_at, unit_at
from domain.targets.values_in_force import ABOUT_THE_DATA, label_agrees, require_one_quantity, require_value_in_force


def _words(alternatives: str) -> re.Pattern[str]:
    return regex(rf"(?:{alternatives})(?![a-zà-öø-ÿ])", re.IGNORECASE)


_PUNCTUATION = regex(r"[\s.,;:-]*")
_FOOTNOTE = regex(r"\*+|[¹²³⁴⁵⁶⁷⁸⁹]+|\[[0-9a-z*]{1,3}\]")
_BRACKETS = regex(r"\((?:[^()]|\([^()]*\))*\)")
_FREE_WORDS = regex(r"[^(*]+")
_YEAR_LABEL = regex(
    r"(?:(?:target|obiettivo|valore\s+atteso)\s+)?(?:(?:nel|nell'|per\s+(?:il|l')|al|l')?\s*(?:anno\s+)?)(?P<year>(?:19|20)[0-9]{2})",
    re.IGNORECASE,
)
_YEARS_ONLY = regex(r"(?:19|20)[0-9]{2}(?:\s*[-/,e]\s*(?:19|20)?[0-9]{2})+|2[0-9]\s*[-/]\s*[23][0-9]")
_ANOTHER_COUNT = regex(r"[0-9][0-9.]*\s+(?!su\s)[a-zà-ÿ]{3}", re.IGNORECASE)
_SIGNED_FIGURE = regex(r"[+]\s?(?P<figure>[0-9][0-9.,]*)")

_DIRECTIONS = (
    r"min\.?|max\.?|minimo|massimo|almeno|oltre|in\s+su|in\s+giù|o\s+(?:più|meno)|e\s+(?:oltre|più)|circa|ca\.?"
)
_BARE_DIRECTION = regex(rf"(?:{_DIRECTIONS})", re.IGNORECASE)
_MULTIPLIER = regex(
    r"(?<![a-zà-ÿ])(?:mila|migliai[ao]|milion[ei]|miliard[oi]|mln|mld|mil|k|k€|m€|centina(?:ia|io)"
    r"|decin[ae]|dozzin[ae]|ventin[ae]|centesim[oi]|decim[oi]|millesim[oi]|coppi[ae]|pai[oa]|[x×*]\s*[0-9][0-9.]*)(?![a-zà-ÿ])",
    re.IGNORECASE,
)
_ALTERNATIVE = _words(r"o|od|oppure|ovvero|ex(?=\s*[0-9])|anziché|già|invece|non")
_VARIATION = _words(r"rispetto|in\s+(?:più|meno|aumento|diminuzione)|incremento|aumento|riduzione|diminuzione")
_COMPARED = regex(
    r"(?<![a-zà-ÿ])(?:in\s+(?:più|meno|aumento|diminuzione)|rispetto\s+(?:a|al|alla|all'|allo))(?![a-zà-ÿ])",
    re.IGNORECASE,
)
_ON_A_BASE = regex(
    r"(?:sul|sull'|sullo|sulla|su|vs\.?|dal|dall'|dallo|del|dell'|dello|della|di|degli|dei|delle)\s*(?:l'|lo\s+|il\s+|la\s+)?"
    r"(?:[0-9]|(?:anno|triennio|biennio|baseline|media|medio|valore|dato|risultato|consuntivo|livello|base\s+annua|target"
    r"|obiettivo|storic[oai]|quanto|quell[oaie]|realizzat[oaie]|previsto|programmato|atteso|precedente|preventivo)\b"
    r"|[^0-9()]*(?<![a-zà-ÿ])(?:precedent[ei]|scors[oaie]|passat[oaie]|storic[oaie]|(?:19|20)[0-9]{2})(?![a-zà-ÿ0-9]))",
    re.IGNORECASE,
)
_CHANGES_UPWARDS_OR_DOWNWARDS = regex(
    r"(?<![a-zà-ÿ])(?:increment[oi]|aument[oi]|riduzion[ei]|diminuzion[ei]|decrement[oi]|cal[oi]|crescit[ae]|contrazion[ei]"
    r"|flession[ei]|ribass[oi]|rialz[oi])(?![a-zà-ÿ])",
    re.IGNORECASE,
)
_OPENS_A_SAVING = regex(
    r"(?:(?:di|del|dei|in|come)\s+|d')?(?:risparmi[oa]?|economi[ae]|tagli[oa]?|abbattiment[oi]|miglioramento|peggioramento"
    r"|contenimento|innalzamento|abbassamento|accelerazione|dimezzamento|raddoppio|guadagno|recupero|rincaro|espansione"
    r"|ampliamento|potenziamento|minor[ei]?|maggior[ei]?|sconto|rialzo|ribasso)(?![a-zà-ÿ])",
    re.IGNORECASE,
)
_ADDED = regex(
    r"(?<![a-zà-ÿ])(?:ulterior[ei]|aggiuntiv[oaie]|supplementar[ei]|addizional[ei]|in\s+aggiunta|in\s+più|oltre\s+a)(?![a-zà-ÿ])"
    r"|^(?:altr[ieo]|extra|di\s+altr[ie])(?![a-zà-ÿ])",
    re.IGNORECASE,
)
_CONDITION = regex(
    r"(?<![a-zà-ÿ])(?:salv[oaie]|tranne|eccett[oaie]|purché|qualora|laddove|ove|(?:in|nel)\s+caso|in\s+alternativa"
    r"|alternativamente|a\s+condizione|condizionat[oaie]|subordinat[oaie]|subordinatamente|compatibilmente|previ[oa]"
    r"|tolleranz[ae]|(?:scarto|margine)\s+(?:di|del|massimo)|prorog[a-zà-ÿ]+|proroga|differit[oaie]|rinvi[a-zà-ÿ]*"
    r"|posticip[a-zà-ÿ]+|slitt[a-zà-ÿ]+|(?<!valuterà )(?<!valutare )(?<!verificare )se)(?![a-zà-ÿ])",
    re.IGNORECASE,
)
_OPENS_ANOTHER_IN_BRACKETS = _words(
    r"e|ed|ma|più|meno|né|se|fino|sino|prima|dopo|poi|volte|sopra|sotto|sì|si|no|metà|mezz[oa]|terz[oi]|quart[oi]"
    r"|maggior[ei]|minor[ei]|superior[ei]|inferior[ei]|al\s+massimo|a\s+partire|x"
)
_COMPARES = regex(r"[<>=≤≥±≠]")
_OPENS_A_REMARK = regex(r"[^\W_]|[+][0-9]|[*€\"'«]")
_UNIT_OF_IT = regex(r"(?:(?:valor[ei]|dat[oi]|espress[oaie])\s+)*(?:in\s+)?", re.IGNORECASE)
_WORKING = _words(r"lavorativ[oaie]|ferial[ei]|solar[ei]|festiv[oaie]")
_WHERE_WORDS_BEGIN = regex(r"(?<![\w/.,-])(?=\w)")
_OPENS_ANOTHER = _words(
    r"e|ed|o|od|oppure|ovvero|ma|più|meno|non|né|se|su|a|al|da|dal|tra|fra|fino|sino|entro|prima|dopo|poi|per|contro|x"
    r"|anziché|invece|ex|già|rispetto|volte|sopra|sotto|sì|si|no|metà|mezz[oa]|terz[oi]|quart[oi]|quint[oi]"
    r"|sest[oi]|settim[oi]|ottav[oi]|non[oi]|decim[oi]|doppi[oa]|tripl[oa]"
    rf"|maggior[ei]|minor[ei]|superior[ei]|inferior[ei]|{_DIRECTIONS}"
)
_JOINED_CONDITION = regex(
    r"(?:(?<![a-zà-ÿ])(?:e|ed|e/o|o|od|oppure|ovvero|ma|più|meno|nonché)(?![a-zà-ÿ])[^0-9]{0,60}[0-9]"
    r"|[;+&]\s*[0-9]|(?<![0-9])[,/-]\s*[0-9]|[<>=≤≥±≠]|(?<![a-zà-ÿ])(?:almeno|non\s+(?:meno|più|oltre)|max|massimo|minimo)(?![a-zà-ÿ]))",
    re.IGNORECASE,
)
_EACH = regex(
    r"(?<![a-zà-ÿ])(?:al\s+(?:giorno|mese)|all'\s?anno|alla\s+settimana|mensil[ei]|settimanal[ei]|giornalier[oaie]"
    r"|ogni|ciascun[oa]?|cadaun[oa]|pro\s?capite)(?![a-zà-ÿ])|per(?![a-zà-ÿ])",
    re.IGNORECASE,
)
_RATE = regex(
    r"(?<![a-zà-ÿ])(?:al\s+(?:giorno|mese|trimestre|semestre)|a\s+(?:settimana|testa|semestre|trimestre)|(?:all|l)'\s?anno"
    r"|per\s+(?:giorno|settimana|mese|bimestre|trimestre|quadrimestre|semestre|anno)|alla\s+settimana|mensil[ei]|settimanal[ei]|giornalier[oaie]|trimestral[ei]|semestral[ei]|ogni|ciascun[oa]?"
    r"|cadaun[oa]|pro\s?capite|per\s+ogni)(?![a-zà-ÿ])|/(?![0-9])",
    re.IGNORECASE,
)
_MEASURE = _words(
    r"metr[oi]|litr[oi]|tonnellat[ae]|chilometr[oi]|chilogramm[oi]|ettar[oi]|grad[oi]|dollar[oi]|megabyte|gigabyte"
    r"|megawatt|kilowatt|bimestr[ei]|trimestr[ei]|quadrimestr[ei]|semestr[ei]|lustr[oi]|decenni[o]?|lavorativ[oi]"
    r"|punt[oi]|base|percentual[ei]|virgola"
)
_UNPREPARED_NUMBER = regex(
    r"(?<!\ba )(?<!\bal )(?<!\bdi )(?<!\bda )(?<!\bin )(?<!\bnel )(?<!\bdel )(?<!\bper )(?<!\bart\. )(?<!\bn\. )"
    r"(?<!\bentro )(?<!\banno )(?<!\bil )(?<!\bfino a )(?<![0-9.,/])[0-9]"
)
_SHORTEST_NOUN = 4
_SHORT_NOUN = regex(r"[bcdfghlmnprstvwz]*[aeiou][a-z]*", re.IGNORECASE)
_ACRONYM = regex(r"(?!(?:I{1,3}|IV|VI{0,3}|IX|XI{0,3})$)(?:[A-Z]{2,8}|(?:[A-Z]\.){1,5}[A-Z])")
_SYMBOL = regex(
    r"kg|gr?|mg|hg|t|ton|km[q²]?|m[mq²]?|cm|dm|ha|lt?|ml|hl|dl|[kmgt]b|[kmg]bit|bit|[kmg]?wh?|mwh|kwh|kwp|hz|[kmg]hz|ppm|tep"
    r"|tco2|co2|min|sec|hh|gg|aa|ca|cca|cad|pag|pp|bp|bps|rpm|usd|gbp|chf|mil|mln|mld|mio|no|si|sì|ok|ko|na|nd|nc|nr|num|n"
    r"|max|med|tot|ex|circ?|anni|att|var|vol|art|all|cap|rif|vs|etc|ecc|e|o|q|qli|h|d|s|x|k",
    re.IGNORECASE,
)


def note_at(
    text: str,
    position: int,
    year: int | None,
    *,
    unit: Unit | None = None,
    counts: bool = False,
    no_value: bool = False,
    observed: bool = False,
) -> str | None:
    """Read the remark from a place to the end of the text, and give it as a note; None if there is none.

    `unit` is that of the value before it; `counts` says that the value is a plain number, after which free words can
    only be what it counts ("5 iniziative"); `no_value` that there is none ("n.d."); `observed` that it is no target, and what
    stands beside it an account of what was done. Unclear, with the place, when the remark could change the value.
    """
    notes: list[str] = []
    begin = position
    while (position := _past_punctuation(text, position)) < len(text):
        footnote = _FOOTNOTE.match(text, position)
        brackets = _BRACKETS.match(text, position)
        free = _FREE_WORDS.match(text, position)
        if footnote is not None and not (unit is None and footnote[0][1:-1].isdigit()):
            notes.append(footnote[0])
            position = footnote.end()
        elif brackets is not None:
            if not _is_label(brackets[0][1:-1].strip(), position, year) and brackets[0][1:-1].strip():
                if not no_value:
                    require_value_in_force(brackets[0][1:-1].strip(), position, year, apart=True)
                    require_one_quantity(brackets[0][1:-1].strip(), position, unit)
                _harmless_brackets(brackets[0][1:-1].strip(), position, year, unit=unit, counts=counts)
                _in_brackets_is_no_second_value(text, position, brackets[0][1:-1].strip(), unit=unit)
                if not no_value and not observed:
                    if counts and _ANOTHER_COUNT.match(brackets[0][1:-1].strip()):
                        raise Unclear("due quantità nella stessa cella: si accetta un target per volta", position)
                    require_understood(brackets[0][1:-1].strip(), position, apart=True)
                notes.append(brackets[0])
            position = brackets.end()
        elif free is not None and not free[0].startswith(")"):
            words = free[0].strip()
            if not _is_label(words, position, year):
                if not no_value:
                    require_value_in_force(words, position, year, apart=bool(text[begin:position].strip(" .")))
                    require_one_quantity(words, position, unit)
                _harmless_words(text, position, words, year, unit=unit, counts=counts)
                if not no_value and not observed:
                    apart = bool(text[begin:position].strip(" ."))
                    require_understood(words, position, apart=apart, counted=counts and not apart)
                notes.append(words)
            position = free.end()
        else:
            raise Unclear("una parentesi non è chiusa", position)
    return " ".join(notes) or None


def _past_punctuation(text: str, position: int) -> int:
    match = _PUNCTUATION.match(text, position)
    return match.end() if match else position


def _is_label(words: str, position: int, year: int | None) -> bool:
    label = _YEAR_LABEL.fullmatch(words)
    if label is None:
        return False
    label_agrees(label["year"], position, year)
    return True


def _harmless_brackets(inside: str, position: int, year: int | None, *, unit: Unit | None, counts: bool) -> None:
    if _BARE_DIRECTION.fullmatch(inside):
        raise Unclear(f"«{inside}» dice il verso: si accetta >= o <= davanti al numero", position)
    if _MULTIPLIER.search(inside):
        raise Unclear("il numero va scritto per esteso, per esempio 1.500.000", position)
    if _YEARS_ONLY.fullmatch(inside):
        raise Unclear("il valore è detto di più anni: si accetta un valore per anno", position)
    if _ALTERNATIVE.match(inside) or _VARIATION.match(inside) or _ON_A_BASE.match(inside):
        raise Unclear(
            f"«{inside}» può cambiare il valore: si accetta un solo valore, con una nota che lo spiega", position
        )
    if _OPENS_A_REMARK.match(inside) is None or _COMPARES.search(inside) or _OPENS_ANOTHER_IN_BRACKETS.match(inside):
        raise Unclear(
            f"«{inside}» può cambiare il valore: si accetta un solo valore, con una nota che lo spiega", position
        )
    _no_condition(inside, position, year, unit=unit)
    stated_unit, end = unit_at(inside, _end_of(_UNIT_OF_IT, inside))
    other_unit = stated_unit is not None and stated_unit != unit and not inside[end:].strip()
    if other_unit or _WORKING.match(inside) or (counts and _MEASURE.match(inside)):
        raise Unclear(
            f"«{inside}» può essere un'unità di misura: si accetta accanto al numero, tra quelle conosciute", position
        )
    if _EACH.match(inside) if not counts else _EACH.search(inside):
        raise Unclear("una quantità per tempo o per ciascuno va scritta con la sua unità: 5 al mese", position)


def _in_brackets_is_no_second_value(text: str, position: int, inside: str, *, unit: Unit | None) -> None:
    """Refuse `80% (85%)`; another unit (`0,21% (140)`) or a sign (`2.000 (+2.000)`) says something else."""
    signed = _SIGNED_FIGURE.fullmatch(inside)
    if signed is not None and not text[:position].rstrip().endswith(signed["figure"]):
        raise Unclear("può essere un'aggiunta al valore: si accetta il totale da raggiungere", position)
    other = quantity_at(inside, 0) if inside[0].isdigit() and not _YEAR_LABEL.match(inside) else None
    if other is None or other.end < len(inside) or other.unit != unit:
        return
    before = text[:position].rstrip()
    if not before.endswith(inside):
        raise Unclear("due valori nella stessa cella: non è certo se il secondo sostituisca il primo", position)


def _no_condition(words: str, position: int, year: int | None, *, unit: Unit | None) -> None:
    """Refuse what could bend the value wherever it stands in a remark: a condition, a variation, a second day."""
    words = words.replace("  ", " ")
    if _CONDITION.search(words):
        raise Unclear(
            "una condizione, una proroga o una tolleranza può cambiare il valore: si accetta un valore solo", position
        )
    if _CHANGES_UPWARDS_OR_DOWNWARDS.search(words) or _OPENS_A_SAVING.match(words):
        raise Unclear("può essere un livello o una variazione: si accetta 5%, oppure +5% sul 2021", position)
    if _ADDED.search(words):
        raise Unclear(
            "può essere un'aggiunta a ciò che c'è, non un livello: si accetta il totale da raggiungere", position
        )
    if ABOUT_THE_DATA.match(words):
        return
    dated = False
    for begins in _WHERE_WORDS_BEGIN.finditer(words):
        due = day_at(words, begins.start(), year or min(YEARS)) or period_end_at(
            words, begins.start(), year or min(YEARS)
        )
        if due is not None and (due[0].year, due[0].month, due[0].day) != (year or min(YEARS), 12, 31):
            raise Unclear("c'è una seconda data: si accetta un target per volta, o due giorni che si seguono", position)
        dated = dated or due is not None
    if unit != "%" and not dated and re.match(r"entro\b", words, re.IGNORECASE):
        raise Unclear("c'è un secondo termine: si accetta un target per volta", position)


def _end_of(pattern: re.Pattern[str], text: str) -> int:
    match = pattern.match(text)
    return match.end() if match else 0


def _harmless_words(text: str, position: int, words: str, year: int | None, *, unit: Unit | None, counts: bool) -> None:
    if words[0].isdigit() or (words[0] in "+<>=≤≥€" and len(words) > 1):
        raise Unclear(
            "due valori nella stessa cella: non è certo se il secondo sostituisca il primo o vi si aggiunga", position
        )
    if not words[0].isalpha():
        raise Unclear(f"«{words[:20]}» dopo il valore non è una nota: le note vanno tra parentesi", position)
    if _MULTIPLIER.search(words[:20]):
        raise Unclear("il numero va scritto per esteso, per esempio 1.500.000", position)
    if _VARIATION.match(words) or _ON_A_BASE.match(words) or _COMPARED.search(words):
        raise Unclear(
            "può essere un livello, una variazione o la parte di un altro valore: si accetta 5%, oppure +5% sul 2021",
            position,
        )
    if _RATE.search(words) if counts else _RATE.match(words):
        raise Unclear("una quantità per tempo o per ciascuno va scritta con la sua unità: 5 al mese", position)
    if _WORKING.match(words):
        raise Unclear("l'unità di misura non è tra quelle conosciute", position)
    if unit is not None and unit_at(text, position)[1] > position:
        raise Unclear("due unità di misura per un solo numero", position)
    if _opens_a_condition(text, position, year, unit=unit):
        raise Unclear(
            "una seconda condizione non si può tenere come nota: si accetta una sola condizione per target", position
        )
    if day_at(text, position, year or min(YEARS)) or period_end_at(text, position, year or min(YEARS)):
        raise Unclear("c'è una seconda data: si accetta un target per volta, o due giorni che si seguono", position)
    _no_condition(words, position, year, unit=unit)
    joined = _JOINED_CONDITION.search(words)
    if joined is not None:
        raise Unclear(
            "c'è una seconda condizione o un secondo valore: si accetta un target per volta", position + joined.start()
        )
    if counts:
        _is_what_is_counted(words, position)


def _opens_a_condition(text: str, position: int, year: int | None, *, unit: Unit | None) -> bool:
    """Whether the first word opens a second condition; a term for a share, or a start for a duration, does not."""
    opening = _OPENS_ANOTHER.match(text, position)
    if opening is None:
        return False
    after = past_article(text, opening.end())
    match opening[0].lower():
        case "da" | "dal":
            return unit not in DURATIONS
        case "entro" if unit == "%":
            day = day_at(text, after, year) or period_end_at(text, after, year)
            term = quantity_at(text, after) if day is None else None
            within_the_year = day is not None and year is not None and day[0].timetuple()[:3] == (year, 12, 31)
            return not within_the_year and (term is None or term.unit not in DURATIONS)
        case "si" | "per" | "in":
            return unit is None or quantity_at(text, after) is not None
        case _:
            return True


def _is_a_thing(word: str) -> bool:
    """Whether a word may name what is counted: a noun, or an acronym (`PA`, `FTE`); not a measure, nor an abbreviation."""
    if _MEASURE.match(word) or _SYMBOL.fullmatch(word):
        return False
    if word.isupper():
        return _ACRONYM.fullmatch(word) is not None
    return len(word) >= _SHORTEST_NOUN or (len(word) == _SHORTEST_NOUN - 1 and _SHORT_NOUN.fullmatch(word) is not None)


def _is_what_is_counted(words: str, position: int) -> None:
    first = re.split(r"[\s,;:'/]", words, maxsplit=1)[0].rstrip(".")
    in_letters = number_word_at(words, 0)
    if in_letters is not None and in_letters[0] > 1:
        raise Unclear("un numero in cifre e uno in lettere: si accetta 10 (dieci)", position)
    introduces = first.lower() in {"di", "del", "dei", "in", "con", "nel", "per"}
    if not introduces and not _is_a_thing(first):
        raise Unclear(f"l'unità di misura «{first}» non è tra quelle conosciute", position)
    other = _UNPREPARED_NUMBER.search(words)
    if other is not None:
        raise Unclear("c'è un secondo valore: si accetta un target per volta", position + other.start())
