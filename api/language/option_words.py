"""What the options of the command line are called in Italian, beside their English name: one table for every command."""

import unicodedata
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from api.language.places import FIELD_WORDS

SAME = frozenset({"ex-ante", "file", "formula", "id", "json", "target"})
"""The options whose name is the same in both languages."""
_OWN: Mapping[str, str] = MappingProxyType(
    {
        "about": "su",
        "accept-unread": "non-letto",
        "act-file": "atto-file",
        "act-protocol": "atto-protocollo",
        "act-sha256": "atto-impronta",
        "actor": "chi",
        "address": "indirizzo-di-posta",
        "after-position": "dopo-la-posizione",
        "against": "confronta-con",
        "alias": "altro-nome",
        "append-only-role": "ruolo-che-aggiunge",
        "approves-year": "approva-anno",
        "as-at": "dati-al",
        "baseline": "partenza",
        "before": "precedente",
        "by": "subentra",
        "check": "controlla",
        "classification": "classificazione",
        "command-id": "id-comando",
        "complete": "completa",
        "confirm": "conferma",
        "database": "archivio",
        "decisions": "decisioni",
        "drafts": "bozze",
        "due": "entro",
        "effective-on": "dal",
        "effects": "effetti",
        "event": "evento",
        "explain": "spiega",
        "external-code": "codice-esterno",
        "feeds": "alimenta",
        "follow": "continua",
        "force": "sovrascrivi",
        "from": "da",
        "help": "aiuto",
        "host": "indirizzo",
        "into": "in",
        "is": "verso",
        "is-role": "e-un-ruolo",
        "known-from": "noto-al-primo",
        "known-to": "noto-al-secondo",
        "lack": "manca",
        "late": "in-ritardo",
        "limit": "righe",
        "lines": "per-righe",
        "lost": "persa",
        "map": "mappa",
        "meaning": "significato",
        "observed": "osservato",
        "of": "registro",
        "offset": "dalla-riga",
        "once": "una-volta",
        "topic": "tipo",
        "ordinal": "ordine",
        "other": "altro",
        "output": "scrivi",
        "owner": "responsabile",
        "parent": "padre",
        "port": "porta",
        "predecessor": "ente-cessato",
        "preset": "modello",
        "preview": "anteprima",
        "prose": "prosa",
        "provisional": "provvisorio",
        "reading": "lettura",
        "refused": "non-validata",
        "restores": "versione",
        "retroactive": "retroattiva",
        "right": "permesso",
        "score": "punteggio",
        "sha256": "impronta",
        "since": "dal",
        "size": "quante",
        "submission": "presentazione",
        "take-along": "anche-dopo",
        "template": "modello",
        "term": "termine",
        "to": "a",
        "unit": "unita",
        "under": "sotto",
        "until": "fino-al",
        "with-key": "con-la-chiave",
        "words": "parole",
        "workers": "processi",
        "yes": "si",
    }
)
"""The options whose field is called by more than one word, or that are no field of an input."""


def plain_option(name: str) -> str:
    """An option as it is compared: `polarità` is `polarita`, whatever the case."""
    apart = unicodedata.normalize("NFKD", name.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign)).replace("_", "-")


def italian_option(word: str) -> str | None:
    """The Italian name of an option, both without the dashes; None where it has none of its own."""
    if word in SAME:
        return None
    name = _OWN.get(word) or FIELD_WORDS.get(word.replace("-", "_"))
    return None if name is None else plain_option(name).replace(" ", "-")


def option_spoken(word: str, arguments: Sequence[str]) -> str:
    """The name, of an option, by which whoever wrote the arguments says it: as it was written, else in the same language.

    Where no option was written the name stays as the documentation has it.
    """
    said = {
        plain_option(argument.partition("=")[0].removeprefix("--")) for argument in arguments if argument[:2] == "--"
    }
    italian = italian_option(word)
    if italian is None or word in said:
        return word
    in_italian = said & _italian_names()
    return italian if italian in said or in_italian else word


def _italian_names() -> frozenset[str]:
    words = {*_OWN, *(name.replace("_", "-") for name in FIELD_WORDS)}
    return frozenset(name for word in words if (name := italian_option(word)) is not None and name not in words)
