"""The open data of published plans: the page that offers them, their files, their schema, and the catalogue's input."""

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple, get_args

import orjson
from pydantic import TypeAdapter
from pydantic.fields import FieldInfo
from starlette.responses import Response

from api.formats.csv_table import csv_rows, csv_table
from api.pages import addresses
from api.pages.addresses import page_address
from api.pages.frame import Frame, render
from api.pages.plans import AFTER
from api.settings import Language
from domain.point import Point
from projections.open_data import DATASETS, OpenDataset, OpenRow
from projections.plans import PageOfPlans, PlanRow
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


def open_data_page(page: PageOfPlans, frame: Frame, language: Language) -> Response:
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
        plans=page.rows,
        following=page_address(addresses.OPEN_DATA, {AFTER: page.after}) if page.after else "",
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


def data_file(dataset: OpenDataset, content: bytes, kind: DataFormat) -> Response:
    """The rows of some plans, as a file."""
    body = DataBody(dataset, kind)
    return Response(content, media_type=body.media_type, headers={"Cache-Control": "no-cache", **body.headers})


def data_content(
    reader: Reader, dataset: OpenDataset, plans: Sequence[PlanRow], point: Point, kind: DataFormat
) -> bytes:
    """The bytes of that file."""
    body = DataBody(dataset, kind)
    return body.begin + body.rows(reader, plans, point) + body.end


class DataBody:
    """The bytes of a file of a data set, which is the same made whole or row by row: before, between and after its rows."""

    def __init__(self, dataset: OpenDataset, kind: DataFormat) -> None:
        self._dataset = dataset
        self._is_json = kind == "json"
        self.media_type = "application/json" if self._is_json else "text/csv; charset=utf-8"
        named = {"Content-Disposition": f'attachment; filename="{dataset.name}.csv"'}
        self.headers: dict[str, str] = {} if self._is_json else named
        self.begin = b"[" if self._is_json else csv_table([column.name for column in columns_of(dataset)], [])
        self.between, self.end = (b",", b"]") if self._is_json else (b"", b"")

    def rows(self, reader: Reader, plans: Sequence[PlanRow], point: Point) -> bytes:
        """The rows of some plans."""
        rows = _rows(reader, self._dataset, plans, point)
        return orjson.dumps(list(rows))[1:-1] if self._is_json else csv_rows(list(row.values()) for row in rows)


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
