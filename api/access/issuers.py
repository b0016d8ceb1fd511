"""Asks an issuer of tokens over HTTPS, within a time and a size, and keeps the keys that it signs with.

What comes back is judged before anybody reads it: a redirect, a compressed body, one without end or one that is no JSON
object is an answer that no issuer gives. Nothing of a request or of an answer is logged or told.
"""

import re
import ssl
from base64 import urlsafe_b64decode
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import anyio
import httpx2
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import DictKey, ECKey, JWKRegistry, KeySet, RSAKey

from api.access.signed_claims import SignedClaims, TokenFault, signed_claims
from api.formats.json_reader import parse_json
from domain.errors import DomainError, Malformed, Problem
from domain.vocabulary import JsonValue

SECONDS = 10
"""Within how many seconds an issuer answers: from the first packet to the last byte."""
LARGEST = 500_000
"""How many bytes an answer has at most; the largest sets of keys in use have some tens of thousands."""
MOST_KEYS = 50
KEPT = timedelta(hours=1)
"""How long what an issuer publishes is believed without asking again: so long may a key that it withdraws still serve."""
PAUSE = timedelta(minutes=1)
"""How long the same is not asked again, whatever arrives: a stranger's tokens must not set us on the issuer."""
RSA_BITS = range(2048, 8193)
"""How long an RSA key is: a shorter one is weak, a longer one costs whoever verifies with it."""

Now = Callable[[], datetime]
"""A clock."""


class IssuerAway(DomainError):
    """Who vouches for identities does not answer, or says that it cannot now; `reason` says how, for the log."""

    name = "issuer_away"
    title = "Fornitore d'identità non raggiungibile"
    status = 503
    retry_after = 60

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__("chi attesta le identità non risponde", accepted="riprovare fra qualche minuto")


class IssuerAnswerRefused(DomainError):
    """Who vouches for identities answers with what no such service answers; `reason` says what, for the log."""

    name = "issuer_answer_refused"
    title = "Risposta del fornitore d'identità non ammessa"
    status = 502

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(
            "la risposta di chi attesta le identità non si può accettare",
            accepted="riprovare; se si ripete, lo dica chi amministra il servizio a chi tiene il fornitore",
        )


def trusted_context(authorities: str | None) -> ssl.SSLContext:
    """The authorities of the system, and those of a file beside them; Malformed when it is no such file."""
    context = ssl.create_default_context()
    if authorities is not None:
        try:
            context.load_verify_locations(cafile=authorities)
        except OSError:
            problem = f"{authorities} non si legge come certificati"
            accepted = "un file di certificati in PEM"
            raise Malformed([Problem(where="INITINERE_CA_FILE", found=problem, accepted=accepted)]) from None
    return context


class _Bounded(httpx2.AsyncBaseTransport):
    """Gives only answers that are whole: a JSON object, in time, as large as one may be, from the address that was asked."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """An answer 200 or 4xx whose body is a JSON object; IssuerAway, IssuerAnswerRefused."""
        request.headers["Accept-Encoding"] = "identity"  # what unpacks to more than it weighs is not wanted
        host = request.url.host
        proxy = None if proxy_bypass(host) else getproxies().get("https")
        try:
            with anyio.fail_after(SECONDS):
                async with httpx2.AsyncHTTPTransport(verify=self._context, proxy=proxy) as transport:
                    response = await transport.handle_async_request(request)
                    return await _whole(response)
        except (TimeoutError, httpx2.TimeoutException):
            raise IssuerAway("timeout") from None
        except (httpx2.TransportError, OSError) as error:
            untrusted = "CERTIFICATE_VERIFY_FAILED" in str(error)  # the library leaves only the words of it
            raise IssuerAway("certificate" if untrusted else "connection") from None


async def _whole(response: httpx2.Response) -> httpx2.Response:
    status = response.status_code
    if status >= 500 or status == httpx2.codes.TOO_MANY_REQUESTS:
        raise IssuerAway("status")
    if status != httpx2.codes.OK and status < 400:
        raise IssuerAnswerRefused("redirect" if response.has_redirect_location else "status")
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise IssuerAnswerRefused("compressed")
    body = bytearray()
    async for part in response.aiter_raw():
        body += part
        if len(body) > LARGEST:
            raise IssuerAnswerRefused("size")
    _object(bytes(body))
    return httpx2.Response(status, content=bytes(body))


def _object(body: bytes) -> dict[str, JsonValue]:
    try:
        document = parse_json(body)
    except Malformed:
        raise IssuerAnswerRefused("not_json") from None
    if not isinstance(document, dict):
        raise IssuerAnswerRefused("not_json")
    return document


class IssuerConnection:
    """How issuers are reached: whose certificates are believed, and within which bounds."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self.transport: httpx2.AsyncBaseTransport = _Bounded(context)

    async def document(self, address: str, bearer: str | None = None) -> dict[str, JsonValue]:
        """The JSON object at an address; IssuerAway, IssuerAnswerRefused."""
        headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {bearer}"} if bearer else {})
        async with httpx2.AsyncClient(transport=self.transport, headers=headers) as client:
            answer = await client.get(address)
        if answer.status_code != httpx2.codes.OK:
            raise IssuerAnswerRefused("status")
        return _object(answer.content)


def is_https(address: str) -> bool:
    """Whether a text is the address of something that is reached over HTTPS: no user, no fragment, as it will be asked."""
    try:
        url, parts = httpx2.URL(address), urlsplit(address)
        port_is_one = parts.port is None or parts.port > 0
    except (httpx2.InvalidURL, ValueError):
        return False
    plain = re.fullmatch(r"[!-~]+", address) is not None and "#" not in address and not url.userinfo
    return plain and port_is_one and url.scheme == "https" and re.fullmatch(r"[\w.:-]+", url.host) is not None


class IssuerKeys:
    """The keys that an issuer publishes, kept; a key that is not among them has them asked again, once a minute at most."""

    def __init__(self, connection: IssuerConnection, address: str, clock: Now) -> None:
        self.address = address
        self._connection = connection
        self._clock = clock
        self._keys: KeySet | None = None
        self._asked_at: datetime | None = None
        self._kept_until: datetime | None = None
        self._turn = anyio.Lock()

    async def signed_claims(self, token: str, algorithms: Collection[str]) -> SignedClaims:
        """What a token says that one of the keys has signed; TokenFault, IssuerAway, IssuerAnswerRefused."""
        keys = await self._current()
        try:
            return signed_claims(token, keys, algorithms)
        except InvalidKeyIdError:
            newer = await self._newer(keys)
        try:
            return signed_claims(token, newer, algorithms)
        except InvalidKeyIdError:
            raise TokenFault("signature") from None

    async def _current(self) -> KeySet:
        """The keys as they are kept, or asked for where they are too old."""
        keys = self._fresh()
        if keys is None:
            async with self._turn:
                keys = self._fresh() or await self._ask()
        return keys

    async def _newer(self, keys: KeySet) -> KeySet:
        """The keys as they are now, for a token that names one which is not among `keys`; the same, asked a moment ago."""
        async with self._turn:
            return await self._ask() if self._may_ask() else self._keys or keys

    def _fresh(self) -> KeySet | None:
        return self._keys if self._kept_until is not None and self._clock() < self._kept_until else None

    def _may_ask(self) -> bool:
        return self._asked_at is None or self._clock() >= self._asked_at + PAUSE

    async def _ask(self) -> KeySet:
        if not self._may_ask():
            raise IssuerAway("pause")  # it did not answer, or gave no keys, a moment ago
        self._asked_at = self._clock()
        keys = usable_keys(await self._connection.document(self.address))
        self._keys, self._kept_until = keys, self._asked_at + KEPT
        return keys


def usable_keys(document: dict[str, JsonValue]) -> KeySet:
    """The public keys of a JWK Set that may verify: RSA of 2048 bits at least, EC; IssuerAnswerRefused when there is none.

    A key of another kind, or one that cannot be read, is passed over (RFC 7517, 5): it stands in nobody's way.
    """
    listed = document.get("keys")
    if not isinstance(listed, list) or len(listed) > MOST_KEYS:
        raise IssuerAnswerRefused("keys")
    keys = [key for key in map(_usable, listed) if key is not None]
    if not keys:
        raise IssuerAnswerRefused("keys")
    return KeySet([*keys])


def _usable(described: JsonValue) -> RSAKey | ECKey | None:
    if not isinstance(described, dict):
        return None
    dict_key: DictKey = {
        name: value for name, value in described.items() if isinstance(value, str) and name in _PARAMETERS
    }
    if dict_key.get("use", "sig") != "sig":
        return None
    try:
        if dict_key.get("kty") == "RSA" and _bits(dict_key.get("n")) not in RSA_BITS:
            return None
        key = JWKRegistry.import_key(dict_key)
    except (JoseError, ValueError, TypeError):
        return None
    return key if isinstance(key, RSAKey | ECKey) else None


def _bits(modulus: str | list[str] | None) -> int:
    """How long a number in base64url is; asked before the library takes it in, which only warns of a weak key."""
    if not isinstance(modulus, str):
        return 0
    return int.from_bytes(urlsafe_b64decode(modulus + "=="), "big").bit_length()


_PARAMETERS = {"kty", "kid", "use", "alg", "n", "e", "crv", "x", "y"}
"""What a public key is made of; its certificates, its operations, and private parts are not read."""
