"""How many requests a client, or an account, has made in this minute: counted together by all processes of a service.

The counts lie in memory that the processes share, in places that a keyed digest of the client chooses: whoever chooses its
address cannot choose whose place it has. Nothing of a client is in it but that digest, for the rest of the minute.
"""

import fcntl
import hashlib
import mmap
import os
import secrets
import struct
import weakref
from collections.abc import Callable
from time import monotonic
from typing import NamedTuple

MINUTE = 60
PLACES = 32_768
PROBES = 16
"""Among how many places a client looks for its own; where others have all of them, it counts with one of these."""

_PLACE = struct.Struct("<16sII")
"""The digest of a client, the minute, and its requests in it."""
_KEY_BYTES = 32
_SIZE = _KEY_BYTES + PLACES * _PLACE.size


class SharedMemory(NamedTuple):
    """Memory without a name: a file of the process that made it, which others open through that process."""

    process: int
    file: int


class RequestCounts:
    """The requests of each client in a window of one minute, the same for all."""

    def __init__(self, shared: SharedMemory | None = None, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._is_alone = shared is None
        if shared is None:
            self._file = os.memfd_create("initinere-requests", os.MFD_CLOEXEC)
            os.ftruncate(self._file, _SIZE)
        else:
            self._file = os.open(f"/proc/{shared.process}/fd/{shared.file}", os.O_RDWR | os.O_CLOEXEC)
        self._closing = weakref.finalize(self, os.close, self._file)
        self._memory = mmap.mmap(self._file, _SIZE)
        if shared is None:
            self._memory[:_KEY_BYTES] = secrets.token_bytes(_KEY_BYTES)
        self._key = bytes(self._memory[:_KEY_BYTES])

    @property
    def shared(self) -> SharedMemory:
        """By what another process of the same user counts along, as long as this one is there."""
        self._is_alone = False
        return SharedMemory(os.getpid(), self._file)

    def take(self, client: str) -> tuple[int, int]:
        """Counts one request of a client: how many it made in this minute, and the seconds to the next window."""
        now = int(self._clock())
        minute = now // MINUTE & 0xFFFFFFFF
        digest = hashlib.blake2b(client.encode("utf-8", "replace"), digest_size=16, key=self._key).digest()
        if self._is_alone:
            count = self._counted(digest, minute)
        else:
            fcntl.lockf(self._file, fcntl.LOCK_EX)  # the system lets go of what a process held that was killed
            try:
                count = self._counted(digest, minute)
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)
        return count, MINUTE - now % MINUTE

    def close(self) -> None:
        """Gives the memory back."""
        self._memory.close()
        self._closing()

    def _counted(self, digest: bytes, minute: int) -> int:
        offset, whose, before = self._place_of(digest, minute)
        count = min(before + 1, 0xFFFFFFFF)
        _PLACE.pack_into(self._memory, offset, whose, minute, count)
        return count

    def _place_of(self, digest: bytes, minute: int) -> tuple[int, bytes, int]:
        """Where a client is counted, whose place that is, and how many were counted there in this minute."""
        first, free = int.from_bytes(digest[:4], "little"), None
        for step in range(PROBES):
            offset = _KEY_BYTES + (first + step) % PLACES * _PLACE.size
            whose, when, count = _PLACE.unpack_from(self._memory, offset)
            if when != minute:
                free = offset if free is None else free
            elif whose == digest:
                return offset, digest, count
        if free is not None:
            return free, digest, 0
        offset = _KEY_BYTES + first % PLACES * _PLACE.size
        whose, _, count = _PLACE.unpack_from(self._memory, offset)
        return offset, whose, count


OF_WHOM = {b"address": "da questo indirizzo", b"account": "di questa utenza"}
"""What is limited, by its name in the headers, in words."""


class RequestLimits(NamedTuple):
    """How many requests there may be in a minute, from one address and by one account, and who has made how many."""

    of_address: int
    of_account: int
    counts: RequestCounts


class RequestQuota:
    """What one request used up of the limits: as its answer says it."""

    def __init__(self, limits: RequestLimits, address: str) -> None:
        self._limits = limits
        count, self.seconds = limits.counts.take(f"address {address}")
        self._left = {b"address": (limits.of_address, limits.of_address - count)}

    def take_of_account(self, account: str) -> None:
        """Counts the request of an account."""
        count, self.seconds = self._limits.counts.take(f"account {account}")
        self._left[b"account"] = (self._limits.of_account, self._limits.of_account - count)

    @property
    def spent(self) -> str:
        """What is used up, in words; empty where nothing is."""
        spent = [f"più di {limit} richieste {OF_WHOM[name]}" for name, (limit, left) in self._left.items() if left < 0]
        return " e ".join(spent)

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """The limit that is nearest, in the words of the Italian rules; each, in those of the IETF (draft)."""
        reset = b"%d" % self.seconds
        policies, rests = [], []
        for name, (limit, left) in self._left.items():
            policies.append(b'"%b";q=%d;w=%d' % (name, limit, MINUTE))
            rests.append(b'"%b";r=%d;t=%b' % (name, max(left, 0), reset))
        limit, left = min(self._left.values(), key=lambda one: one[1])
        return [
            (b"x-ratelimit-limit", b"%d" % limit),
            (b"x-ratelimit-remaining", b"%d" % max(left, 0)),
            (b"x-ratelimit-reset", reset),
            (b"ratelimit-policy", b", ".join(policies)),
            (b"ratelimit", b", ".join(rests)),
        ]
