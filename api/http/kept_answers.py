"""Answers that lie ready, of a bounded number of bytes in all: each with what it rests on, the longest unused dropped first.

An answer is given again where that stands still in the snapshot that would answer now (projections/store/noting_reader.py):
it is what the question would say. What is kept under a key that names all that an answer rests on needs no such look.
"""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import NamedTuple

from fastapi.responses import Response

from projections.store.noting_reader import RestsOn
from projections.store.reader import Reader

STRIPES = 64
BYTES_OF_ONE = 1_000
"""About what an answer takes in memory beside its bytes: its key, its headers, its place."""


class KeptAnswer(NamedTuple):
    """An answer as it goes out; `media_type` and `headers` are its own, without what one request alone is told.

    `quotes`: words are in it that may be redacted.
    """

    body: bytes
    tag: str = ""
    rests_on: RestsOn | None = None
    media_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()
    quotes: bool = False
    status: int = 200

    @classmethod
    def of(cls, answer: Response, rests_on: RestsOn | None, *, quotes: bool = False) -> "KeptAnswer":
        """What an endpoint answered, to be given again."""
        own = {"content-length", "content-type"}
        headers = tuple((name, value) for name, value in answer.headers.items() if name not in own)
        media_type, status = answer.headers.get("content-type", ""), answer.status_code
        return cls(bytes(answer.body), "", rests_on, media_type, headers, quotes, status=status)

    @property
    def response(self) -> Response:
        """The same answer, to be told what one request is told."""
        return Response(self.body, self.status, headers={"Content-Type": self.media_type, **dict(self.headers)})

    @property
    def size(self) -> int:
        """About how many bytes it takes in memory."""
        return BYTES_OF_ONE + len(self.body) + (self.rests_on.size if self.rests_on else 0)


class KeptAnswers:
    """The answers of one process, for several threads."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self._held: OrderedDict[Hashable, tuple[KeptAnswer, int]] = OrderedDict()
        self._bytes, self._redacted = 0, 0
        self._lock = Lock()
        self._turns = tuple(Lock() for _ in range(STRIPES))

    def get(self, key: Hashable) -> KeptAnswer | None:
        """What is kept under a key that names all that it rests on; None when nothing is."""
        with self._lock:
            found = self._held.get(key)
            if found is None:
                return None
            self._held.move_to_end(key)
        return found[0]

    def find(self, key: Hashable, reader: Reader) -> KeptAnswer | None:
        """What is kept under a key, where what it rests on stands in the snapshot of a reader; what does not is dropped.

        When a text is redacted by order, all are.
        """
        self.forget_redacted(reader)
        found = self.get(key)
        if found is None or found.rests_on is None or found.rests_on.stands(reader):
            return found
        with self._lock:
            if (held := self._held.get(key)) is not None and held[0] is found:
                del self._held[key]
                self._bytes -= held[1]
        return None

    def forget_redacted(self, reader: Reader) -> None:
        """Lets go of all that was made before a text was redacted: its words are not to stay in memory either."""
        redacted = reader.redacted_texts()
        with self._lock:
            if redacted != self._redacted:
                self._held.clear()
                self._bytes, self._redacted = 0, redacted

    def put(self, key: Hashable, answer: KeptAnswer, *, key_size: int | None = None) -> None:
        """Keeps an answer, unless it would take the place of most of the others; `key_size` is what its key takes besides."""
        size = answer.size + (len(repr(key)) if key_size is None else key_size)
        if size > self.most_bytes // 8:
            return
        with self._lock:
            if (before := self._held.pop(key, None)) is not None:
                self._bytes -= before[1]
            self._held[key] = answer, size
            self._bytes += size
            while self._bytes > self.most_bytes:
                _, dropped = self._held.popitem(last=False)
                self._bytes -= dropped[1]

    def turn(self, key: Hashable) -> Lock:
        """Who makes an answer holds this: whoever asks for the same meanwhile waits, and finds it made."""
        return self._turns[hash(key) % STRIPES]
