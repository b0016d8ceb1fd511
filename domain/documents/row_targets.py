"""What the row of an indicator comes to: its card, its targets one by one, and what each of them says."""

from collections.abc import Iterator

from domain.documents.plan import IndicatorRow, TargetRow
from domain.indicators.card import Card
from domain.targets.decide import inferred_polarity, read_target_text
from domain.targets.model import TARGET, Target
from domain.targets.splitting import target_texts
from domain.vocabulary import Polarity


def card_of(row: IndicatorRow) -> Card:
    """The card of an indicator's row, with the polarity that its targets agree on where none is stated."""
    fields = row.model_dump(include=set(Card.model_fields), exclude_none=True)
    if row.polarity is None and row.polarity_basis != "stated":
        inferred = row_polarity(row)
        fields |= {"polarity": inferred, "polarity_basis": "inferred"} if inferred else {"polarity_basis": "unknown"}
    else:
        fields |= {"polarity_basis": row.polarity_basis or "stated"}
    return Card.model_validate(fields)


def row_polarity(row: IndicatorRow) -> Polarity | None:
    """The polarity that a row states, or that the signs of its targets agree on."""
    return row.polarity or inferred_polarity([target.text for target in row.targets])


def infers_polarity(row: Card, current: Card) -> bool:
    """Whether a row leaves the polarity to be inferred, and it was: what its signs say is not emptied by their silence."""
    return row.polarity is None and current.polarity_basis == "inferred"


def targets_of(row: IndicatorRow) -> Iterator[tuple[int, TargetRow]]:
    """The targets of a row, each with its position; a cell that holds two is two, ordinal 1 and 2."""
    for position, target in enumerate(row.targets):
        texts = [target.text] if target.form or target.ordinal != 1 else target_texts(target.text, target.year)
        if texts == [target.text]:
            yield position, target
        else:
            for ordinal, text in enumerate(texts, start=1):
                yield position, target.model_copy(update={"ordinal": ordinal, "text": text})


def target_of_row(row: TargetRow, polarity: Polarity | None, formula: str | None) -> Target:
    """The target that a row of the plan document holds: typed where it is, else read from its text."""
    if row.form is None:
        return read_target_text(row.text, row.year, polarity=polarity, formula=formula)
    return TARGET.validate_python(row.model_dump(mode="json", exclude={"year", "ordinal"}, exclude_none=True))
