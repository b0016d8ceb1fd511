"""The foot of every printed sheet: both dates, version, checkpoint, the sheet's number, and the address as a QR code.

No style stands in a page, so that the foot is a style sheet of its own: it says what its address says, and nothing else.
"""

import io
from functools import partial
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import Query
from fastapi.responses import Response
from pydantic import Field

from api.language.translation import filled_in
from api.operations.dated import KnownAt
from api.pages.frame import PRINTED_ADDRESS
from api.pages.templating import day_words, instant_words
from api.pages.visit import LONGEST_CODE
from api.settings import Language
from domain.errors import Malformed, Problem
from domain.patterns import regex
from domain.point import WrittenDay
from domain.vocabulary import Frozen

FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
_ADDRESS = regex(r"https?://[A-Za-z0-9.:\[\]-]{1,255}/[A-Za-z0-9/._~?&=%+:,-]{0,800}")
"""An address without any sign that would end the text of a style sheet."""


class OfSheet(Frozen):
    """What stands at the foot of a sheet; `versione` are those of all that it tells of, the plan's first.

    `oltre`: the checkpoint does not cover all of it.
    """

    indirizzo: str
    as_of: WrittenDay
    known_at: KnownAt
    versione: Annotated[str, Field(pattern=r"^\d{1,15}(-\d{1,15}){0,20}$")]
    checkpoint: int = 0
    radice: Annotated[str, Field(pattern=r"^[A-Za-z0-9+/=]{0,88}$")] = ""
    oltre: Literal["", "si"] = ""
    lingua: Language = "it"


def print_style(of: Annotated[OfSheet, Query()]) -> Response:
    """The style sheet of one page's foot."""
    address = _address(of.indirizzo)
    worded = partial(filled_in, language=of.lingua)
    dates = worded(
        "In vigore al %(day)s · noto al %(instant)s (ora italiana)",
        day=day_words(of.as_of),
        instant=instant_words(of.known_at),
    )
    versions = of.versione.split("-")
    many = worded("versioni %(versions)s", versions=", ".join(versions))
    version = many if len(versions) > 1 else worded("versione %(version)s", version=versions[0])
    signed = ""
    if of.checkpoint:
        signed = (
            " · " + worded("checkpoint n. %(number)s", number=of.checkpoint) + (f" {of.radice}" if of.radice else "")
        )
    if of.oltre or not of.checkpoint:
        signed += " · " + worded("non ancora coperta per intero")
    sheet = worded("pagina %(page)s di %(pages)s", page='" counter(page) "', pages='" counter(pages) "')
    font = '"Signs", "Titillium Web", sans-serif; color: #455b71; vertical-align: middle;'
    style = (
        "@page { margin: 13mm 13mm 25mm;\n"
        f'@top-right {{ content: "{sheet}"; font: 7.5pt {font} }}\n'
        f'@bottom-left {{ content: "{dates}\\A {version}{signed}\\A {address}"; '
        f"white-space: pre-line; overflow-wrap: anywhere; width: 85%; font: 7pt/1.4 {font} }}\n"
        f'@bottom-right {{ content: url("{PRINTED_ADDRESS}?indirizzo={_quoted(address)}"); vertical-align: middle; }} }}\n'
    )
    return Response(style, media_type="text/css; charset=utf-8", headers=FOR_EVER)


def print_code(indirizzo: Annotated[str, Query(max_length=LONGEST_CODE)]) -> Response:
    """The address of a page as a QR code of 13 millimetres."""
    import segno  # noqa: PLC0415 - no start of the service waits for it

    drawn = io.BytesIO()
    segno.make(_address(indirizzo), error="m").save(drawn, kind="svg", scale=1, border=0)
    return Response(drawn.getvalue(), media_type="image/svg+xml; charset=utf-8", headers=FOR_EVER)


def _address(text: str) -> str:
    if _ADDRESS.fullmatch(text) is None:
        raise Malformed(
            [
                Problem(
                    where="indirizzo", found=f"{text[:80]!r} non è un indirizzo", accepted="l'indirizzo di una pagina"
                )
            ]
        )
    return text


def _quoted(address: str) -> str:
    return quote(address, safe="")
