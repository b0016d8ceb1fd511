"""Files that grow: no reader takes more than in proportion, and none of the known bombs takes much at all."""

import json
import random
import time
import zipfile
from collections.abc import Callable

import pytest

from api.formats.json_reader import into, parse_json
from api.formats.readers import FileTooCostly, ReaderFailed, ReaderLimits
from api.imports.reading import read_incoming
from api.workbook.formats import read_bytes
from api.workbook.safety import Limits
from domain.documents.plan import PlanDocument
from domain.errors import DomainError
from tests.support.bombs import BOMBS, Bomb, csv, ods, plan, xlsx, zipped

SMALL_READER = ReaderLimits(20, 1_000_000_000)
"""Far below the limits of the settings."""


@pytest.mark.parametrize("bomb", BOMBS, ids=lambda bomb: bomb.name)
def test_a_bomb_is_refused_or_read_far_below_the_limits(bomb: Bomb) -> None:
    _read_or_refused(bomb.make(bomb.size // 8))


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("bomb", BOMBS, ids=lambda bomb: bomb.name)
def test_a_bomb_of_full_size_is_refused_or_read_far_below_the_limits(bomb: Bomb) -> None:
    _read_or_refused(bomb.make(bomb.size))


def _read_or_refused(content: bytes) -> None:
    try:
        read_incoming(content, Limits(), using=SMALL_READER)
    except (FileTooCostly, ReaderFailed):
        raise
    except DomainError:
        return


# -- what grows is drawn -----------------------------------------------------------------------------------------------

CELLS = (
    "<row>", "</row>", '<row r="7">', '<row hidden="1"/>', "<c><v>1</v></c>", '<c t="s"><v>0</v></c>', '<c t="b"><v>1</v></c>',
    '<c t="e"><v>#N/D</v></c>', '<c t="d"><v>2022-01-01</v></c>', '<c t="str"><v>testo</v></c>', "<c><f>A1</f></c>",
    '<c t="inlineStr"><is><t>Titolo</t></is></c>', '<c t="inlineStr"><is><r><rPr><strike/></rPr><t>x</t></r></is></c>',
    '<c r="B2"><v>2</v></c>', "<is>", "</is>", "<t>a", "</t>", "<r>", "</r>", "<rPh><t>x</t></rPh>", "_x000D_", "&amp;", "<!-- -->", "<?x y?>",
    "<![CDATA[x]]>", '<mergeCell ref="A1:A9"/>', '<mergeCell ref="B1:C1"/>', '<mergeCell ref="A3:A1048576"/>', "[$", '"', "\\",
)  # fmt: skip
FORMATS = ("[", "]", "[$", "[h]", '"', "\\", "_", "%", "d", "0", ";", "€", "General", "E+", "*", "?", "[Red]")
PIECES = (
    "<text:p>", "</text:p>", "<text:span>", "</text:span>", '<text:s text:c="9"/>', "<text:tab/>", "<text:line-break/>", "parola ", " ", "\n",
    "<table:table-row>", "</table:table-row>", '<table:table-row table:number-rows-repeated="3" table:visibility="filter">',
    "<table:table-cell>", "</table:table-cell>", '<table:table-cell table:number-columns-repeated="3">', '<table:table-cell table:number-rows-spanned="9">',
    '<table:table-cell office:value-type="float" office:value="1"/>', "<office:annotation>", "</office:annotation>", '<table:table table:name="x">', "</table:table>",
    "<table:table-header-rows>", "</table:table-header-rows>", "&lt;", "<!-- -->",
)  # fmt: skip
SIGNS = (";", ",", "\t", '"', "\n", "\r", "a", "à", "'", "=", "1,5", "\0", '""', "Livello", "x y z ")
TOKENS = ("[", "]", "{", "}", '"a":', ",", "0", "null", '"x"', "1e9", "-", '"\\u00e8"', "true", " ", "NaN", '"')
ROWS: tuple[object, ...] = (
    {}, {"id": "a"}, {"id": "a", "name": "A", "targets": [{"year": 2022, "text": "<= 5%"}] * 9}, {"k": []}, None, [], [[]], "x", {"id": 1, "name": [], "x": {}},
)  # fmt: skip


def _nested(draw: random.Random, among: tuple[str, ...], n: int) -> str:
    """A few pieces again and again, one of them perhaps opened as often as another is closed after it."""
    first, between, last = ("".join(draw.choices(among, k=draw.randint(1, 3))) for _ in range(3))
    return first * n + between * draw.choice((1, n)) + last * n


def _shared(draw: random.Random, n: int) -> bytes:
    runs = draw.choice(("<r><rPr><strike/></rPr><t>x</t></r>", "<t>x y</t>", "<rPh>", "<si>", "</si>", "_x000D_"))
    long, often = draw.choice(((n, 10), (10, n)))  # both at once would unfold to their product
    return xlsx(b'<row><c t="s"><v>0</v></c></row>' * often, shared=f"<si>{runs * long}</si>".encode())


def _styles(draw: random.Random, n: int) -> bytes:
    code = _nested(draw, FORMATS, n).replace('"', "&quot;")
    fonts = draw.choice(("<font/>", "<font><strike/></font>", "<font>", "<strike>"))
    xfs = '<xf numFmtId="170" fontId="0"/>' * n
    parts = f'<numFmts><numFmt numFmtId="170" formatCode="{code}"/></numFmts><fonts>{fonts * n}</fonts><cellXfs>{xfs}</cellXfs>'
    return xlsx(b"", styles=parts.encode())


def _rows(draw: random.Random, n: int) -> bytes:
    part = draw.choice(("objectives", "indicators", "measurements", "statuses", "acts", "warnings"))
    return plan(**{part: draw.choices(ROWS, k=3) * n})


GROWN: dict[str, Callable[[random.Random, int], bytes]] = {
    "sheet": lambda draw, n: xlsx(_nested(draw, CELLS, n).encode(), after=_nested(draw, CELLS, n).encode()),
    "well-formed sheet": lambda draw, n: xlsx(
        b"<row>" + draw.choice(CELLS[4:12]).encode() * draw.choice((1, 20)) + b"</row>" + b"<row>" + draw.choice(CELLS[4:12]).encode() * n + b"</row>" * 1
        + (b"<row>" + draw.choice(CELLS[4:12]).encode() + b"</row>") * n
    ),
    "shared strings": _shared,
    "styles": _styles,
    "content": lambda draw, n: ods(_nested(draw, PIECES, n).encode()),
    "well-formed content": lambda draw, n: ods(
        b"<table:table-row>" * 1 + draw.choice(PIECES[13:17:2]).encode() + b"<text:p>" + "".join(draw.choice(PIECES[4:10]) for _ in range(3)).encode() * n
        + b"</text:p></table:table-cell></table:table-row>"
    ),
    "csv": lambda draw, n: csv(_nested(draw, SIGNS, n).encode()),
    "parts": lambda draw, n: zipped({f"{i}.csv": draw.choice(SIGNS).encode() * 9 for i in range(n // 8)}, draw.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))),
    "json": lambda draw, n: _nested(draw, TOKENS, n).encode(),
    "rows": _rows,
    "keys": lambda draw, n: json.dumps({"plan": {draw.choice("abc") * (i % 90 + 1) + str(i): 0 for i in range(n)}}).encode(),
}  # fmt: skip


def _seconds(kind: str, seed: int, n: int) -> float:
    content = GROWN[kind](random.Random(seed), n)  # noqa: S311 - what it draws is repeated by its seed
    best = 9e9
    for _ in range(3):
        started = time.process_time()
        try:
            if kind in {"json", "rows", "keys"}:
                into(PlanDocument, parse_json(content))
            else:
                read_bytes(content, Limits())
        except DomainError:
            pass
        best = min(best, time.process_time() - started)
    return best


def _grows_in_proportion(kind: str, seed: int, n: int) -> None:
    """Four times as large takes at most ten times as long, where it takes long enough to be measured."""
    small = _seconds(kind, seed, n)
    large = _seconds(kind, seed, 4 * n)
    assert large < max(10 * small, 0.25), (kind, seed, n, small, large)


@pytest.mark.parametrize("kind", GROWN)
def test_a_file_that_grows_takes_time_in_proportion(kind: str) -> None:
    for seed in range(4):
        _grows_in_proportion(kind, seed, 500)


@pytest.mark.slow
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("kind", GROWN)
def test_a_file_that_grows_large_takes_time_in_proportion(kind: str) -> None:
    for seed in range(300):
        _grows_in_proportion(kind, seed, 4_000)
