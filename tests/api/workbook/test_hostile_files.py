"""Files made to harm: each is refused by name, or read safely, in bounded time and memory."""

import contextlib
import io
import re
import time
import zipfile
from collections.abc import Callable

import pytest

from api.imports.reading import read_incoming, read_workbook_apart
from api.workbook.cells import Broken
from api.workbook.formats import read_bytes, sheets_in
from api.workbook.safety import Limits, WorkbookRefused
from domain.errors import DomainError
from tests.api.workbook.books import as_ods, parts, sheets

SMALL = Limits(packed=2_000_000, unpacked=30_000_000, ratio=200, rows=1_000, cells=20_000)
SHEET = "xl/worksheets/sheet1.xml"
HEAD = b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = b"</sheetData></worksheet>"
OFFICE = (
    b'<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    b'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:xlink="http://www.w3.org/1999/xlink" '
    b'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
)
END = b"</office:spreadsheet></office:body></office:document-content>"


def book() -> bytes:
    return sheets(Obiettivi=[["Livello", "Titolo"], ["op", "Riscuotere"]])


def with_sheet(rows: bytes) -> bytes:
    return parts(book(), **{SHEET: HEAD + rows + TAIL})


def ods(body: bytes) -> bytes:
    empty = as_ods(zipped({"Obiettivi.csv": b"Livello;Titolo\r\nop;x\r\n"}))
    return parts(empty, **{"content.xml": OFFICE + body + END})


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return out.getvalue()


def two_of_a_name() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("a.csv", b"")
        with pytest.warns(UserWarning, match="Duplicate"):
            made.writestr("a.csv", b"")
    return out.getvalue()


REL = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Type="http://x/%s" Target="%s" TargetMode="External"/></Relationships>'

REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "a file over the limit": (lambda: b"PK\x03\x04" + b"0" * 2_000_001, "supera i 2000000 byte"),
    "a ZIP bomb in one part": (lambda: with_sheet(b" " * 40_000_000), "decompresso"),
    "a part packed beyond reason": (lambda: with_sheet(b" " * 25_000_000), "compresso più di"),
    "a ZIP with too many parts": (lambda: zipped({f"{n}.csv": b"" for n in range(2_100)}), "2100 parti"),
    "two parts of one name": (two_of_a_name, "stesso nome"),
    "entities (a billion laughs)": (
        lambda: parts(book(), **{SHEET: b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + HEAD + TAIL}),
        "entità",
    ),
    "an external entity": (
        lambda: parts(book(), **{SHEET: b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + HEAD + TAIL}),
        "entità",
    ),
    "entities in the shared strings": (
        lambda: parts(book(), **{"xl/sharedStrings.xml": b'<!DOCTYPE x [<!ENTITY a "x">]><sst><si><t>&a;</t></si></sst>'}),
        "entità",
    ),
    "entities in UTF-16": (
        lambda: parts(book(), **{SHEET: ('<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY a "x">]><worksheet/>').encode("utf-16")}),
        "entità",
    ),
    "macros": (lambda: parts(book(), **{"xl/vbaProject.bin": b"x"}), "macro"),
    "macros by content type": (
        lambda: parts(book(), **{"[Content_Types].xml": b'<Types><Override ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>'}),
        "macro",
    ),
    "links to other workbooks": (lambda: parts(book(), **{"xl/externalLinks/externalLink1.xml": b"<x/>"}), "collegamenti"),
    "a relation to elsewhere": (
        lambda: parts(book(), **{"xl/worksheets/_rels/sheet1.xml.rels": REL % (b"image", b"http://esempio.it/x.png")}),
        "altro file",
    ),
    "data connections": (lambda: parts(book(), **{"xl/connections.xml": b"<x/>"}), "dati esterni"),
    "embedded objects": (lambda: parts(book(), **{"xl/embeddings/oleObject1.bin": b"x"}), "incorporati"),
    "a million full rows": (
        lambda: with_sheet(b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(1, 5_000))),
        "più di 1000 righe",
    ),
    "too many cells": (
        lambda: with_sheet(b"".join(b'<row r="%d">%s</row>' % (n, b"<c><v>1</v></c>" * 30) for n in range(1, 900))),
        "più di 20000 celle",
    ),
    "a cell beyond the edge": (lambda: with_sheet(b'<row r="1"><c r="ZZZ1"><v>1</v></c></row>'), "confini"),
    "a row beyond the edge": (lambda: with_sheet(b'<row r="99999999"><c><v>1</v></c></row>'), "una riga dice di essere"),
    "elements without end": (lambda: with_sheet(b"<x/>" * 300_000), "troppi elementi"),
    "XML that is none": (lambda: with_sheet(b"<row>"), "danneggiato"),
    "a sheet that is not there": (lambda: parts(book(), **{"xl/_rels/workbook.xml.rels": b"x"}), "danneggiato"),
    "half a ZIP": (lambda: book()[:1_000], "danneggiato"),
    "an old XLS or a password": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, "password"),
    "a binary workbook": (lambda: zipped({"xl/workbook.bin": b"x"}), "xlsb"),
    "a ZIP of anything": (lambda: zipped({"foto.jpg": b"x"}), "non contiene una cartella"),
    "a page of the web": (lambda: b"<html>", "HTML"),
    "an ODS with a link": (
        lambda: ods(b'<table:table table:name="Obiettivi"><table:table-source xlink:href="file:///x.ods"/></table:table>'),
        "altri file",
    ),
    "an ODS with macros": (lambda: parts(ods(b""), **{"Basic/Standard/Module1.xml": b"<x/>"}), "macro"),
    "an ODS with a cell a million times": (
        lambda: ods(
            b'<table:table table:name="Obiettivi"><table:table-row table:number-rows-repeated="1000000"><table:table-cell><text:p>x</text:p></table:table-cell></table:table-row></table:table>'
        ),
        "più di 1000 righe",
    ),
    "an ODS with a column a million times": (
        lambda: ods(
            b'<table:table table:name="Obiettivi"><table:table-row><table:table-cell table:number-columns-repeated="9999999"><text:p>x</text:p></table:table-cell></table:table-row></table:table>'
        ),
        "volte",
    ),
    "an ODS with entities": (lambda: parts(ods(b""), **{"content.xml": b'<!DOCTYPE x [<!ENTITY a "x">]>' + OFFICE + END}), "entità"),
    "a CSV that is no text": (lambda: zipped({"Obiettivi.csv": b'"' + b"x" * 200_000}), "non è un CSV"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_made_to_harm_is_refused_by_name_and_soon(name: str) -> None:
    make, reason = REFUSED[name]
    content = make()
    started = time.monotonic()
    with pytest.raises(WorkbookRefused) as refused:
        sheets_in(content, SMALL)
    assert reason in str(refused.value)
    assert refused.value.problem.accepted
    assert time.monotonic() - started < 20


TAKEN: dict[str, Callable[[], bytes]] = {
    "a million empty rows": lambda: with_sheet(
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>Livello</t></is></c><c r="B1" t="inlineStr"><is><t>Titolo</t></is></c></row>'
        b'<row r="2"><c r="A2" t="inlineStr"><is><t>op</t></is></c></row>'
        + b"".join(b'<row r="%d"/>' % n for n in range(3, 100_000))
    ),
    "two cells a world apart": lambda: with_sheet(
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>Livello</t></is></c></row><row r="2"><c r="A2" t="inlineStr"><is><t>op</t></is></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    ),
    "an ODS with a million empty rows": lambda: ods(
        b'<table:table table:name="Obiettivi"><table:table-row><table:table-cell><text:p>Livello</text:p></table:table-cell></table:table-row>'
        b"<table:table-row><table:table-cell><text:p>op</text:p></table:table-cell></table:table-row>"
        b'<table:table-row table:number-rows-repeated="1048574"><table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table>'
    ),
    "hyperlinks": lambda: parts(
        book(), **{"xl/worksheets/_rels/sheet1.xml.rels": REL % (b"hyperlink", b"https://www.esempio.it")}
    ),
}


@pytest.mark.parametrize("name", TAKEN)
def test_a_file_that_only_looks_harmful_is_read(name: str) -> None:
    uploaded = read_bytes(TAKEN[name](), SMALL._replace(cells=200_000))
    assert uploaded.objectives is not None
    assert [row.level for row in uploaded.objectives] == ["op"]


@pytest.mark.parametrize(
    "encoding",
    [
        "UTF-7",
        "utf-8-sig",
        "EBCDIC-CP-IT",
        "x-mac",
        "UTF-32",
        "rot13",
        "idna",
        "punycode",
        "",
        "-",
        "UCS-4",
        "ISO-2022-JP",
    ],
)
def test_an_xml_in_an_odd_encoding_is_refused_and_never_fails(encoding: str) -> None:
    head = f'<?xml version="1.0" encoding="{encoding}"?>'.encode()
    for written in (head + HEAD + TAIL, (head + HEAD + TAIL).decode().encode("utf-16"), head + b"\xff\xfe\x00" + TAIL):
        for content in (parts(book(), **{SHEET: written}), parts(ods(b""), **{"content.xml": written})):
            with pytest.raises(WorkbookRefused, match=r"scritto in|danneggiato"):
                sheets_in(content, SMALL)


@pytest.mark.parametrize("seed", range(300))
def test_a_workbook_with_broken_bytes_is_refused_or_read_and_never_fails(seed: int) -> None:
    content = bytearray(book())
    content[(seed * 7919) % len(content)] ^= 1 << (seed % 8)
    with contextlib.suppress(DomainError):  # whatever else it raised would fail the test
        read_incoming(bytes(content), SMALL)


@pytest.mark.parametrize("change", [0x01, 0x80, None], ids=["lowest bit", "highest bit", "zero"])
def test_a_workbook_with_any_byte_of_its_directory_changed_is_refused_or_read(change: int | None) -> None:
    content = book()
    end = content.rindex(b"PK\x05\x06")
    first = content.index(b"PK\x01\x02")
    for place in (*range(60), *range(first, first + 200), *range(end, len(content))):
        broken = bytearray(content)
        broken[place] = 0 if change is None else broken[place] ^ change
        with contextlib.suppress(DomainError):  # whatever else it raised would fail the test
            sheets_in(bytes(broken), SMALL)


def test_a_directory_that_lies_before_the_beginning_and_a_name_that_is_no_text_are_refused_with_the_part() -> None:
    moved, renamed = bytearray(book()), bytearray(book())
    end = moved.rindex(b"PK\x05\x06") + 16
    moved[end : end + 4] = (int.from_bytes(moved[end : end + 4], "little") + 1).to_bytes(4, "little")
    for header in re.finditer(rb"PK\x03\x04", bytes(renamed)):
        flags, name = header.start() + 7, header.start() + 30
        renamed[flags] |= 0x08  # says that the name is UTF-8
        renamed[name] = 0xFF
    for broken in (moved, renamed):
        with pytest.raises(WorkbookRefused, match="danneggiato") as refused:
            sheets_in(bytes(broken), SMALL)
        assert refused.value.problem.where == "[Content_Types].xml"


@pytest.mark.parametrize("number", ["2958465.9999999", "2958465.99999999999", "2958466", "-1", "1e300"])
def test_a_date_at_the_end_of_the_calendar_is_one_cell_that_is_wrong(number: str) -> None:
    styles = b'<styleSheet><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>'
    cell = f'<row r="1"><c r="A1" s="0"><v>{number}</v></c></row>'.encode()
    (sheet,) = sheets_in(parts(with_sheet(cell), **{"xl/styles.xml": styles}), SMALL)
    assert sheet.rows[1][1] == Broken("una data fuori dal calendario")


def test_a_reader_that_fails_refuses_the_file_and_names_the_part(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("api.workbook.xlsx._SheetReader.start", fail)
    with pytest.raises(WorkbookRefused, match="danneggiato") as refused:
        read_workbook_apart(book(), SMALL._asdict())
    assert refused.value.problem.where == SHEET
