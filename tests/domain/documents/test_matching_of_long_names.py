"""Names of thousands of equal letters, and thousands of rows like one object, are matched all the same, and soon."""

import time

from domain.documents.matching import Ambiguous, Item, match, similarity


def test_long_names_are_compared_by_their_words() -> None:
    first = "riscossione del diritto annuale " * 100
    assert similarity(first, first + "ordinario") > 0.9
    assert similarity(first, "tutt'altra cosa di cui non si dice nulla " * 80) < 0.4


def test_names_of_one_letter_and_rows_that_are_all_alike_take_no_longer_than_others() -> None:
    started = time.process_time()
    match([Item(None, None, "a" * 4_000)] * 200, [Item("x", None, "a" * 3_999)], [None] * 200)
    matched = match(
        [Item(None, None, "Obiettivo di prova")] * 4_000, [Item("o", None, "Obiettivo di prova x")], [None] * 4_000
    )
    assert all(result is None or isinstance(result, Ambiguous) for result in matched)
    assert time.process_time() - started < 5
