"""Files made to harm, a few bytes that would unfold to gigabytes or hours: for the tests and for the table of docs/file-ostili.md.

Each maker takes a size and gives the file; `BOMBS` names them with the size at which they were first seen.
"""

import io
import zipfile
from collections.abc import Callable, Mapping
from typing import NamedTuple

import orjson

MAIN = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATIONS = b'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
OFFICE = (
    b'<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    b'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    b'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    b'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
)
HEAD = b'<row r="1"><c t="inlineStr"><is><t>Livello</t></is></c><c t="inlineStr"><is><t>Titolo</t></is></c></row>'


def zipped(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP of some parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method, compresslevel=9) as package:
        for name, data in members.items():
            package.writestr(name, data)
    return out.getvalue()


def xlsx(rows: bytes, *, after: bytes = b"", sheets: int = 1, **parts: bytes) -> bytes:
    """An XLSX whose sheet Obiettivi has these rows, and after them this; `shared` and `styles` are parts of it."""
    listed = b"".join(
        b'<sheet name="Obiettivi%s" sheetId="%d" r:id="r1"/>' % (b"" if n == 1 else b"%d" % n, n)
        for n in range(1, sheets + 1)
    )
    members = {
        "[Content_Types].xml": b"<Types/>",
        "xl/workbook.xml": b'<workbook %s xmlns:r="urn:r"><sheets>%s</sheets></workbook>' % (MAIN, listed),
        "xl/_rels/workbook.xml.rels": b'<Relationships %s><Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
        % RELATIONS,
        "xl/worksheets/sheet1.xml": b"<worksheet %s><sheetData>%s</sheetData>%s</worksheet>" % (MAIN, rows, after),
    }
    if "shared" in parts:
        members["xl/sharedStrings.xml"] = b"<sst %s>%s</sst>" % (MAIN, parts["shared"])
    if "styles" in parts:
        members["xl/styles.xml"] = b"<styleSheet %s>%s</styleSheet>" % (MAIN, parts["styles"])
    return zipped(members)


def ods(table: bytes, styles: bytes = b"") -> bytes:
    """An ODS whose sheet Obiettivi holds these rows."""
    head = b"<table:table-row><table:table-cell><text:p>Livello</text:p></table:table-cell><table:table-cell><text:p>Titolo</text:p></table:table-cell></table:table-row>"
    body = b'%s<office:automatic-styles>%s</office:automatic-styles><office:body><office:spreadsheet><table:table table:name="Obiettivi">%s%s</table:table></office:spreadsheet></office:body></office:document-content>'
    return zipped(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": body % (OFFICE, styles, head, table),
        }
    )


def csv(text: bytes) -> bytes:
    """A ZIP with one CSV, Obiettivi."""
    return zipped({"Obiettivi.csv": text})


def plan(**parts: object) -> bytes:
    """A JSON plan document with these parts."""
    stem = {
        "administration": {"id": "cciaa-x", "name": "Camera"},
        "plan": {"id": "x-2022-2024", "title": "Piano", "first_year": 2022, "last_year": 2024},
    }
    return orjson.dumps(stem | parts)


def _cells(n: int, cell: bytes) -> bytes:
    """`n` cells in rows of a hundred."""
    return HEAD + b"".join(b"<row>" + cell * 100 + b"</row>" for _ in range(max(1, n // 100)))


def _p(content: bytes) -> bytes:
    return b"<table:table-row><table:table-cell><text:p>%s</text:p></table:table-cell></table:table-row>" % content


def _shared(n: int) -> bytes:
    return b"<si><t>" + b"parole " * (n // 7) + b"</t></si>"


def _runs(n: int) -> bytes:
    return b"<si>" + b"<r><rPr><strike/></rPr><t>a</t></r>" * n + b"</si>"


def _merges(n: int, ref: Callable[[int], bytes]) -> bytes:
    return b"<mergeCells>" + b"".join(b'<mergeCell ref="%s"/>' % ref(i) for i in range(n)) + b"</mergeCells>"


def _letters(column: int) -> bytes:
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name.encode()


def overlapping(n: int) -> bytes:
    """A ZIP in whose directory `n` entries are one and the same part, packed as tightly as it goes."""
    packed = bytearray(zipped({"Obiettivi.csv": b"Livello;Titolo\r\n" + b";" * 1_000_000}))
    start = packed.rindex(b"PK\x01\x02")
    end = packed.rindex(b"PK\x05\x06")
    entry = bytes(packed[start:end])
    name = entry.index(b"Obiettivi.csv")
    entries = b"".join(entry[:name] + b"Obiet%04d.csv" % i + entry[name + 13 :] for i in range(n))
    tail = bytearray(packed[end:])
    tail[8:12] = n.to_bytes(2, "little") * 2
    tail[12:16] = len(entries).to_bytes(4, "little")
    return bytes(packed[:start]) + entries + bytes(tail)


def _styles(n: int, code: bytes) -> bytes:
    xfs = b'<xf numFmtId="170" fontId="0"/>' * n
    return b'<numFmts><numFmt numFmtId="170" formatCode="%s"/></numFmts><fonts><font/></fonts><cellXfs>%s</cellXfs>' % (
        code,
        xfs,
    )


class Bomb(NamedTuple):
    """A kind of harm: its name, how it is made of a size, and the size to which it is made where it is measured."""

    name: str
    make: Callable[[int], bytes]
    size: int


BOMBS = (
    # The four of the first attack.
    Bomb("XLSX: number format [[[[...", lambda n: xlsx(HEAD, styles=_styles(1, b"[" * n)), 2_000_000),
    Bomb("ODS: hidden rows repeated", lambda n: ods(b'<table:table-row table:visibility="collapse" table:number-rows-repeated="199999"/>' * n), 2_000),
    Bomb("ODS: spaces repeated", lambda n: ods(_p(b"x" + b'<text:s text:c="4000"/>' * n)), 800_000),
    Bomb("XLSX: one long text in many cells", lambda n: xlsx(_cells(n, b'<c t="s"><v>0</v></c>'), shared=_shared(400_000)), 100_000),
    Bomb("XLSX: merges down the sheet", lambda n: xlsx(HEAD + b'<row r="1048576"><c><v>1</v></c></row>' + b"".join(b'<row r="%d"><c r="C%d"><v>1</v></c></row>' % (r, r) for r in range(2, 20_000)), after=_merges(n, lambda _: b"A1:A1048576")), 190_000),
    # Others of their kind: XLSX.
    Bomb("XLSX: merges across the sheet", lambda n: xlsx(HEAD, after=_merges(n, lambda i: b"A%d:XFD%d" % (i + 2, i + 2))), 150_000),
    Bomb("XLSX: merges that fill columns", lambda n: xlsx(b'<row r="1">' + b"<c><v>1</v></c>" * 2_000 + b"</row>" + b"".join(b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (r, r) for r in range(2, n)), after=_merges(2_000, lambda i: b"%s1:%s1048576" % (_letters(i + 1), _letters(i + 1)))), 100_000),
    Bomb("XLSX: number format in many styles", lambda n: xlsx(HEAD, styles=_styles(n, b"[$" * 4_000)), 100_000),
    Bomb("XLSX: fonts within fonts", lambda n: xlsx(HEAD, styles=b"<font><strike>" * n + b"</strike></font>" * n), 100_000),
    Bomb("XLSX: runs of a text in many cells", lambda n: xlsx(_cells(n, b'<c t="s"><v>0</v></c>'), shared=_runs(2_000)), 100_000),
    Bomb("XLSX: one text without end", lambda n: xlsx(HEAD + b'<row><c t="inlineStr"><is><t>' + b"x" * n + b"</t></is></c></row>"), 19_000_000),
    Bomb("XLSX: a number without end", lambda n: xlsx(HEAD + b"<row><c><v>" + b"9" * n + b"</v></c></row>"), 19_000_000),
    Bomb("XLSX: an attribute without end", lambda n: xlsx(HEAD + b'<row spans="' + b"1" * n + b'"/>'), 19_000_000),
    Bomb("XLSX: a comment without end", lambda n: xlsx(HEAD + b"<!--" + b"> " * (n // 2) + b"-->"), 19_000_000),
    Bomb("XLSX: attributes without end", lambda n: xlsx(HEAD + b"<row " + b" ".join(b'a%d="1"' % i for i in range(n)) + b"/>"), 100_000),
    Bomb("XLSX: elements within elements", lambda n: xlsx(HEAD + b"<x>" * n + b"</x>" * n), 1_000_000),
    Bomb("XLSX: two hundred sheets of one part", lambda n: xlsx(_cells(n, b"<c><v>1</v></c>"), sheets=200), 200_000),
    Bomb("XLSX: headings to the last column", lambda n: xlsx(b"".join(b"<row>" + b"".join(b'<c t="inlineStr"><is><t>Titol%d</t></is></c>' % i for i in range(n)) + b"</row>" for _ in range(30)) + HEAD.replace(b' r="1"', b"")), 16_000),
    Bomb("XLSX: headings beside many rows", lambda n: xlsx(b"<row>" + HEAD[11:-6].replace(b' r="1"', b"") + b'<c t="inlineStr"><is><t>x y z</t></is></c>' * 5_000 + b"</row>" + b"<row><c><v>1</v></c></row>" * n), 100_000),
    Bomb("XLSX: hidden rows", lambda n: xlsx(HEAD + b'<row hidden="1"/>' * n), 1_000_000),
    Bomb("XLSX: shared formulas, validations, widths", lambda n: xlsx(HEAD + b'<row><c><f t="shared" ref="A1:XFD1048576" si="0">A1</f></c></row>' * n, after=b'<conditionalFormatting sqref="A1:XFD1048576"/><dataValidation sqref="A1:XFD1048576"/><col min="1" max="16384"/>' * n), 100_000),
    Bomb("XLSX: many wrong cells", lambda n: xlsx(HEAD + b'<row><c/><c t="b"><v>1</v></c></row>' * n), 190_000),
    Bomb("XLSX: a name of a sheet without end", lambda n: zipped({"[Content_Types].xml": b"<Types/>", "xl/_rels/workbook.xml.rels": b"<Relationships/>", "xl/workbook.xml": b"<workbook><sheets>" + b'<sheet name="%s" r:id="r"/>' % (b"x" * n) * 20 + b"</sheets></workbook>"}), 900_000),
    # ODS.
    Bomb("ODS: filtered rows repeated", lambda n: ods(b'<table:table-row table:visibility="filter" table:number-rows-repeated="190000"><table:table-cell/></table:table-row>' * n), 2_000),
    Bomb("ODS: a long cell repeated", lambda n: ods(b'<table:table-row table:number-rows-repeated="1000"><table:table-cell table:number-columns-repeated="1000"><text:p>%s</text:p></table:table-cell></table:table-row>' % (b"a b " * (n // 4))), 30_000),
    Bomb("ODS: columns repeated in repeated rows", lambda n: ods(b'<table:table-row table:number-rows-repeated="%d"><table:table-cell table:number-columns-repeated="16000"><text:p>x</text:p></table:table-cell></table:table-row>' % n), 190_000),
    Bomb("ODS: spans within spans", lambda n: ods(_p(b"<text:span>x" * n + b"</text:span>" * n)), 100_000),
    Bomb("ODS: paragraphs and tabs", lambda n: ods(_p(b"<text:tab/><text:line-break/></text:p><text:p>" * n)), 400_000),
    Bomb("ODS: merged cells", lambda n: ods(b'<table:table-row><table:table-cell table:number-rows-spanned="1000000"><text:p>x</text:p></table:table-cell></table:table-row>' * n), 100_000),
    Bomb("ODS: tables within tables", lambda n: ods(b"<table:table-row><table:table-cell>" + b'<table:table table:name="x"><table:table-row><table:table-cell>' * n + b"</table:table-cell></table:table-row></table:table>" * n + b"</table:table-cell></table:table-row>"), 150_000),
    Bomb("ODS: covered cells and header rows", lambda n: ods((b'<table:table-header-rows><table:table-row><table:covered-table-cell table:number-columns-repeated="16000"><text:p>x</text:p></table:covered-table-cell></table:table-row></table:table-header-rows>') * n), 10_000),
    # ZIP and CSV.
    Bomb("ZIP: one part listed many times", overlapping, 1_900),
    Bomb("ZIP: a directory without end", lambda n: zipped({f"{i}.csv": b"" for i in range(n)}), 100_000),
    Bomb("ZIP: zeros in LZMA", lambda n: zipped({"Obiettivi.csv": b";" * n}, zipfile.ZIP_LZMA), 19_000_000),
    Bomb("ZIP: zips within a zip", lambda n: zipped({"a.zip": zipped({"b.zip": zipped({"c.csv": b"0" * n})}), "Obiettivi.csv": b"Livello;Titolo\r\n"}), 10_000_000),
    Bomb("CSV: a line without end", lambda n: csv(b"Livello;Titolo\r\n" + b"x y " * (n // 4)), 19_000_000),
    Bomb("CSV: columns without end", lambda n: csv(b"Livello;Titolo\r\n" + b";" * n), 19_000_000),
    Bomb("CSV: columns over broken lines", lambda n: csv(b"Livello;Titolo\r\n" + b'"\n";' * (n // 4)), 19_000_000),
    Bomb("CSV: a quotation mark never closed", lambda n: csv(b'Livello;"Titolo\r\n' + b"x\r\n" * (n // 3)), 19_000_000),
    Bomb("CSV: zero bytes", lambda n: csv(b"Livello;Titolo\r\n" + b"\0;\0\r\n" * (n // 5)), 10_000_000),
    # JSON.
    Bomb("JSON: a list without end", lambda n: b"[" + b"0," * (n // 2) + b"0]", 40_000_000),
    Bomb("JSON: a list of objects without end", lambda n: b"[" + b"{}," * (n // 3) + b"{}]", 40_000_000),
    Bomb("JSON: unknown keys", lambda n: plan(**{f"k{i}": 0 for i in range(n)}), 800_000),
    Bomb("JSON: unknown keys in every row", lambda n: plan(indicators=[{f"k{i}": 0 for i in range(20)}] * n), 50_000),
    Bomb("JSON: wrong rows", lambda n: plan(indicators=[{}] * n), 60_000),
    Bomb("JSON: wrong targets of one indicator", lambda n: plan(indicators=[{"id": "a", "name": "A", "targets": [{}] * n}]), 1_000_000),
    Bomb("JSON: a key said a million times", lambda n: b'{"a":0' + b',"a":0' * n + b"}", 1_000_000),
    Bomb("JSON: numbers that are none", lambda n: b"[" + b"NaN," * n + b"NaN]", 1_000_000),
    Bomb("JSON: a number of many digits", lambda n: b"[" + b"9" * n + b"]", 10_000_000),
    Bomb("JSON: brackets without end", lambda n: b"[" * n, 10_000_000),
    Bomb("JSON: objects without end", lambda n: b'{"a":' * n, 2_000_000),
    Bomb("JSON: a text without end", lambda n: plan(title="x" * n), 40_000_000),
    Bomb("JSON: warnings without end", lambda n: plan(warnings=[[[0]]] * n), 2_000_000),
    Bomb("JSON: systems without end", lambda n: orjson.dumps({"administration": {"id": "cciaa-x", "name": "C"}, "plan": {"id": "x-2022-2024", "title": "P", "first_year": 2022, "last_year": 2024, "systems": {"2022": {f"k{i}": [0] for i in range(n)}}}}), 1_000_000),
)  # fmt: skip
