"""Rows are matched by id, by code, by name and place; what may be two things is a doubt, and nobody decides it."""

from hypothesis import given
from hypothesis import strategies as st

from domain.documents.matching import POSSIBLE, SURE, Ambiguous, Item, Match, match, similarity

HELD = [
    Item("riscuotere", "1", "Riscuotere il diritto annuale", "Entrate"),
    Item("incassare", "2", "Incassare i proventi", "Entrate"),
    Item("digitale", None, "Digitalizzare i servizi", "Servizi"),
]


def one(row: Item, answer: str | None = None) -> object:
    [found] = match([row], HELD, [answer])
    return found


def test_an_id_is_certain_whatever_the_name() -> None:
    found = one(Item("riscuotere", "9", "Tutt'altro"))
    assert isinstance(found, Match)
    assert (found.id, found.by) == ("riscuotere", "id")


def test_a_code_that_only_one_has_is_next() -> None:
    found = one(Item(None, "2", "Incassare meglio ogni provento"))
    assert isinstance(found, Match)
    assert (found.id, found.by) == ("incassare", "code")


def test_a_code_that_went_to_the_name_of_another_is_a_doubt() -> None:
    found = one(Item(None, "2", "Riscuotere il diritto annuale"))
    assert isinstance(found, Ambiguous)
    assert {id_ for id_, _ in found.candidates} == {"riscuotere", "incassare"}


def test_a_name_in_its_place_is_certain_whatever_case_and_accents() -> None:
    found = one(Item(None, None, "DIGITALIZZARE  i servizi.", "servizi"))
    assert isinstance(found, Match)
    assert (found.id, found.by, found.score) == ("digitale", "name", 1.0)


def test_a_name_that_is_alike_is_a_doubt_with_its_score_and_one_that_is_not_is_new() -> None:
    found = one(Item(None, None, "Digitalizzare i servizi camerali alle imprese", "Servizi"))
    assert isinstance(found, Ambiguous)
    assert POSSIBLE <= found.candidates[0][1] < SURE
    assert one(Item(None, None, "Promuovere il turismo", "Servizi")) is None


def test_two_of_the_same_name_in_the_same_place_are_a_doubt() -> None:
    held = [Item("a", None, "Incontri"), Item("b", None, "Incontri")]
    [found] = match([Item(None, None, "Incontri")], held, [None])
    assert isinstance(found, Ambiguous)


def test_an_answer_decides_and_a_new_thing_is_one_of_them() -> None:
    row = Item(None, None, "Digitalizzare i servizi camerali alle imprese", "Servizi")
    assert one(row, "digitale") == Match("digitale", "answer", similarity_of(row))
    assert one(row, "") is None


def similarity_of(row: Item) -> float:
    return 0.75 * similarity(row.name, "Digitalizzare i servizi") + 0.25


def test_between_two_plans_the_same_id_under_another_name_is_not_the_same_thing() -> None:
    [found] = match([Item("riscuotere", None, "Promuovere il turismo")], HELD, [None], certain_ids=False)
    assert found is None


names = st.text("abc ", min_size=1, max_size=8)
items = st.lists(
    st.builds(Item, st.none() | names.map(lambda n: f"i-{n.strip()}"), st.none() | names, names, st.none()), max_size=8
)


@given(items, items)
def test_an_object_is_given_to_one_row_at_most(rows: list[Item], held: list[Item]) -> None:
    known = list({item.id: item for item in held if item.id}.values())
    found = [one.id for one in match(rows, known, [None] * len(rows)) if isinstance(one, Match)]
    assert len(found) == len(set(found))
