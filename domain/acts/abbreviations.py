"""The initials by which acts are cited: `D.G.C.`, `DGR`, `D.R.`.

What stands for acts of several bodies (`D.D.`) is no abbreviation here: it is asked for in full.
"""

import re

from domain.acts.model import ActType
from domain.patterns import regex

ABBREVIATIONS: dict[str, tuple[ActType, str]] = {
    "dg": ("delibera", "Giunta"),
    "dgc": ("delibera", "Giunta"),
    "dgm": ("delibera", "Giunta"),
    "dgp": ("delibera", "Giunta"),
    "dgr": ("delibera", "Giunta"),
    "dcc": ("delibera", "Consiglio"),
    "dcp": ("delibera", "Consiglio"),
    "dcr": ("delibera", "Consiglio"),
    "dcda": ("delibera", "Consiglio di amministrazione"),
    "ddg": ("decreto", "Direttore Generale"),
    "dr": ("decreto", "Rettore"),
    "dp": ("decreto", "Presidente"),
    "dpgr": ("decreto", "Presidente"),
    "dpp": ("decreto", "Presidente"),
    "dca": ("decreto", "Commissario ad acta"),
    "dcs": ("decreto", "Commissario straordinario"),
    "dm": ("decreto", "Ministro"),
    "dag": ("decreto", "Avvocato Generale"),
}
"""What is cited by its initials, dotted or not: kind and body."""

AMBIGUOUS = {
    "dd": "determinazione dirigenziale, decreto direttoriale o decreto dirigenziale",
    "da": "decreto assessorile o delibera dell'assemblea",
    "dc": "delibera di Consiglio o decreto commissariale",
    "ds": "decreto sindacale o determinazione del segretario",
    "dds": "decreto del dirigente di servizio, di settore o di struttura",
    "dsg": "determinazione o decreto del Segretario Generale",
}
"""Initials that stand for acts of several bodies."""

LAWS = regex(
    r"^(?:l|legge|d\.?\s?lgs|d\.?\s?l|dlgs|decreto[ -]legge|decreto legislativo|d\.?\s?p\.?\s?r|dpr|d\.?\s?p\.?\s?c\.?\s?m|regolamento|direttiva)(?:\W|$)"
)
"""What begins as a law does: no act of an administration."""


def initials(text: str) -> str | None:
    """The letters of an abbreviation (`D.G.C.`, `DGC`, `D. G. C.`), in lower case; None for what is none."""
    if not re.fullmatch(r"(?:[A-Za-z]\.\s?){2,6}[A-Za-z]?\.?|[A-Z]{2,6}\.?|D\.?C\.?d\.?A\.?", text.strip()):
        return None
    return re.sub(r"[^A-Za-z]", "", text).casefold()
