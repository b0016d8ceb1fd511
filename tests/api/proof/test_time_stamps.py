"""Time stamps (RFC 3161): a stand-in on this machine signs for real; a sample by openssl is an independent judge."""

import hashlib
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import NamedTuple

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from api.proof.pack import make_pack
from api.proof.timestamps import SHA256, StampRefused, element, query, stamper
from initinere_verify.pack import verify_pack
from initinere_verify.stamps import MESSAGE_DIGEST, SIGNED_DATA, TST_INFO, check_stamp, parts
from initinere_verify.trees import Failed
from projections.proof.live_verification import verify_database
from projections.proof.log import Log
from tests.support.harness import PLAN, ServiceHarness, point

RSA_SHA256 = "2a864886f70d01010b"
CONTENT_TYPE = "2a864886f70d010903"


def _oid(text: str) -> bytes:
    return element(0x06, bytes.fromhex(text))


class Authority(NamedTuple):
    """A time stamping authority: its certificate, its key, and the tokens that it signs."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey

    def answer(self, request: bytes) -> bytes:
        """A TimeStampResp over a request (RFC 3161, 2.4.2), signed as CMS (RFC 5652) has it."""
        asked = next(parts(request)).parts()
        now = element(0x18, b"20221003090000Z")
        serial = element(0x02, b"\x01")
        info = element(
            0x30, element(0x02, b"\x01") + _oid("2b0601040101") + asked[1].whole + serial + now + asked[2].whole
        )
        digest = element(0x04, hashlib.sha256(info).digest())
        attributes = element(0x30, _oid(CONTENT_TYPE) + element(0x31, _oid(TST_INFO)))
        attributes += element(0x30, _oid(MESSAGE_DIGEST) + element(0x31, digest))
        signature = self.key.sign(element(0x31, attributes), padding.PKCS1v15(), hashes.SHA256())
        number = self.certificate.serial_number
        issuer = element(
            0x30,
            self.certificate.issuer.public_bytes()
            + element(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big")),
        )
        rsa_ = element(0x30, _oid(RSA_SHA256) + b"\x05\x00")
        signer = element(
            0x30,
            element(0x02, b"\x01") + issuer + SHA256 + element(0xA0, attributes) + rsa_ + element(0x04, signature),
        )
        content = element(0x30, _oid(TST_INFO) + element(0xA0, element(0x04, info)))
        certificate = element(0xA0, self.certificate.public_bytes(serialization.Encoding.DER))
        signed = element(
            0x30, element(0x02, b"\x03") + element(0x31, SHA256) + content + certificate + element(0x31, signer)
        )
        token = element(0x30, _oid(SIGNED_DATA) + element(0xA0, signed))
        return element(0x30, element(0x30, element(0x02, b"\x00")) + token)


@pytest.fixture(scope="module")
def authority() -> Authority:
    """An authority with a certificate for time stamps."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Autorità di prova")])
    start = datetime(2022, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(4711).not_valid_before(start).not_valid_after(start + timedelta(days=36_500))
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    return Authority(builder.add_extension(usage, critical=True).sign(key, hashes.SHA256()), key)


@pytest.fixture
def served(authority: Authority) -> Iterator[tuple[str, list[bytes]]]:
    """The address of the authority on this machine; what is put in the list is answered in the place of its token."""
    instead: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = self.rfile.read(int(self.headers["Content-Length"]))
            body = instead[-1] if instead else authority.answer(request)
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/tsa", instead
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_checkpoint_is_stamped_and_both_verifiers_check_it(served: tuple[str, list[bytes]], tmp_path: Path) -> None:
    harness = ServiceHarness(tmp_path / "archivio.sqlite").on("2022-02-05")
    log = Log(harness.store, tmp_path / "signing.key", stamper(served[0]))
    harness.load()
    made = log.checkpoint(stamp=True)
    assert made.stamped is not None
    with harness.store.datastore.cursor() as cursor:
        statement = verify_database(cursor).statement()
    assert "marca temporale del 20221003090000Z, firmata da CN=Autorità di prova" in statement
    path = tmp_path / "fascicolo.zip"
    path.write_bytes(make_pack(harness.store, log, PLAN, 2022, point("2022-12-31")).content)
    assert "marca temporale" in verify_pack(path).statement()
    with harness.store.datastore.cursor(commit=True) as cursor:
        data = bytearray(made.stamped)
        data[-1] ^= 1
        cursor.execute("UPDATE checkpoint SET stamped = ?", (bytes(data),))
    with harness.store.datastore.cursor() as cursor, pytest.raises(Failed) as failure:
        verify_database(cursor)
    assert failure.value.kind == "bad_signature"
    harness.store.close()


def test_a_token_holds_for_its_message_and_every_flipped_byte_that_counts_is_found(authority: Authority) -> None:
    message = b"un checkpoint"
    token = next(parts(authority.answer(query(message, 7)))).parts()[1].whole
    assert check_stamp(token, message, "prova").by == "CN=Autorità di prova"
    with pytest.raises(Failed, match="una marca su altro"):
        check_stamp(token, b"un altro", "prova")
    info = token.index(hashlib.sha256(message).digest())
    for place in (info, info + 40, len(token) - 3, token.index(b"20221003")):
        data = bytearray(token)
        data[place] ^= 1
        with pytest.raises(Failed):
            check_stamp(bytes(data), message, "prova")
    for end in range(0, len(token), 97):
        with pytest.raises(Failed):
            check_stamp(token[:end], message, "prova")


def test_an_authority_that_refuses_or_answers_another_question_is_refused(
    served: tuple[str, list[bytes]], authority: Authority
) -> None:
    url, instead = served
    stamp = stamper(url)
    for answer in (
        b"garbage",
        element(0x30, element(0x30, element(0x02, b"\x02")) + element(0x30, b"")),
        authority.answer(query(b"altro", 5)),
        authority.answer(query(b"un checkpoint", 5)),
    ):
        instead.append(answer)
        with pytest.raises(StampRefused):
            stamp(b"un checkpoint")
    with pytest.raises(StampRefused, match="non è un indirizzo"):
        stamper("file:///etc/passwd")
    with pytest.raises(StampRefused, match="non risponde"):
        stamper("http://127.0.0.1:9/tsa")(b"un checkpoint")


def test_a_token_that_openssl_gave_for_our_query_holds() -> None:
    """`openssl ts -reply` read the query of this sample, gave the answer beside it, and `openssl ts -verify` took it."""
    samples = Path(__file__).parents[2] / "samples" / "timestamps"
    assert query(b"un checkpoint", 123_456_789) == (samples / "openssl.tsq").read_bytes()
    token = next(parts((samples / "openssl.tsr").read_bytes())).parts()[1].whole
    stamp = check_stamp(token, b"un checkpoint", "prova")
    assert (stamp.at, stamp.by) == ("20261121075904Z", "CN=Prova")
    with pytest.raises(Failed):
        check_stamp(token[:-1] + bytes([token[-1] ^ 1]), b"un checkpoint", "prova")
