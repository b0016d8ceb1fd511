"""What of a plan is published under «Amministrazione trasparente» (D.Lgs. 33/2013, art. 10 c. 8 and art. 20): a folder of files.

Names stay the same from one time to the next, so that a link to one holds. Everything is made as for whoever has not signed
in: nothing of a draft, nobody who recorded something, no text that was taken away by an order. Nothing that was observed is
in any of the files, printed or as data, but of years that are closed: until then it is provisional.
"""

import base64
import hashlib
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from importlib.resources import files
from typing import NamedTuple

from markupsafe import Markup

from api.language.translation import filled_in, translated
from api.language.values import printable
from api.operations.model import Operation
from api.pages.frame import Visitor
from api.pages.open_data import FORMATS, LICENCE, LICENCE_ADDRESS, data_content, schema_content
from api.pages.plan_reading import PlanReading
from api.pages.templating import day_words, instant_words, long_day
from api.pages.visit import PlanVisit
from api.paper.documents import YEAR, Asked, make_paper, paper_visit
from api.paper.formats import file_of
from api.paper.model import Paper, PaperKind
from api.paper.plan import plan_without_results
from api.settings import Language
from domain.access.principal import PUBLIC
from domain.errors import Refusal
from domain.patterns import regex
from domain.point import Point, today
from projections.open_data import DATASETS, of_years
from projections.plan_in_force import YearInForce
from projections.plans import is_published, may_read_plan, plan_row
from projections.store.reader import Reader
from projections.streams import find_plan

DATA = "dati"
_OF_A_YEAR = regex(r"(variazioni|risultati)-[0-9]{4}\.pdf")
"""Files that may be there one time and not the next."""


class NothingToPublish(Refusal):
    """No act had approved the plan at that point: it is a draft, which is nobody else's."""

    name = "nothing_to_publish"
    title = "Nulla da pubblicare"


class Published(NamedTuple):
    """A file of the folder: its name, its bytes, what it is in words."""

    name: str
    content: bytes
    words: str


class Publication(NamedTuple):
    """What was gathered of a plan while it could be read: its papers, which are set later, and its data."""

    papers: tuple[tuple[str, Paper], ...]
    data: tuple[Published, ...]
    language: Language

    def files(self, *, apart: bool = False) -> dict[str, bytes]:
        """Every file of the folder, by name; `apart` as of the file of a paper."""
        printed = [
            Published(f"{name}.pdf", file_of(paper, "pdf", apart=apart).content, paper.title)
            for name, paper in self.papers
        ]
        plan = self.papers[0][1]
        document = Published("piano.json", plan.twin.content, translated("Il piano come dati (JSON)", self.language))
        listed = [*printed, document, *self.data]
        made = {file.name: file.content for file in listed}
        sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(made.items()))
        return {
            **made,
            "SHA256SUMS": sums.encode(),
            "index.html": _index(plan, printed, [document, *self.data], self.language).encode(),
        }


def published_plan(
    reader: Reader, plan: str, point: Point, *, now: datetime, language: Language, origin: str
) -> Publication:
    """What is published of a plan at a point; NotFound where there is none, NothingToPublish for a draft."""
    find_plan(reader, plan, point.known_at)
    if not is_published(reader, plan, point):
        found = f"nessun atto aveva approvato {plan} al {day_words(point.as_of)}"
        raise NothingToPublish(found, accepted="una data da cui un atto lo approva", where="as_of")
    reading = PlanReading(reader, plan, point)
    present = Point(today(now))
    visitor = Visitor(
        "",
        csrf="",
        sign_in="",
        may=_everybody_may,
        may_read=lambda other, at: may_read_plan(reader, other, PUBLIC, present, at),
    )

    def visit(kind: PaperKind, year: int | None = None) -> PlanVisit:
        asked = Asked({} if year is None else {YEAR: str(year)}, language=language)
        return paper_visit(reading, kind, asked, now=now, visitor=visitor, origin=origin)

    years = reading.document["plan"]["years"]
    stands = {year: years.get(str(year), {}) for year in reading.history.years}
    approved = [year for year, of_year in stands.items() if _is_approved(of_year)]
    closed = [year for year, of_year in stands.items() if _is_closed(of_year)]
    papers = [
        ("piano", plan_without_results(visit("plan"))),
        *((f"variazioni-{year}", make_paper(visit("variations", year), "variations")) for year in approved),
        *((f"risultati-{year}", make_paper(visit("scores", year), "scores")) for year in closed),
    ]
    return Publication(tuple(papers), tuple(_data(reader, plan, point, closed, language)), language)


def left_over(found: Iterable[str], files: Collection[str]) -> list[str]:
    """Which of the names found in a folder an earlier publication gave, of a year that this one says nothing of."""
    return sorted(name for name in found if _OF_A_YEAR.fullmatch(name) and name not in files)


def _is_approved(year: YearInForce) -> bool:
    return "approved_on" in year and "approval_annulled_on" not in year


def _is_closed(year: YearInForce) -> bool:
    return "closed_on" in year and "closing_annulled_on" not in year


def _everybody_may(operation: Operation) -> bool:
    return PUBLIC.may(operation.permission, None)


def _data(reader: Reader, plan: str, point: Point, closed: Collection[int], language: Language) -> Iterator[Published]:
    rows = [row] if (row := plan_row(reader, plan, point)) is not None else []
    for dataset in (of_years(each, closed) for each in DATASETS.values()):
        title = translated(dataset.title, language)
        for kind in FORMATS:
            content = data_content(reader, dataset, rows, point, kind)
            yield Published(f"{DATA}/{dataset.name}.{kind}", content, f"{title} ({kind.upper()})")
        schema = filled_in("%(title)s: le colonne (JSON Schema)", language, title=title)
        yield Published(f"{DATA}/{dataset.name}.schema.json", schema_content(dataset), schema)


def _shown(value: object) -> object:
    """A text as a page shows it: no mark in a title turns what stands around it."""
    return printable(value) if type(value) is str else value


def _index(plan: Paper, printed: list[Published], data: list[Published], language: Language) -> str:
    """The page that lists the files; everything in it is escaped, and its policy lets only its own style in."""
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 - no start of the service waits for it

    style = files("api.proof").joinpath("style.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=_shown
    )
    template = environment.from_string(files("api.paper").joinpath("transparency.html").read_text(encoding="utf-8"))
    stamp = plan.stamp
    words = {
        "documents": translated("Documenti", language),
        "data": translated("Dati aperti", language),
        "skip": translated("Vai al contenuto", language),
        "name": translated("File", language),
        "what": translated("Che cosa è", language),
        "size": translated("Byte", language),
        "law": translated("D.Lgs. 33/2013, articoli 10 comma 8 e 20: performance.", language),
        "as_of": translated("In vigore al", language),
        "known_at": translated("Noto al", language),
        "version": translated("Versione del registro", language),
        "licence": translated("Licenza", language),
        "address": translated("Indirizzo", language),
        "none": translated("nessuno ancora", language),
        "sums": translated("Le impronte dei file sono in SHA256SUMS.", language),
        "results": translated(
            "I risultati di un anno, e i valori osservati, sono pubblicati quando l'anno è chiuso.", language
        ),
    }
    return template.render(
        paper=plan,
        words=words,
        printed=printed,
        data=data,
        as_of=long_day(stamp.as_of, language),
        known_at=instant_words(stamp.known_at),
        checkpoint_made=instant_words(stamp.checkpoint.made_at) if stamp.checkpoint else "",
        licence=LICENCE,
        licence_address=LICENCE_ADDRESS,
        style=Markup(style),  # noqa: S704 - our own file
        style_hash=f"sha256-{digest}",
    )
