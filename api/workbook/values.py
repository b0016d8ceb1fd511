"""Turns a cell into the value of its column, or says what was found and what is accepted.

Values are those of the plan document in JSON: numbers as decimal strings, dates in ISO, words of the closed lists in
English. What an empty cell means is the caller's business.
"""

import json
import re
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal

from api.formats.json_reader import parse_json
from api.language.closed_lists import FIRST_MATCH, code_of
from api.language.labels import feeds_words
from api.workbook.cells import Broken, CellValue, FormattedCell, Money, PercentCell, Rich, plain_decimal
from api.workbook.format import Choices, Column, PlanSheetEntry
from domain.errors import Malformed
from domain.italian import print_date, print_number, read_date, read_number
from domain.periods import read_period
from domain.spelling import folded, nearest_word
from domain.vocabulary import LONGEST_LINE, JsonValue

_END_OF_DAY = time(23, 59)


class CellProblem(ValueError):
    """A cell that does not hold what its column takes."""

    def __init__(self, found: str, accepted: str) -> None:
        super().__init__(found)
        self.found = found
        self.accepted = accepted


def is_empty(cell: CellValue | None) -> bool:
    """Whether a cell holds nothing that a reader could see."""
    if isinstance(cell, Rich):
        return not cell.kept and not cell.struck
    return cell is None or (isinstance(cell, str) and not cell.strip())


def value_of(cell: CellValue, column: Column | PlanSheetEntry) -> JsonValue:
    """The value of a cell that is not empty; CellProblem when it is none for its column."""
    if isinstance(cell, Broken):
        raise CellProblem(f"la cella contiene {cell.what}", "un valore")
    if isinstance(cell, FormattedCell) and column.kind in _OF_NUMBERS:
        cell = _stored(cell)
    match column.kind:
        case "weight":
            return str(_points(cell))
        case "figure":
            return str(_figure(cell))
        case "year":
            return _year(cell)
        case "ordinal":
            return _whole(cell, 1, 10_000)
        case "date":
            return _date(cell)
        case "piece":
            return _text(cell)
        case "yes_no":
            return cell if isinstance(cell, bool) else _chosen(cell, column.choices) == "true"
        case "feeds":
            return _text(cell)
        case "choice":
            return _chosen(cell, column.choices)
        case "id":
            return _id(cell)
        case "list":
            return list(_items(_text(cell)))
        case "years":
            return [_year(item) for item in _items(_text(cell))]
        case "map":
            return dict(_pairs(_text(cell)))
        case "json":
            return _json(cell)
        case "code":
            return _code(cell)
        case "period":
            return _period(cell)
        case _:
            return _line(_text(cell))


_OF_NUMBERS = frozenset({"weight", "figure", "year", "ordinal", "date"})


def _stored(cell: FormattedCell) -> CellValue:
    """The number, or the date, of a cell whose format adds to it, where both say the same; CellProblem where they do not."""
    value = cell.value
    if isinstance(value, date):
        same = print_date(value) in cell.text
    else:
        number = (
            value if isinstance(value, Decimal) else value.points if isinstance(value, PercentCell) else value.value
        )
        digits = re.findall(r"-?[0-9]+(?:,[0-9]+)?", cell.text)
        said = read_number(digits[0]) if len(digits) == 1 else None
        exponent = said.as_tuple().exponent if said is not None else 0
        places = Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)
        same = (
            said is not None
            and number.quantize(places, ROUND_HALF_UP) == said
            and not re.search(r"[<>≤≥=~]", cell.text)
        )
    if not same:
        raise CellProblem(
            f"la cella mostra {cell.text[:40]!r} e contiene {cell_text(value)}", "un valore che si veda com'è"
        )
    return value


def _text(cell: CellValue) -> str:
    return cell_text(cell).strip()


def _line(text: str) -> str:
    if len(text) > LONGEST_LINE:
        raise CellProblem("il testo è troppo lungo", f"al più {LONGEST_LINE} caratteri")
    return text


def cell_text(cell: CellValue) -> str:
    """The text that people see in a cell, as an office would type it."""
    match cell:
        case str():
            return cell
        case bool():
            return "Sì" if cell else "No"
        case Decimal():
            return _number(cell)
        case PercentCell():
            return f"{_number(cell.points)}%"
        case Money():
            return f"{_number(cell.value)} €"
        case datetime() if cell.time() >= _END_OF_DAY:
            return print_date(cell.date())
        case datetime():
            return f"{print_date(cell.date())} {cell:%H:%M}"
        case date():
            return print_date(cell)
        case Rich():
            return cell.kept
        case FormattedCell():
            return cell.text
        case _:
            return ""


def _number(number: Decimal) -> str:
    # Four digits and more are grouped only by people; a decimal comma is what the readers of texts take.
    return print_number(plain_decimal(number), grouped=False)


def _points(cell: CellValue) -> Decimal:
    accepted = "un numero di punti: 40, 33,33 oppure 40%"
    if isinstance(cell, PercentCell):
        number: Decimal | None = cell.points
    elif isinstance(cell, Decimal):
        number = cell
    else:
        number = decimal_in(_text(cell).removesuffix("%").strip())
    if number is None or number < 0 or number > 10**9:
        raise CellProblem(f"{cell_text(cell)[:40]!r} non è un peso", accepted)
    return number


def _figure(cell: CellValue) -> Decimal:
    number: Decimal | None
    match cell:
        case PercentCell():
            number = cell.points
        case Money():
            number = cell.value
        case Decimal():
            number = cell
        case _:
            number = decimal_in(_text(cell).removesuffix("%").removesuffix("€").strip())
    if number is None:
        raise CellProblem(f"{cell_text(cell)[:40]!r} non è un numero", "un numero, per esempio 1234,5")
    return number


def decimal_in(text: str) -> Decimal | None:
    """The number that a text writes, in Italian (`1.234,5`) or as programs do (`1234.5`), with its own digits."""
    number = read_number(text)
    if number is None and re.fullmatch(r"[+-]?[0-9]{1,24}(\.[0-9]{1,20})?", text):
        number = Decimal(text)
    return number


def _year(cell: CellValue) -> int:
    return _whole(cell, 1990, 2200, "un anno di quattro cifre, per esempio 2024")


def _whole(cell: CellValue, low: int, high: int, accepted: str = "") -> int:
    number = cell if isinstance(cell, Decimal) else None
    if isinstance(cell, str) and re.fullmatch(r"\s*[0-9]{1,9}\s*", cell):
        number = Decimal(cell.strip())
    if number is None or number != int(number) or not low <= number <= high:
        raise CellProblem(f"{cell_text(cell)[:40]!r} non va bene", accepted or f"un numero intero da {low} a {high}")
    return int(number)


def _period(cell: CellValue) -> str:
    """A period as people write it, in the words of the document; any other text as it is."""
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    text = _text(cell)
    return read_period(text) or _line(text)


def _date(cell: CellValue) -> str:
    if isinstance(cell, datetime):
        cell = cell.date()
    day = cell if isinstance(cell, date) else read_date(_text(cell)) if isinstance(cell, str) else None
    if day is None:
        raise CellProblem(f"{cell_text(cell)[:40]!r} non è una data", "GG/MM/AAAA, per esempio 30/09/2022")
    return day.isoformat()


def _chosen(cell: CellValue, choices: Choices) -> str:
    entered = folded(cell_text(cell))
    words = [word for word, _ in choices]
    own = next((code for word, code in choices if folded(word) == entered), None)
    code = own or code_of(cell_text(cell), tuple(code for _, code in choices))
    if code is not None:
        return code
    near = nearest_word(entered, [folded(word) for word in words], FIRST_MATCH)
    hint = f" (forse {next(w for w in words if folded(w) == near)}?)" if near else ""
    raise CellProblem(f"{cell_text(cell)[:40]!r} non è fra le scelte{hint}", ", ".join(words))


def _id(cell: CellValue) -> str:
    text = _text(cell)
    if re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,119}", text):
        return text
    raise CellProblem(
        f"{text[:40]!r} non è un identificativo",
        "lettere minuscole, cifre, punto, trattino, trattino basso, al più 120; o la cella vuota",
    )


def _code(cell: CellValue) -> str:
    if isinstance(cell, date):
        problem = f"la cella è una data ({cell_text(cell)}): forse un codice come 1.2 che il foglio ha cambiato"
        raise CellProblem(problem, "il codice come testo (formato Testo, o un apostrofo davanti)")
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    return _line(_text(cell))


def _items(text: str) -> list[str]:
    if text.startswith("["):
        try:
            listed = json.loads(text)
        except ValueError:
            listed = None
        if isinstance(listed, list) and all(isinstance(item, str) for item in listed):
            return listed
    return [item.strip() for item in re.split(r"[\n;]", text) if item.strip()]


def _pairs(text: str) -> list[tuple[str, str]]:
    if text.startswith("{"):
        try:
            fields = json.loads(text)
        except ValueError:
            fields = None
        if isinstance(fields, dict) and all(isinstance(value, str) for value in fields.values()):
            return list(fields.items())
    pairs: list[tuple[str, str]] = []
    for line in re.split(r"[\n;]", text):
        if not line.strip():
            continue
        key, sign, value = line.partition(":")
        if not sign or not key.strip():
            raise CellProblem(
                f"{line.strip()[:60]!r} non ha la forma chiave: valore", "una voce per riga, chiave: valore"
            )
        pairs.append((key.strip(), value.strip()))
    return pairs


def _json(cell: CellValue) -> JsonValue:
    try:
        return parse_json(_text(cell).encode())
    except (Malformed, UnicodeEncodeError):
        raise CellProblem(
            f"{cell_text(cell)[:40]!r} non è JSON", "ciò che ha scritto il programma, o la cella vuota"
        ) from None


# The other way round: how a value is written in a cell, so that it is read back as it was.


def cell_of(value: object, column: Column | PlanSheetEntry) -> str | date:
    """What is written in the cell of a column for a value of the document; empty for none."""
    if value is None or value in ("", [], {}):
        return ""
    match column.kind:
        case "yes_no":
            return "sì" if value else "no"
        case "feeds":
            return feeds_words(value)
        case "choice":
            return next((word for word, code in column.choices if code == value), str(value))
        case "list" | "years":
            items = [str(item) for item in value] if isinstance(value, list) else [str(value)]
            return _list_text(items)
        case "map":
            return _map_text(value if isinstance(value, dict) else {})
        case "json":
            return json.dumps(value, ensure_ascii=False)
        case "date":
            return date.fromisoformat(str(value))
        case "weight" | "figure":
            return _exact(str(value))
        case _:
            return str(value)


def _exact(text: str) -> str:
    """A number with every digit that it has: as an Italian writes it where that is read back as the same."""
    spelt = text.replace(".", ",")
    number = decimal_in(spelt)
    return spelt if number is not None and str(number) == text else text


def _list_text(items: list[str]) -> str:
    text = "\n".join(items)
    return text if _items(text) == items else json.dumps(items, ensure_ascii=False)


def _map_text(pairs: dict[str, JsonValue]) -> str:
    text = "\n".join(f"{key}: {value}" for key, value in pairs.items())
    try:
        reads_back = _pairs(text) == [(key, str(value)) for key, value in pairs.items()]
    except CellProblem:
        reads_back = False
    return text if reads_back else json.dumps(pairs, ensure_ascii=False)
