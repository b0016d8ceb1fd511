"""What somebody has proposed is not recorded past its proposal: while it is open, others decide on it."""

from pydantic import BaseModel

from api.commands.handler import Caller
from domain.access.separation import SEPARATION_WORDS, DutiesNotSeparated, SeparationSetting
from domain.documents.changes import ChangeFile
from domain.proposals.life import OPEN, lives
from projections.store.reader import Reader
from projections.streams import proposals_stream

_SUBJECT = ("object", "indicator", "objective", "id", "year", "ordinal")
"""The fields by which a change says what it is about; all others say what is to become of it."""


def require_not_proposed(reader: Reader, changes: ChangeFile, caller: Caller, setting: SeparationSetting) -> None:
    """DutiesNotSeparated for a change of what the same account has proposed to change, and nobody has decided on.

    On the command line of the machine nobody is told from anybody: there it asks nothing.
    """
    if not caller.principal.is_account or setting == "off":
        return
    subjects = {_subject(change) for change in changes.every_change()}
    for life in lives(reader.records(proposals_stream(changes.plan))).values():
        if life.status not in OPEN or caller.actor not in life.drafters:
            continue
        text = reader.texts([life.text.note]).get(life.text.note or "")
        if text is None:
            continue  # removed by order: nobody can say any more what it proposed
        proposed = ChangeFile.model_validate_json(text)
        if not subjects.isdisjoint(_subject(change) for change in proposed.every_change()):
            raise DutiesNotSeparated(
                f"{SEPARATION_WORDS['drafter_does_not_enact']}: la stessa modifica è nella proposta {life.proposal}, aperta, di chi chiede",
                accepted="l'adozione della proposta da parte di chi non l'ha redatta; oppure prima ritirarla",
                where="changes",
            )


def _subject(change: BaseModel) -> tuple[object, ...]:
    return type(change), *(getattr(change, field, None) for field in _SUBJECT)
