"""What a form says of an act beside its citation: its protocol, and the digest of its file, typed or taken of the file."""

from collections.abc import Callable, Mapping
from typing import get_args

from pydantic import BaseModel

from api.pages.work.controls import Control, control
from domain.acts.citation import CitedAct
from domain.vocabulary import JsonValue

ACT, FILE_OF_ACT = "act", "act_file"
"""The field of a citation; that of the file of the act, of which the digest alone is taken."""
DETAILS = {"act_protocol": "protocol", "act_sha256": "sha256"}
"""What is said beside a citation, by the name of its field in a form."""
LABELS = {"act_protocol": "Protocollo dell'atto", "act_sha256": "Impronta SHA-256 del file dell'atto"}
HINTS = {
    "act_protocol": "Si può dire anche dopo.",
    "act_sha256": "Se il file non è qui: sessantaquattro cifre e lettere, da 0 a 9 e da a ad f.",
}


def cites_act(model: type[BaseModel]) -> bool:
    """Whether a command, or a file, takes the citation of an act, with details."""
    field = model.model_fields.get(ACT)
    return field is not None and _cites(field.annotation)


def _cites(annotation: object) -> bool:
    return annotation is CitedAct or any(map(_cites, get_args(annotation)))


def detail_controls(written: Callable[[str], str]) -> list[Control]:
    """The fields, with what is written in them."""
    return [
        control(CitedAct, inner, written(name))._replace(name=name, label=LABELS[name], hint=HINTS[name])
        for name, inner in DETAILS.items()
    ]


def with_details(content: Mapping[str, JsonValue], typed: Mapping[str, str]) -> dict[str, JsonValue]:
    """What a form says, its act with the details that are written beside it."""
    details = {inner: text for name, inner in DETAILS.items() if (text := typed.get(name, "").strip())}
    if "sha256" in details:
        details["sha256"] = details["sha256"].casefold()
    return {**content, ACT: {"citation": content.get(ACT) or "", **details}} if details else dict(content)
