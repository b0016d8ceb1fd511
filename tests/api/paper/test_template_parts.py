"""What may stand in the head and foot of a template: what an office draws there, and nothing that a program would follow."""

import struct
import zlib
from io import BytesIO
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from api.paper.template_parts import MOST_PIXELS, TemplateRefused, picture_kind, require_listed, without_fallbacks
from api.paper.word_names import W

SPACES = " ".join(
    f'xmlns:{prefix}="{name}"'
    for prefix, name in {
        "w": W[1:-1],
        "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
        "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
        "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
        "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
        "v": "urn:schemas-microsoft-com:vml",
        "o": "urn:schemas-microsoft-com:office:office",
    }.items()
)
VML = '<w:pict><v:rect href="http://evil"><v:fill type="frame" src="file://evil/share/x.png"/></v:rect></w:pict>'
BEGIN, APART, END = (f'<w:fldChar w:fldCharType="{kind}"/>' for kind in ("begin", "separate", "end"))
LETTERHEAD = f"""<w:p><w:pPr><w:pStyle w:val="Header"/><w:tabs><w:tab w:val="center" w:pos="4819"/></w:tabs>
<w:rPr><w:b/></w:rPr></w:pPr><w:r><w:rPr><w14:shadow w14:blurRad="1"/></w:rPr><w:tab/><w:t>Camera di commercio</w:t><w:br/></w:r>
<w:r><w:drawing><wp:inline><wp:docPr id="1" name="Logo" descr="https://www.esempio.it"><a:hlinkClick r:id="rId2"/></wp:docPr>
<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:blipFill>
<a:blip r:embed="rId1"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>
<w:hyperlink r:id="rId2"><w:r><w:t>sito</w:t></w:r></w:hyperlink>
<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:anchor><a:graphic><a:graphicData><wps:wsp><wps:txbx>
<w:txbxContent><w:p><w:r><w:t>riquadro</w:t></w:r></w:p></w:txbxContent></wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:anchor>
</w:drawing></mc:Choice><mc:Fallback>{VML}</mc:Fallback></mc:AlternateContent></w:r></w:p>
<w:sdt><w:sdtPr><w:docPartObj><w:docPartUnique/></w:docPartObj></w:sdtPr><w:sdtContent><w:p><w:r>{BEGIN}</w:r><w:r><w:instrText> PA</w:instrText></w:r>
<w:r><w:instrText>GE \\* MERGEFORMAT </w:instrText>{APART}<w:t>1</w:t>{END}</w:r>
<w:fldSimple w:instr=" NUMPAGES "><w:r><w:t>2</w:t></w:r></w:fldSimple></w:p></w:sdtContent></w:sdt>
<w:tbl><w:tblPr><w:tblW w:w="0"/></w:tblPr><w:tblGrid><w:gridCol/></w:tblGrid><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>"""


def judged(content: str, kind: str = "header") -> bytes:
    """A head of such content as it is taken."""
    part = without_fallbacks(f"<w:hdr {SPACES}>{content}</w:hdr>".encode())
    require_listed(ET.fromstring(part), kind, {"rId1", "rId2"}, "word/header1.xml")  # noqa: S314 - our own
    return part


def field(*instruction: str) -> str:
    """A field whose instruction is divided over runs."""
    runs = "".join(f"<w:r><w:instrText>{part}</w:instrText></w:r>" for part in instruction)
    return f"<w:p><w:r>{BEGIN}</w:r>{runs}<w:r>{APART}<w:t>x</w:t>{END}</w:r></w:p>"


def boxed(content: str) -> str:
    """A field with a box in its instruction: what the box holds is not of it."""
    box = f"<w:drawing><wps:txbx><w:txbxContent>{content}</w:txbxContent></wps:txbx></w:drawing>"
    return f"<w:p><w:r>{BEGIN}{box}<w:instrText>Caps</w:instrText>{END}</w:r></w:p>"


def test_a_letterhead_is_taken_without_what_old_programs_would_see() -> None:
    taken = judged(LETTERHEAD)
    assert b"riquadro" in taken
    assert b"evil" not in taken
    assert b"Fallback" not in taken


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (field("INCLU", 'DEPICTURE "http://evil/x.png"'), "un campo 'INCLUDEPICTURE"),
        (field("DD", "E", 'AUTO c:\\cmd.exe "/k calc"'), "un campo 'DDEAUTO"),
        (field("PAGE ", "INCLUDETEXT x"), "un campo 'PAGE INCLUDETEXT x'"),
        (field('ASK b "pwd"'), "un campo 'ASK"),
        (field('HYPERLINK "http://evil"'), "un campo 'HYPERLINK"),
        ('<w:p><w:fldSimple w:instr=" RD c:\\x "/></w:p>', "un campo 'RD"),
        (f"<w:p><w:r>{BEGIN}<w:instrText> PAGE </w:instrText>{BEGIN}{END}{END}</w:r></w:p>", "un campo dentro un altro"),
        (f"<w:p><w:r>{BEGIN}<w:instrText> PAGE </w:instrText>{APART}<w:instrText>LINK</w:instrText>{END}</w:r></w:p>", "non è cominciato"),
        (f"<w:p><w:r>{BEGIN}<w:instrText> PAGE </w:instrText></w:r></w:p>", "un campo senza fine"),
        (boxed("<w:p><w:r><w:instrText> PAGE \\* </w:instrText></w:r></w:p>"), "un campo 'Caps'"),
        (f"<w:p><w:r>{VML}</w:r></w:p>", "VML"),
        (f'<w:p><w:r><mc:AlternateContent><mc:Choice Requires="wps">{VML}</mc:Choice></mc:AlternateContent></w:r></w:p>', "VML"),
        ('<w:altChunk r:id="rId1"/>', "un altro documento"),
        ('<w:p><w:r><w:object r:id="rId1"/></w:r></w:p>', "un oggetto"),
        ('<w:p><w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:entryMacro w:val="x"/></w:ffData></w:fldChar></w:r></w:p>', "un elemento ffData"),
        ('<w:p><w:ins w:id="1" w:author="Mario Rossi"><w:r><w:t>x</w:t></w:r></w:ins></w:p>', "revisioni"),
        ('<w:p><w:r><w:drawing><a:blip r:link="rId7"/></w:drawing></w:r></w:p>', "una parte che non c'è"),
        ('<w:p><w:r><w:drawing><a:fill src="\\\\evil\\x.png"/></w:drawing></w:r></w:p>', "un rimando a"),
        ('<w:p><w:r><w:drawing><c:chart r:id="rId1"/></w:drawing></w:r></w:p>', "un elemento chart"),
        ("<w:p><w:pPr><w:r><w:t>x</w:t></w:r></w:pPr></w:p>", "un elemento r"),
    ],
)  # fmt: skip
def test_what_is_not_listed_is_refused(content: str, words: str) -> None:
    with pytest.raises(TemplateRefused) as refused:
        judged(content)
    assert words in str(refused.value)


@pytest.mark.parametrize("kind", ["styles", "numbering", "theme"])
def test_styles_and_numbering_and_themes_hold_no_text_and_no_picture(kind: str) -> None:
    for content in ("<w:p/>", "<w:numPicBullet><w:pict/></w:numPicBullet>", '<a:blip r:embed="rId9"/>', VML):
        with pytest.raises(TemplateRefused):
            judged(content, kind)


def drawn(kind: str) -> bytes:
    """A small picture."""
    made = BytesIO()
    Image.new("RGB", (60, 40), "red").save(made, kind)
    return made.getvalue()


def bomb(side: int) -> bytes:
    """A PNG that says to be a large square, with no more than the beginning of it."""
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        for name, content in (
            (b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)),
            (b"IDAT", zlib.compress(bytes(100))[:8]),
        )
    )


def test_a_picture_is_known_by_its_bytes_and_bounded_in_its_pixels() -> None:
    assert [picture_kind(drawn(kind), MOST_PIXELS, "logo") for kind in ("png", "jpeg", "gif")] == [
        ("png", 2400),
        ("jpeg", 2400),
        ("gif", 2400),
    ]
    for data in (bomb(5_000), bomb(60_000)):
        with pytest.raises(TemplateRefused, match="troppo grandi"):
            picture_kind(data, MOST_PIXELS, "logo")
    with pytest.raises(TemplateRefused, match="troppo grandi"):
        picture_kind(drawn("png"), 2399, "logo")
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
    emf = b"\x01\x00\x00\x00" + bytes(36) + b" EMF" + bytes(100)
    for data in (b"MZ not a picture", svg, emf, drawn("png")[:60], bomb(1_000), drawn("bmp"), b""):
        with pytest.raises(TemplateRefused, match="non si legge"):
            picture_kind(data, MOST_PIXELS, "logo")
