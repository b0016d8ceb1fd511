"""Time stamps: checks an RFC 3161 token over a checkpoint. Whom to trust with the time, the reader decides.

Only the little of DER (X.690) and CMS (RFC 5652) that a token needs is read here.
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from initinere_verify.trees import Failed

SIGNED_DATA = "2a864886f70d010702"
TST_INFO = "2a864886f70d0109100104"
MESSAGE_DIGEST = "2a864886f70d010904"
DIGESTS = {
    "608648016503040201": ("sha256", hashes.SHA256()),
    "608648016503040202": ("sha384", hashes.SHA384()),
    "608648016503040203": ("sha512", hashes.SHA512()),
}


LONGEST_TOKEN = 100_000
"""Bytes of a token, with its certificates; those of public authorities have some thousand."""


class Part(NamedTuple):
    """One element of DER: its tag, its content, and all its bytes."""

    tag: int
    content: bytes
    whole: bytes

    def parts(self) -> list["Part"]:
        """The elements within."""
        return list(parts(self.content))


class Stamp(NamedTuple):
    """What a token says: when (as written, UTC), who signed it, by whose certificate."""

    at: str
    by: str
    issuer: str
    fingerprint: str


def parts(data: bytes) -> Iterator[Part]:
    """The elements one after the other; ValueError when the bytes end too early."""
    at = 0
    while at < len(data):
        length, start = data[at + 1], at + 2
        if length & 0x80:
            start += length & 0x7F
            length = int.from_bytes(data[at + 2 : start], "big")
        if start + length > len(data):
            raise ValueError(at)
        yield Part(data[at], data[start : start + length], data[at : start + length])
        at = start + length


def check_stamp(token: bytes, message: bytes, where: str) -> Stamp:
    """What a token over a message says; Failed when it is of another message, or its signature does not hold."""
    if len(token) > LONGEST_TOKEN:
        raise Failed("bad_signature", where, f"una marca di al più {LONGEST_TOKEN} byte", f"{len(token)} byte")
    try:
        return _checked(token, message, where)
    except (ValueError, IndexError, KeyError, StopIteration) as error:
        raise Failed(
            "bad_signature", where, "una marca temporale RFC 3161", f"{type(error).__name__}: {error}"
        ) from None


def _checked(token: bytes, message: bytes, where: str) -> Stamp:
    kind, wrapped = next(parts(token)).parts()
    if kind.content.hex() != SIGNED_DATA:
        raise ValueError(kind.content.hex())
    signed = next(parts(wrapped.content)).parts()
    content_type, content = signed[2].parts()
    if content_type.content.hex() != TST_INFO:
        raise ValueError(content_type.content.hex())
    info = next(parts(content.content)).content  # RFC 5652, 5.2: the octets of eContent
    token_info = next(parts(info)).parts()  # RFC 3161, 2.4.2: TSTInfo
    algorithm, imprint = token_info[2].parts()
    name, _ = DIGESTS[algorithm.parts()[0].content.hex()]
    if hashlib.new(name, message).digest() != imprint.content:
        raise Failed("bad_signature", where, "una marca su questo checkpoint", "una marca su altro")
    certificates = [
        x509.load_der_x509_certificate(certificate.whole)
        for part in signed
        if part.tag == 0xA0
        for certificate in part.parts()
    ]
    by = _signer(signed[-1].parts()[0].parts(), info, certificates, where)
    at = token_info[4].content.decode()
    moment = datetime.strptime(at[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    if not by.not_valid_before_utc <= moment <= by.not_valid_after_utc + timedelta(seconds=1):
        validity = f"una marca fra {by.not_valid_before_utc} e {by.not_valid_after_utc}, quando il certificato valeva"
        raise Failed("bad_signature", where, validity, at)
    return Stamp(at, by.subject.rfc4514_string(), by.issuer.rfc4514_string(), by.fingerprint(hashes.SHA256()).hex())


def _signer(info: list[Part], content: bytes, certificates: list[x509.Certificate], where: str) -> x509.Certificate:
    """RFC 5652, 5.4: the signature is over the signed attributes, which hold the digest of the content."""
    name, digest = DIGESTS[info[2].parts()[0].content.hex()]
    attributes = info[3]
    attribute_values = {
        attribute.parts()[0].content.hex(): attribute.parts()[1].parts()[0].content for attribute in attributes.parts()
    }
    if attribute_values.get(MESSAGE_DIGEST) != hashlib.new(name, content).digest():
        raise Failed("bad_signature", where, "l'impronta del contenuto della marca", "un'altra")
    signed = b"\x31" + attributes.whole[1:]  # signed as a SET, not under the tag that it stands under
    signature = info[5].content
    serial = int.from_bytes(info[1].parts()[1].content, "big", signed=True)
    for certificate in certificates:
        if certificate.serial_number == serial and _holds(certificate, signature, signed, digest):
            usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
            if ExtendedKeyUsageOID.TIME_STAMPING not in usage:
                raise Failed("bad_signature", where, "un certificato per marche temporali", "un certificato per altro")
            return certificate
    raise Failed("bad_signature", where, "la firma di un'autorità di marcatura", "una firma che non torna")


def _holds(certificate: x509.Certificate, signature: bytes, text: bytes, digest: hashes.HashAlgorithm) -> bool:
    key = certificate.public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, text, padding.PKCS1v15(), digest)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, text, ec.ECDSA(digest))
        else:
            return False
    except InvalidSignature:
        return False
    return True
