"""The texts of the interface in another language than the Italian in which the code says them.

gettext's own catalogues, compiled from translations/LANGUAGE/LC_MESSAGES/initinere.po when the package is installed.
`python -m tests.api.language.catalogue` brings a catalogue up to date with the code.
"""

import gettext
import re
from functools import cache
from pathlib import Path
from typing import get_args

from api.settings import Language

LANGUAGES: tuple[Language, ...] = get_args(Language)

DOMAIN = "initinere"
BREAK = "\n\n"
WEIGHT = r"|0(\.\d{0,3})?|1(\.0{0,3})?"
TRANSLATIONS = Path(__file__).with_name("translations")


def translated(text: str, language: Language) -> str:
    """A text of the interface in a language, paragraph by paragraph.

    A paragraph that the catalogue does not have stays as it stands in the code.
    """
    if language == "it":
        return text
    catalogue = _catalogue(language)
    return BREAK.join(catalogue.gettext(paragraph) if paragraph else "" for paragraph in text.split(BREAK))


def filled_in(text: str, language: Language, **places: object) -> str:
    """A text with places (`%(name)s`) in a language, each filled in once it is translated."""
    return translated(text, language) % places


def preferred(accepted: str, otherwise: Language) -> Language:
    """Of our languages, the one that an Accept-Language header likes best (RFC 9110); else the other that is given."""
    weights: dict[Language, float] = {}
    for choice in accepted.lower().split(","):
        tag, _, weight = choice.replace(" ", "").partition(";q=")
        for language in LANGUAGES:
            if tag.partition("-")[0] == language and re.fullmatch(WEIGHT, weight):
                weights[language] = max(weights.get(language, 0), float(weight or 1))
    best = max(weights, key=weights.__getitem__, default=otherwise)
    return best if weights.get(best) else otherwise


@cache
def _catalogue(language: Language) -> gettext.NullTranslations:
    """The compiled catalogue of a language; FileNotFoundError where the package was not installed but only unpacked."""
    return gettext.translation(DOMAIN, TRANSLATIONS, [language])
