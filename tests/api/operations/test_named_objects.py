"""Every command takes an objective or an indicator by its id, its code, its name, or as it is printed."""

from collections.abc import Iterator, Mapping

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from api.operations.model import Command
from api.operations.named_objects import with_ids_of, with_placeholders
from api.operations.table import OPERATIONS
from api.operations.verbs import PLAN_VERBS
from domain.errors import NotFound
from domain.timelines import Timelines
from tests.support.given import Given

OF_OBJECTS = {"about", "indicator", "indicators", "objective", "objectives", "polarities"}


def fields(model: type[BaseModel], above: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """The fields of an input by their path, those of its parts beneath."""
    for name, info in model.model_fields.items():
        kind = info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from fields(kind, f"{above}{name}.")
        else:
            yield f"{above}{name}", info


def takes(info: FieldInfo, text: str) -> bool:
    """Whether a field takes a text as it stands: alone, in a list, or as what something is said of."""
    for value in (text, [text], {text: "up"}):
        try:
            TypeAdapter(info.rebuild_annotation()).validate_python(value)
        except ValidationError:
            continue
        return True
    return False


def test_every_field_that_wants_the_id_of_an_object_is_named_in_its_row() -> None:
    rows = [row for row in OPERATIONS if isinstance(row, Command) and row.cli and row.inputs]
    rows = [row for row in rows if row.name not in PLAN_VERBS and not (row.cli and row.cli.written)]
    unnamed = [
        (row.name, path)
        for row in rows
        for path, info in fields(row.inputs[0])
        if path.rpartition(".")[2] in OF_OBJECTS and path not in {*row.names, *row.cli.left_out}  # type: ignore[union-attr]
        if not takes(info, "1.1 Ridurre i tempi")
    ]
    assert unnamed == []
    assert any(row.names for row in rows)


@pytest.fixture(scope="module")
def timelines() -> Timelines:
    plan = Given().objective("a", code="1.1", title="Ridurre i tempi").indicator("i", "a", code="7", name="Tempo medio")
    return plan.timelines


@pytest.mark.parametrize(
    ("content", "names", "meant"),
    [
        ({"indicator": "Tempo medio", "year": 2022}, {"indicator": "indicator"}, {"indicator": "i", "year": 2022}),
        (
            {"scope": {"objectives": ["1.1 Ridurre i tempi"]}},
            {"scope.objectives": "objective"},
            {"scope": {"objectives": ["a"]}},
        ),
        ({"polarities": {"7 tempo medio": "up"}}, {"polarities": "indicator"}, {"polarities": {"i": "up"}}),
        ({"about": "Tempo medio"}, {"about": "about"}, {"about": "indicator/i"}),
        ({"about": "obiettivo/1.1"}, {"about": "about"}, {"about": "objective/a"}),
        ({"about": "relazione"}, {"about": "about"}, {"about": "relazione"}),
    ],
)
def test_a_name_is_the_id_that_it_means(
    timelines: Timelines, content: dict[str, object], names: Mapping[str, object], meant: object
) -> None:
    assert with_ids_of(timelines, content, names) == meant  # type: ignore[arg-type]
    assert "Tempo medio" not in str(with_placeholders(content, names))  # type: ignore[arg-type]


def test_a_name_of_nothing_is_refused_of_its_field_with_what_is_near(timelines: Timelines) -> None:
    with pytest.raises(NotFound, match="forse «Tempo medio»") as refused:
        with_ids_of(timelines, {"indicator": "tempo medi"}, {"indicator": "indicator"})
    assert refused.value.problem.where == "indicator"
