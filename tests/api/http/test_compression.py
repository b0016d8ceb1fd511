"""Answers go out compressed as they are taken, each under a tag of its own that is good for whatever tags are for."""

import gzip
from unittest.mock import patch

import pytest
import zstandard

from api.http import compression
from api.http.compression import begun, continued, encoded, taken
from api.http.headers import CODINGS
from tests.api.http.client import Client, P
from tests.support.harness import PLAN, ServiceHarness


@pytest.fixture
def loaded(harness: ServiceHarness) -> ServiceHarness:
    harness.on("2022-02-05").load()
    return harness.on("2022-11-10")


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        ("", None),
        ("identity", None),
        ("br, deflate", None),
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("zstd;q=0.5, gzip", "gzip"),
        ("ZSTD;q=0, GZIP;q=0.1", "gzip"),
        ("gzip;q=0", None),
        ("identity, gzip;q=0.5", None),
        ("identity;q=0.5, gzip;q=0.5", "gzip"),
        ("gzip;q=molto", None),
    ],
)
def test_the_coding_is_the_one_that_is_liked_best(header: str, coding: str | None) -> None:
    assert taken(header) == coding


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("coding", ["zstd", "gzip"])
def test_an_answer_has_a_tag_in_each_coding_by_which_it_is_held_and_written_on(client: Client, coding: str) -> None:
    plain = client.get(P, Accept_Encoding="identity")
    with client.http.stream("GET", P, headers={"Accept-Encoding": coding}) as packed:
        raw = b"".join(packed.iter_raw())
    unpacked = gzip.decompress(raw) if coding == "gzip" else zstandard.ZstdDecompressor().decompress(raw)
    assert unpacked == plain.content
    assert packed.headers["content-encoding"] == coding
    assert int(packed.headers["content-length"]) == len(raw) < len(plain.content)
    assert "accept-encoding" in plain.headers["vary"].lower()
    assert "accept-encoding" in packed.headers["vary"].lower()
    tag, plain_tag = packed.headers["etag"], plain.headers["etag"]
    assert tag == f'{plain_tag[:-1]};{coding}"'
    for held in (tag, f"W/{tag}", f'"altro", {tag}'):
        again = client.get(P, Accept_Encoding=coding, If_None_Match=held)
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert again.headers["vary"] == packed.headers["vary"]
    assert client.get(P, Accept_Encoding=coding, If_None_Match=plain_tag).headers["etag"] == plain_tag
    change = {
        "verb": "revise_target",
        "object": "incasso",
        "year": 2022,
        "target": ">= 68%",
        "act": "delibera di Giunta n. 9 del 30/09/2022",
        "justification": "dati",
        "cause": "new_data",
    }
    assert client.post(f"{P}/changes", change, If_Match=tag).status_code == 201
    assert client.post(f"{P}/changes", change | {"target": ">= 67%"}, If_Match=tag).status_code == 412
    assert client.get(P, Accept_Encoding=coding, If_None_Match=tag).status_code == 200


@pytest.mark.usefixtures("loaded")
def test_what_is_kept_is_compressed_once(client: Client) -> None:
    path = f"{P}/scores?year=2022"
    first = client.get(path, Accept_Encoding="zstd")
    assert first.headers["content-encoding"] == "zstd"
    with patch.object(compression, "encoded", side_effect=AssertionError("compressed again")):
        assert client.get(path, Accept_Encoding="zstd").content == first.content


@pytest.mark.usefixtures("loaded")
def test_what_is_small_or_stored_nowhere_goes_as_it_is(client: Client) -> None:
    small = client.get(f"{P}/rounds", Accept_Encoding="gzip")
    assert "content-encoding" not in small.headers
    stored_nowhere = client.get(f"/v1/plans/{PLAN}/audit-export?format=csv", Accept_Encoding="gzip")
    assert stored_nowhere.headers["cache-control"] == "no-store"
    assert len(stored_nowhere.content) > compression.SHORTEST
    assert "content-encoding" not in stored_nowhere.headers


def test_the_same_bytes_are_compressed_to_the_same_bytes() -> None:
    for coding in ("zstd", "gzip"):
        assert encoded(b"x" * 5_000, coding, 1) == encoded(b"x" * 5_000, coding, 1)


@pytest.mark.parametrize("first", [bytes(range(256)) * 40, b"a" * 300_000, b"{" + b'"x":1,' * 20_000])
@pytest.mark.parametrize("rest", [b"", b"}", b'"as_of":"2022-10-10","version":12}'])
def test_what_ends_otherwise_each_time_is_compressed_once_and_read_by_whoever_reads_the_coding(
    first: bytes, rest: bytes
) -> None:
    packed = {coding: continued(begun(first, coding, 1), len(first), rest, coding) for coding in CODINGS}
    assert gzip.decompress(packed["gzip"]) == first + rest
    assert zstandard.ZstdDecompressor().decompress(packed["zstd"]) == first + rest
    assert zstandard.get_frame_parameters(packed["zstd"]).content_size == len(first + rest)


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("coding", ["zstd", "gzip"])
def test_another_point_of_a_region_is_not_compressed_again(client: Client, coding: str) -> None:
    client.get(f"{P}?as_of=2022-05-05", Accept_Encoding=coding)
    path, headers = f"{P}?as_of=2022-05-06", {"Accept-Encoding": coding}
    compressed_again = patch.object(compression, "begun", side_effect=AssertionError("compressed again"))
    with compressed_again, client.http.stream("GET", path, headers=headers) as packed:
        raw = b"".join(packed.iter_raw())
    assert packed.headers["content-encoding"] == coding
    unpacked = gzip.decompress(raw) if coding == "gzip" else zstandard.ZstdDecompressor().decompress(raw)
    assert unpacked == client.get(path).content
