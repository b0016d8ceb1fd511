"""The open data of published plans: the page that offers them, their files, their schema, and the catalogue's input."""

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple, get_args

import orjson
from pydantic import TypeAdapter
from pydantic.fields import FieldInfo
from starlette.responses import Response

from api.formats.csv_table import csv_table
from api.pages import addresses
from api.pages.addresses import page_address
from api.pages.frame import Frame, render
from api.settings import Language
from domain.point import Point
from projections.open_data import DATASETS, OpenDataset, OpenRow
from projections.plans import PlanRow
from projections.store.reader import Reader

LICENCE = "CC BY 4.0"
LICENCE_ADDRESS = "https://creativecommons.org/licenses/by/4.0/deed.it"
DataFormat = Literal["csv", "json"]
FORMATS: tuple[DataFormat, ...] = get_args(DataFormat)


class OpenColumn(NamedTuple):
    """A column of a data set, and what it says."""

    name: str
    description: str


class DatasetShown(NamedTuple):
    """A data set as the page offers it."""

    dataset: OpenDataset
    columns: Sequence[OpenColumn]
    files: dict[str, str]
    schema: str


def open_data_page(plans: Sequence[PlanRow], frame: Frame, language: Language) -> Response:
    """Which data there are, under which licence, how they are made, for people; the catalogue is for programs."""
    shown = [
        DatasetShown(
            dataset,
            columns_of(dataset),
            {name.upper(): data_address(dataset.name, name) for name in FORMATS},
            page_address(f"{addresses.OPEN_DATA}/{dataset.name}.schema.json"),
        )
        for dataset in DATASETS.values()
    ]
    return render(
        "open_data.html",
        "Dati aperti",
        frame,
        language,
        datasets=shown,
        plans=plans,
        plan_address=addresses.PLAN,
        data_address=data_address,
        licence=LICENCE,
        licence_address=LICENCE_ADDRESS,
        catalogue=addresses.CATALOGUE,
    )


def data_address(dataset: str, kind: str, plan: str = "") -> str:
    """The address of a file of a data set, of one plan where it is said."""
    return page_address(f"{addresses.OPEN_DATA}/{dataset}.{kind}", {"plan": plan})


def columns_of(dataset: OpenDataset) -> list[OpenColumn]:
    """The columns of a data set, in order."""
    described = dataset.row.__annotations__.items()
    return [OpenColumn(name, _description(annotation)) for name, annotation in described]


def data_file(
    reader: Reader, dataset: OpenDataset, plans: Sequence[PlanRow], point: Point, kind: DataFormat
) -> Response:
    """The rows of some plans, as a file."""
    body = data_content(reader, dataset, plans, point, kind)
    if kind == "json":
        return Response(body, media_type="application/json", headers={"Cache-Control": "no-cache"})
    headers = {"Cache-Control": "no-cache", "Content-Disposition": f'attachment; filename="{dataset.name}.csv"'}
    return Response(body, media_type="text/csv; charset=utf-8", headers=headers)


def data_content(
    reader: Reader, dataset: OpenDataset, plans: Sequence[PlanRow], point: Point, kind: DataFormat
) -> bytes:
    """The bytes of that file."""
    rows = _rows(reader, dataset, plans, point)
    if kind == "json":
        return orjson.dumps(list(rows))
    return csv_table([column.name for column in columns_of(dataset)], (list(row.values()) for row in rows))


def schema_file(dataset: OpenDataset) -> Response:
    """The JSON Schema of the rows of a data set, which names the columns of its CSV too."""
    return Response(
        schema_content(dataset), media_type="application/schema+json", headers={"Cache-Control": "no-cache"}
    )


def schema_content(dataset: OpenDataset) -> bytes:
    """The bytes of that schema."""
    schema = TypeAdapter(list[dataset.row]).json_schema()  # type: ignore[name-defined]  # known when it runs
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = dataset.title
    return orjson.dumps(schema)


def _rows(reader: Reader, dataset: OpenDataset, plans: Sequence[PlanRow], point: Point) -> Iterator[OpenRow]:
    for plan in plans:
        yield from dataset.rows(reader, plan, point)


def _description(annotation: object) -> str:
    of = getattr(annotation, "__metadata__", ())
    return next((field.description or "" for field in of if isinstance(field, FieldInfo)), "")
