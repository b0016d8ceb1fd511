"""Pages that lie ready in the process: what was made once is given again as long as nothing was recorded since.

A page names what it was made of: address, language, who looks and with which roles, the day, how far the record
goes, and how much of it is signed for. When a text is redacted by order, all are thrown away.
"""

from collections.abc import Hashable
from datetime import date
from threading import Lock
from typing import NamedTuple

from fastapi import Request
from fastapi.responses import Response

from api.http.access import Admission
from api.http.response_cache import CachedResponse, LruCache
from api.pages.frame import Visitor
from api.settings import Language
from projections.proof.checkpoints import latest
from projections.store.reader import Reader

HTML = "text/html; charset=utf-8"
MOST_PAGE_BYTES = 32_000_000


class PageMade(NamedTuple):
    """A page, and whether it will be another: it quotes words that an order may take away, or no checkpoint covers it yet.

    That is asked of one that is seen from a settled past.
    """

    answer: Response
    quotes: bool


class KeptPages:
    """The pages of one process."""

    def __init__(self) -> None:
        self._pages: LruCache[Hashable] = LruCache(MOST_PAGE_BYTES)
        self._redacted = -1
        self._lock = Lock()

    def get(self, key: Hashable, reader: Reader) -> PageMade | None:
        """The page of a key; None where none lies ready."""
        redacted = reader.redacted_texts()
        with self._lock:
            if redacted != self._redacted:
                self._pages, self._redacted = LruCache(MOST_PAGE_BYTES), redacted
        kept = self._pages.get(key)
        if kept is None:
            return None
        return PageMade(Response(kept.body, media_type=HTML, headers={"Cache-Control": "no-cache"}), kept.quotes)

    def put(self, key: Hashable, made: PageMade) -> None:
        """Keeps a page that may be shown again: one that is there, and not of a person alone."""
        page = made.answer
        if page.status_code == 200 and page.headers.get("cache-control") == "no-cache" and page.media_type == HTML:
            self._pages.put(key, CachedResponse(bytes(page.body), quotes=made.quotes))


def page_key(
    request: Request, admission: Admission, visitor: Visitor, language: Language, day: date, reader: Reader
) -> Hashable:
    """What a page is made of."""
    principal = admission.principal
    return (
        request.scope["path"],
        request.scope["query_string"],
        str(request.base_url),
        language,
        principal._replace(session="", token=""),
        visitor.person,
        visitor.csrf,
        visitor.notice,
        day,
        reader.last_position(),
        signed.number if (signed := latest(reader.cursor)) else 0,
    )
