"""Asks an authority for a time stamp over a checkpoint (RFC 3161, over HTTP as its section 3.4 says)."""

import hashlib
import secrets
import urllib.error
import urllib.request
from collections.abc import Callable

from domain.errors import Refusal
from initinere_verify.trees import Failed

SECONDS = 10
LARGEST = 1_000_000
SHA256 = bytes.fromhex("300d06096086480165030402010500")
"""AlgorithmIdentifier of SHA-256, in DER."""


class StampRefused(Refusal):
    """The authority did not answer, or not with a time stamp over what was sent."""

    name = "stamp_refused"
    title = "Marca temporale non ottenuta"


def element(tag: int, content: bytes) -> bytes:
    """One element of DER."""
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def query(message: bytes, nonce: int) -> bytes:
    """A TimeStampReq (RFC 3161, 2.4.1): version 1, the digest, a nonce, and the wish for the certificate."""
    imprint = element(0x30, SHA256 + element(0x04, hashlib.sha256(message).digest()))
    number = element(0x02, nonce.to_bytes(nonce.bit_length() // 8 + 1, "big"))
    return element(0x30, element(0x02, b"\x01") + imprint + number + element(0x01, b"\xff"))


def stamper(url: str) -> Callable[[bytes], bytes]:
    """What asks the authority at an address; its answer is checked before it is kept."""
    # Certificates are read only where there are time stamps: no other start waits for what reads them.
    from initinere_verify.stamps import check_stamp, parts  # noqa: PLC0415

    if not url.startswith(("http://", "https://")):
        raise StampRefused(f"{url[:80]!r} non è un indirizzo", accepted="INITINERE_TIMESTAMPS=https://...")

    def stamp(message: bytes) -> bytes:
        nonce = secrets.randbits(63) | 1
        request = urllib.request.Request(  # noqa: S310 - the scheme is checked above
            url, data=query(message, nonce), headers={"Content-Type": "application/timestamp-query"}
        )
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as response:  # noqa: S310
                answer = response.read(LARGEST)
            status, token = next(parts(answer)).parts()[:2]
            if int.from_bytes(status.parts()[0].content, "big") > 1:  # RFC 3161, 2.4.2: granted, or granted with mods
                raise StampRefused(f"l'autorità {url} ha rifiutato la marca")
            check_stamp(token.whole, message, url)
        except (OSError, urllib.error.URLError) as error:
            raise StampRefused(f"l'autorità {url} non risponde: {error}", accepted="riprovare") from None
        except (ValueError, IndexError, StopIteration) as error:
            raise StampRefused(f"l'autorità {url} non ha dato una marca: {type(error).__name__}") from None
        except Failed as failed:
            raise StampRefused(f"la marca di {url} non vale: {failed.found}", accepted=failed.expected) from None
        if element(0x02, nonce.to_bytes(nonce.bit_length() // 8 + 1, "big")) not in token.whole:
            raise StampRefused(f"la marca di {url} risponde ad altra richiesta", accepted="riprovare")
        return token.whole

    return stamp
