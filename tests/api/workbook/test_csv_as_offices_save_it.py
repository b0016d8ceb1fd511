"""CSV as offices save it, alone or in a ZIP: what divides the columns, encodings, what is beside, what is refused."""

import io
import zipfile

import pytest

from api.imports.reading import read_workbook_apart
from api.workbook.csvzip import delimiter_of
from api.workbook.formats import format_of, read_bytes
from api.workbook.safety import Limits, WorkbookRefused
from domain.documents.uploaded import UploadedPlan
from domain.errors import Malformed

TARGET = "Indicatore;2023;2024\r\nattesa;<= 7,5 ore;<= 6 ore\r\ncortesia;>= 80%;>= 85%\r\n"


def zipped(**named: bytes | str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, content in named.items():
            package.writestr(name.replace("__", "/") + ".csv", content)
    return out.getvalue()


def texts(uploaded: UploadedPlan) -> list[str | None]:
    return [target.text for target in uploaded.targets or ()]


READ = ["<= 7,5 ore", "<= 6 ore", ">= 80%", ">= 85%"]


@pytest.mark.parametrize(
    "content",
    [
        TARGET,
        TARGET.replace(";", "\t"),
        "Valori attesi, triennio, anni 2023, 2024\r\nA cura dell'ufficio, bozza\r\n" + TARGET,
        "sep=;\r\n" + TARGET,
        TARGET.replace("\r\n", "\r"),
        TARGET.encode("utf-16"),
        TARGET.encode("utf-16-le"),
        TARGET.encode("utf-16-be"),
        "\ufeff" + TARGET,
        TARGET.replace(" ore", " ore²").encode("cp1252"),
    ],
)
def test_a_csv_is_read_in_a_zip_and_alone(content: str | bytes) -> None:
    data = content.encode() if isinstance(content, str) else content
    for uploaded in (read_bytes(zipped(Target=data), Limits()), read_bytes(data, Limits())):
        assert [text.replace("²", "") for text in texts(uploaded) if text] == READ


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a;b\n1,5;2,5\n", ";"),
        ("a,b\n1;2\nx,y\nz,w\n", ","),
        ('"a;b;c";d\n"x;y";z\n', ";"),
        ("sep=|\na|b\n", "|"),
        ("uno\ndue\n", ";"),
    ],
)
def test_what_most_lines_agree_on_divides_the_columns(text: str, delimiter: str) -> None:
    assert delimiter_of(text) == delimiter


def test_what_macos_puts_beside_is_no_sheet() -> None:
    content = zipped(Target=TARGET, __MACOSX__piano___Target=b"\x00\x05\x16\x07\x00", ___Target=b"\x00\x01")
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        new.writestr("piano/Target.csv", old.read("Target.csv"))
        new.writestr("__MACOSX/piano/._Target.csv", b"\x00\x05\x16\x07\x00\x02")
        new.writestr("piano/._Target.csv", b"\x00\x05")
        new.writestr("piano/.DS_Store", b"\x00")
    assert texts(read_bytes(out.getvalue(), Limits())) == READ


@pytest.mark.parametrize("content", [TARGET.replace(" ore", " ore\x00"), TARGET.replace("80", "\x0080")])
def test_null_characters_are_no_text(content: str) -> None:
    for data in (zipped(Target=content), content.encode()):
        with pytest.raises(WorkbookRefused, match="carattere nullo"):
            read_bytes(data, Limits())


def test_two_files_of_one_name_are_refused() -> None:
    with pytest.raises(WorkbookRefused, match="stesso nome"):
        read_bytes(zipped(a__Target=TARGET, b__target=TARGET), Limits())


def test_a_csv_alone_that_says_no_sheet_is_told_what_to_do() -> None:
    with pytest.raises(WorkbookRefused, match="quale foglio") as refused:
        read_bytes(b"uno;due\r\n1;2\r\n3;4\r\n", Limits())
    assert "ZIP" in refused.value.problem.accepted


@pytest.mark.parametrize(
    ("data", "found", "accepted"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"), ".xls di una volta", ".xlsx"),
        (b"\x09\x08\x10\x00\x00\x06", ".xls di una volta", ".xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password", "senza password"),
        (b"<html><table><tr><td>Indicatore</td></tr></table></html>", "pagina HTML", ".xlsx"),
        (b'<?xml version="1.0"?><Workbook/>', "XML", ".xlsx"),
        (b"%PDF-1.7", "PDF", ".csv"),
        (b"  \r\n", "vuoto", ".xlsx"),
        (b"Gentile ufficio, il piano e' in allegato.", "non è una cartella", ".xlsx"),
    ],
)
def test_a_file_that_is_not_read_is_told_what_to_do(data: bytes, found: str, accepted: str) -> None:
    with pytest.raises(WorkbookRefused, match=found) as refused:
        format_of(data)
    assert accepted in refused.value.problem.accepted


@pytest.mark.parametrize("data", [b'{"plan": {}}', b"[1]", b'  \n{"a": 1}', b'\xef\xbb\xbf{"a;b": 1}'])
def test_a_document_is_no_csv(data: bytes) -> None:
    assert format_of(data) == "json"


@pytest.mark.parametrize(
    ("data", "name", "found"),
    [
        (b"not a zip", "piano.xlsx", "il nome del file finisce in .xlsx, ma dentro è un testo senza tabella"),
        (b"{nothing", "Piano.XLSX", "il nome del file finisce in .xlsx, ma dentro è un testo senza tabella"),
        (b"%PDF-1.7", "C:/piano.xlsx", "il nome del file finisce in .xlsx, ma dentro è un PDF"),
        (b"%PDF-1.7", "piano.pdf", "il file non è una cartella di lavoro, e non è JSON: è un PDF"),
        (b"\x89PNG\r\n\x1a\n", "", "il file non è una cartella di lavoro, e non è JSON: è un'immagine PNG"),
        (b"\x1f\x8b\x08", "piano.ods", "il nome del file finisce in .ods, ma dentro è un archivio gzip"),
        (
            b"\x07\x00\x01\x02",
            "piano.csv",
            "il nome del file finisce in .csv, ma dentro è un file di un altro programma",
        ),
    ],
)
def test_a_file_of_another_kind_is_told_what_was_expected_and_what_came(data: bytes, name: str, found: str) -> None:
    with pytest.raises(WorkbookRefused) as refused:
        format_of(data, name)
    assert refused.value.problem.found == found


def test_a_document_of_a_word_processor_is_called_by_its_name() -> None:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as package:
        package.writestr("word/document.xml", "<w/>")
    with pytest.raises(WorkbookRefused, match="un documento di Word"):
        read_bytes(kept.getvalue(), Limits())


def test_what_can_be_read_is_read_whatever_its_name_promises() -> None:
    assert format_of(b'{"plan": {}}', "piano.xlsx") == "json"


@pytest.mark.parametrize(
    "text",
    [
        "Indicatore,2024\nTempi,<= 7,5 gg\n",
        "Indicatore,2024\nAltro,3\nTempi,<= 7,5 gg\n",
        "Indicatore,2024,Ordine\nTempi,<= 7,5 gg,\n",
        "Comune di Prova\nIndicatore,2024\nTempi,<= 7,5 gg\n",
    ],
)
def test_a_row_of_more_columns_than_the_headings_is_refused(text: str) -> None:
    with pytest.raises(Malformed, match="forse una virgola dentro una cella"):
        read_bytes(zipped(Target=text), Limits())


def test_so_is_one_in_a_layout_of_an_office() -> None:
    text = "Comune di Prova\nPiano 2024\nObiettivo,Indicatore,Target 2024,Peso\nUno,Tempi,<= 7,5 gg,60\n,Altro,3,40\n"
    with pytest.raises(Malformed, match="la riga ha 5 colonne e le intestazioni 4"):
        read_workbook_apart(zipped(Foglio1=text), dict(Limits()._asdict()))


def test_the_noise_of_a_binary_number_is_no_figure_and_a_long_number_is_one() -> None:
    uploaded = read_bytes(zipped(Target="Indicatore;2024;2025\nA;33.33000000000001%;0,1234567890123456\n"), Limits())
    assert texts(uploaded) == ["33.33%", "0,1234567890123456"]


def test_a_file_of_another_kind_in_a_zip_is_told() -> None:
    uploaded = read_bytes(zipped(Target="Indicatore;2024\nA;1\n"), Limits())
    assert not uploaded.remarks
    buffer = io.BytesIO(zipped(Target="Indicatore;2024\nA;1\n"))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("Leggimi.txt", "Target 2024: 9 gg")
        archive.writestr("checkpoint.txt", "ours")
    told = [where for where, _ in read_bytes(buffer.getvalue(), Limits()).remarks]
    assert told == ["Leggimi.txt"]
