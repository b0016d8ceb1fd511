"""What stands at the foot of a sheet that is taken away: both dates; the versions, and the checkpoint that covers them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from api.language.translation import filled_in, translated
from api.pages.templating import day_words, exact_instant, instant_words
from api.settings import Language
from domain.point import Point


class CheckpointAtFoot(NamedTuple):
    """A checkpoint: its number, when it was made, its root in Base64."""

    number: int
    made_at: datetime
    root: str


class Foot(NamedTuple):
    """From where a sheet is seen: `versions` of all that it tells of, `beyond` whether the checkpoint covers less than that."""

    as_of: date
    known_at: datetime
    before: Point | None
    versions: Sequence[int]
    checkpoint: CheckpointAtFoot | None
    beyond: bool

    def lines(self, language: Language) -> tuple[str, str]:
        """The two lines."""
        return self._dates(language), self._covered(language)

    def _dates(self, language: Language) -> str:
        dates = filled_in(
            "In vigore al %(day)s · noto al %(instant)s",
            language,
            day=day_words(self.as_of),
            instant=exact_instant(self.known_at),
        )
        if self.before is None:
            return dates
        first = day_words(self.before.as_of)
        if self.before.known_at is not None:
            known = exact_instant(self.before.known_at)
            first = filled_in("%(day)s (noto al %(instant)s)", language, day=first, instant=known)
        return f"{filled_in('Dal %(day)s', language, day=first)} · {dates}"

    def _covered(self, language: Language) -> str:
        versions = ", ".join(map(str, self.versions))
        several = filled_in("versioni %(versions)s", language, versions=versions)
        said = several if len(self.versions) > 1 else filled_in("versione %(version)s", language, version=versions)
        if self.checkpoint is None:
            return f"{said} · {translated('nessun checkpoint lo copre ancora', language)}"
        if self.beyond:
            said += f" · {translated('non ancora coperta per intero', language)}"
        covered = filled_in(
            "checkpoint n. %(number)s del %(instant)s · %(root)s",
            language,
            number=self.checkpoint.number,
            instant=instant_words(self.checkpoint.made_at),
            root=self.checkpoint.root,
        )
        return f"{said} · {covered}"
