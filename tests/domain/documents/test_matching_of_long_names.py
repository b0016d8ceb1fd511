"""Names of thousands of equal letters, and thousands of rows like one object, are matched all the same, and soon."""

import time
from unittest.mock import patch

from domain.documents import matching
from domain.documents.matching import Ambiguous, Item, match, similarity
from domain.documents.references import fresh_id


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


def test_rows_that_say_the_same_are_compared_once() -> None:
    objects = [Item(f"o{number}", None, f"Obiettivo di prova {number}") for number in range(20)]
    with patch.object(matching, "similarity", wraps=similarity) as compared:
        match([Item(None, None, "Obiettivo di prova")] * 1_000, objects, [None] * 1_000)
    assert compared.call_count <= 20


def test_thousands_of_things_of_one_name_get_ids_without_counting_anew() -> None:
    looked_up = 0

    class Used(set[str]):
        def __contains__(self, id_: object) -> bool:
            nonlocal looked_up
            looked_up += 1
            return super().__contains__(id_)

    used, numbers = Used({"objective/x-3"}), dict[str, int]()
    ids = [fresh_id("objective", "", "x", used, numbers) for _ in range(2_000)]
    assert ids[:4] == ["x", "x-2", "x-4", "x-5"]
    assert looked_up < 5_000
