"""One visit to what is of the installation: who looks, when, and in which language."""

from datetime import datetime

from api.language.sentences import sentence_in
from api.language.translation import filled_in, translated
from api.pages.frame import Frame, Visitor, languages_at
from api.settings import Language
from domain.access.principal import Principal
from projections.store.reader import Reader


class InstallationVisit:
    """A visit by whoever looks after accounts, or after the library."""

    def __init__(
        self, reader: Reader, principal: Principal, visitor: Visitor, *, address: str, now: datetime, language: Language
    ) -> None:
        self.reader = reader
        self.principal = principal
        self.visitor = visitor
        self.address = address
        self.now = now
        self.language = language

    def worded(self, text: str, **places: object) -> str:
        """A text of ours in the language of the visit."""
        return filled_in(text, self.language, **places) if places else translated(text, self.language)

    def said(self, sentence: str, _administration: str | None = None) -> str:
        """A sentence of an event, or of a refusal, in the language of the visit."""
        return sentence_in(sentence, self.language)

    def frame(self) -> Frame:
        """The frame of a page that is of no plan."""
        return Frame("", languages_at(self.address), self.visitor)
