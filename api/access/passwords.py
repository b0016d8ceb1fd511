"""Passwords: what a new one must be, and how one is kept (argon2id, RFC 9106) and checked.

Rules after NIST SP 800-63B: length, and nothing that is tried first; no classes of characters, no expiry. A password is
taken in its normal form NFKC, so that `è` typed on another keyboard is the same letter.
"""

import base64
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import NamedTuple

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from domain.errors import DomainError, Refusal
from domain.patterns import regex

SHORTEST, LONGEST = 12, 128
"""Characters of a password, in its normal form."""
FEWEST_DISTINCT = 5
"""How many different characters a password has at least: fewer make a pattern, whatever its length."""
TELLING = 4
"""From how many letters on a login, or a name, may not stand within a password."""
HASHES_AT_A_TIME = 2
"""How many hashes are computed at once in one process: each takes a core, and `HashCost.memory_kib` of memory."""
HASHES_WAITING = 8
"""How many more may wait for their turn: at the usual cost the last waits for less than a second."""


class HashCost(NamedTuple):
    """What argon2id spends on one hash: memory in KiB, passes over it, lanes; bytes of salt and of hash."""

    memory_kib: int
    passes: int
    lanes: int
    salt_bytes: int = 16
    hash_bytes: int = 32


COST = HashCost(memory_kib=64 * 1024, passes=3, lanes=1)
"""The second choice that RFC 9106 recommends, in one lane: a hash keeps one core busy, and costs an attacker the same."""


class PasswordRefused(Refusal):
    """A new password that is too short, too long, among those that are tried first, or made of the login or the name."""

    name = "password_refused"
    title = "Password non accettata"


class SignInBusy(DomainError):
    """As many passwords are being checked, and wait to be, as there is room for."""

    name = "sign_in_busy"
    title = "Troppi accessi in corso"
    status = 503
    retry_after = 2


class PasswordCheck(NamedTuple):
    """Whether a password is right; and the hash to store instead, where the stored one was made at another cost."""

    right: bool
    rehashed: str | None = None


class PasswordHashing:
    """Makes and checks hashes, a few at a time: beyond them others wait, and beyond those SignInBusy is raised.

    A hash is the text `$argon2id$v=19$m=...,t=...,p=...$SALT$HASH`, which says its own cost.
    """

    def __init__(
        self, cost: HashCost = COST, *, at_a_time: int = HASHES_AT_A_TIME, waiting: int = HASHES_WAITING
    ) -> None:
        self._hasher = PasswordHasher(
            time_cost=cost.passes,
            memory_cost=cost.memory_kib,
            parallelism=cost.lanes,
            hash_len=cost.hash_bytes,
            salt_len=cost.salt_bytes,
        )
        self._of_nobody = _hash_of_nobody(cost)
        self._at_work = BoundedSemaphore(at_a_time)
        self._places = BoundedSemaphore(at_a_time + waiting)

    def hash_password(self, password: str) -> str:
        """The hash of a password, which `require_good_password` has let pass."""
        with self._turns():
            return self._hasher.hash(_bytes(password))

    def check_password(self, password: str, stored: str | None) -> PasswordCheck:
        """Whether a password is the one of a stored hash; None, of an account that has no hash, takes as long and is wrong."""
        password_bytes = _bytes(password)
        with self._turns():
            try:
                self._hasher.verify(self._of_nobody if stored is None else stored, password_bytes)
            except VerifyMismatchError:
                return PasswordCheck(right=False)
            if stored is None:
                return PasswordCheck(right=False)
            outdated = self._hasher.check_needs_rehash(stored)
            return PasswordCheck(right=True, rehashed=self._hasher.hash(password_bytes) if outdated else None)

    @contextmanager
    def _turns(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise SignInBusy(
                "il servizio sta già controllando tante password quante ne può controllare",
                accepted=f"riprovare fra {SignInBusy.retry_after} secondi",
            )
        try:
            with self._at_work:
                yield
        finally:
            self._places.release()


def normal_form(password: str) -> str:
    """A password as it is counted, compared and hashed: NFKC."""
    return unicodedata.normalize("NFKC", password[: 8 * LONGEST])  # normalising takes the square of a hostile length


def require_good_password(password: str, *, login: str, name: str) -> None:
    """PasswordRefused for a new password that is not to be taken; `login` and `name` are of the person that it is for."""
    text = normal_form(password)
    if not SHORTEST <= len(text) <= LONGEST:
        found = f"la password ha {len(text)} caratteri" if len(text) < SHORTEST else "la password è troppo lunga"
        raise _refused(found, f"da {SHORTEST} a {LONGEST} caratteri: per esempio quattro o cinque parole senza legame")
    if _UNTYPED.search(text):
        raise _refused(
            "la password contiene segni che non si scrivono con una tastiera", "lettere, cifre, segni e spazi"
        )
    folded = text.casefold()
    if len(set(folded)) < FEWEST_DISTINCT:
        raise _refused(f"la password ripete sempre gli stessi {len(set(folded))} caratteri", "caratteri più vari")
    if _is_common(folded):
        raise _refused("la password è fra quelle che si provano per prime", "una che nessun altro userebbe")
    letters = _letters(folded)
    for whose, words in (("il nome utente", _spellings(login)), ("il nome della persona", _spellings(name))):
        if any(word in letters for word in words):
            raise _refused(f"la password contiene {whose}", "una che non parla di chi la usa")


def _refused(found: str, accepted: str) -> PasswordRefused:
    return PasswordRefused(found, accepted=accepted, where="password")


def _bytes(password: str) -> bytes:
    return normal_form(password).encode("utf-8", "surrogatepass")  # half a character is sent too, and is wrong


def _hash_of_nobody(cost: HashCost) -> str:
    """A hash that no password has, at the same cost."""
    salt, digest = (base64.b64encode(bytes(n)).decode().rstrip("=") for n in (cost.salt_bytes, cost.hash_bytes))
    return f"$argon2id$v=19$m={cost.memory_kib},t={cost.passes},p={cost.lanes}${salt}${digest}"


def _is_common(folded: str) -> bool:
    """Whether it is a run of keys, or a word that many use, repeated or not, with digits and signs around or within it."""
    word = _unit(_AROUND.sub("", folded))
    return (
        any(keys in run or keys in run[::-1] for run in _RUNS for keys in (folded, word) if len(keys) >= TELLING)
        or _letters(word) in COMMON
        or _letters(word.translate(_SIGNS_AS_LETTERS)) in COMMON
    )


def _unit(text: str) -> str:
    """The shortest beginning that gives the whole text when it is repeated."""
    lengths = range(1, len(text) // 2 + 1)
    return next((text[:n] for n in lengths if text == (text[:n] * len(text))[: len(text)]), text)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _spellings(name: str) -> set[str]:
    """How a login, or a name, may stand within a password: forwards, surname first, the part before @; letters alone."""
    words = normal_form(name).casefold().split()
    spellings = {
        _letters("".join(words)),
        _letters("".join(reversed(words))),
        _letters("".join(words).partition("@")[0]),
    }
    return {word for word in spellings if len(word) >= TELLING}


_UNTYPED = regex("[\x00-\x1f\x7f\ud800-\udfff]")
_AROUND = regex(r"^[\W\d_]+|[\W\d_]+$")
_SIGNS_AS_LETTERS = str.maketrans("013457@$!", "oieastasi")
_ROWS = (
    "1234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1q2w3e4r5t6y7u8i9o0p",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "qazwsxedcrfvtgbyhnujmikolp",
    "abcdefghijklmnopqrstuvwxyz",
)
_RUNS = (*(row * 20 for row in _ROWS), "".join(_ROWS[:4]) * 5, "".join(_ROWS[1:4]) * 5)
COMMON = frozenset(
    [
        "accesso",
        "admin",
        "administrator",
        "amministratore",
        "amministrazione",
        "azienda",
        "benvenuto",
        "buongiorno",
        "cambiami",
        "cambiamipassword",
        "camera",
        "cameradicommercio",
        "cciaa",
        "changeme",
        "ciaociao",
        "comune",
        "computer",
        "default",
        "dirigente",
        "dragon",
        "ente",
        "ferrari",
        "football",
        "forzainter",
        "forzajuve",
        "forzamilan",
        "forzanapoli",
        "forzaroma",
        "francesco",
        "giunta",
        "giuseppe",
        "iloveyou",
        "indicatore",
        "indicatori",
        "initinere",
        "internet",
        "italia",
        "juventus",
        "letmein",
        "master",
        "monkey",
        "napoli",
        "nonloso",
        "obiettivo",
        "obiettivi",
        "parola",
        "parolachiave",
        "passw",
        "passwd",
        "password",
        "performance",
        "piano",
        "pianodellaperformance",
        "princess",
        "prova",
        "qwerty",
        "regione",
        "root",
        "secret",
        "segreta",
        "segreteria",
        "segreteriagenerale",
        "segreto",
        "sistema",
        "sunshine",
        "superman",
        "test",
        "tiamo",
        "trustno",
        "ufficio",
        "utente",
        "welcome",
    ]
)
"""Words that passwords are made of most, the world's and those of an office, without what people put around them."""
