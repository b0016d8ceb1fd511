"""The templates of pages, in a language: where they lie, and how they write days, numbers and targets."""

from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache, partial
from typing import TYPE_CHECKING

from api.language.sentences import sentence_in, text_in
from api.language.translation import translated
from api.pages.glossary import GLOSSARY
from api.pages.static_files import static_address
from api.settings import Language
from domain.italian import print_signs
from domain.patterns import regex
from domain.periods import period_words
from domain.point import ROME, read_day
from domain.scoring.numbers import at_step, places_to_say

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = "templates"
NO_BREAK = "\u00a0"
NOTHING = "—"
_SIGN = regex(r"(?:https?://\S+)|([≥≤≠]|[<>=](?=\s*[-+]?\s?\d))\s*")
"""A sign and the blanks after it; or an address, none of whose signs is one."""
_CAPITAL, _SMALL = regex(r"[A-ZÀ-ÖØ-Þ]"), regex(r"[a-zß-öø-ÿ]")
MOSTLY_CAPITALS = 0.7
TENTH = Decimal("0.1")


@cache
def environment(language: Language) -> "Environment":
    """The templates in a language: its words, its days and numbers; a name that is not there is an error."""
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - no start of the service waits for it

    made = Environment(
        autoescape=True,
        loader=PackageLoader("api.pages", TEMPLATES),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def gettext(text: str) -> str:
        return translated(text, language)

    def ngettext(one: str, many: str, count: int) -> str:
        return translated(one if count == 1 else many, language)  # two forms, in both languages

    made.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]  # the extension adds it
    made.policies["ext.i18n.trimmed"] = True
    made.filters |= {
        "day": day_words,
        "long_day": partial(long_day, language=language),
        "instant": instant_words,
        "number": partial(number_words, language=language),
        "percent": partial(percent_words, language=language),
        "points": partial(points_words, language=language),
        "signs": printed_signs,
        "capitals": is_in_capitals,
        "period": partial(period_in_words, language=language),
        "static": static_address,
        "said": partial(sentence_in, language=language),
        "label": partial(label_words, language=language),
        "sentence": partial(whole_sentence, language=language),
        "translated": gettext,  # a text that is no literal: `_()` would take a percent sign in it for a place
        "ours": partial(text_in, language=language),
    }
    # A macro that many rows give the same few values: each is written once a page.
    made.globals |= {"language": language, "nothing": NOTHING, "glossary": GLOSSARY, "written_once": cache}
    return made


def day_words(written: str | date) -> str:
    """A day as Italians write it: 30/09/2022."""
    return f"{_read(written):%d/%m/%Y}"


def long_day(written: str | date, language: Language) -> str:
    """A day in words: 30 settembre 2022."""
    from babel.dates import format_date  # noqa: PLC0415 - as above

    words: str = format_date(_read(written), "d MMMM yyyy", locale=language)
    return words.replace("1 ", "1° ", 1) if language == "it" and words.startswith("1 ") else words


def instant_words(written: str | datetime) -> str:
    """An instant on the clocks of Rome: 03/10/2022 09:55."""
    read = datetime.fromisoformat(written) if isinstance(written, str) else written
    return f"{read.astimezone(ROME):%d/%m/%Y %H:%M}"


def exact_instant(instant: datetime) -> str:
    """The same, with its seconds where it has any: two of one minute are two."""
    seconds = f"{instant.astimezone(ROME):%S}"
    return instant_words(instant) + (f":{seconds}" if seconds != "00" else "")


def period_in_words(period: str, language: Language) -> str:
    """A period as people say it: secondo semestre 2022."""
    part, _, year = period_words(period).rpartition(" ")
    return f"{translated(part, language)} {year}" if part else period


@lru_cache(maxsize=4096)
def number_words(value: str | float | Decimal | None, language: Language) -> str:
    """A number with the signs of the language, at most six places; a dash where there is none."""
    if value is None:
        return NOTHING
    from babel.numbers import format_decimal  # noqa: PLC0415 - as above

    written: str = format_decimal(Decimal(str(value)), "#,##0.######", locale=language)
    return written


@lru_cache(maxsize=4096)
def percent_words(value: str | Decimal | None, places: int = 1, *, language: Language) -> str:
    """A percentage to a tenth: 98,8 %; to as much more as keeps it from saying 100 of what is less; a dash where there is none."""
    if value is None:
        return NOTHING
    from babel.numbers import format_decimal  # noqa: PLC0415 - as above

    exact = Decimal(str(value))
    places = places_to_say(exact, places)
    rounded = at_step(exact, Decimal(1).scaleb(-places), "half_up")
    shape = "#,##0" + ("." + "0" * places if places else "")
    return f"{format_decimal(rounded, shape, locale=language)}{NO_BREAK}%"


def points_words(value: str | Decimal | None, language: Language) -> str:
    """A difference of percentages, with its sign and as many decimals as they have: +0,4; a dash where there is none."""
    if value is None:
        return NOTHING
    from babel.numbers import format_decimal  # noqa: PLC0415 - as above

    exact = Decimal(str(value))
    places = places_to_say(exact, 1)
    shape = f"#,##0.{'0' * places}"
    rounded = at_step(exact, Decimal(1).scaleb(-places), "half_up")
    return f"{format_decimal(rounded, f'+{shape};-{shape}', locale=language)}"


def printed_signs(text: str | None) -> str:
    """A text with its comparisons as people print them, each kept with its number: ≥ 15%. Addresses stay as they are."""
    if not text:
        return NOTHING
    return _SIGN.sub(lambda found: f"{found[1]}{NO_BREAK}" if found[1] else found[0], print_signs(text))


def label_words(label: str, language: Language) -> str:
    """The label of a field in a language: that of its command, which begins small, before a heading that begins as it does."""
    own = label[:1].lower() + label[1:]
    words = translated(own, language)
    return words[:1].upper() + words[1:] if words != own else sentence_in(label, language)


def whole_sentence(words: str, language: Language) -> str:
    """What a rule says, as a sentence that stands alone: with a capital, its signs as people print them, and a full stop."""
    told = printed_signs(sentence_in(words, language))
    return told[:1].upper() + told[1:] + ("" if told.endswith((".", "?", "!")) else ".")


@lru_cache(maxsize=4096)
def is_in_capitals(text: str | None) -> bool:
    """Whether a title is written in capitals, and is to be set smaller; its text stays."""
    capitals, small = len(_CAPITAL.findall(text or "")), len(_SMALL.findall(text or ""))
    return capitals + small > 3 and capitals / (capitals + small) > MOSTLY_CAPITALS


def _read(written: str | date) -> date:
    return read_day(written) if isinstance(written, str) else written
