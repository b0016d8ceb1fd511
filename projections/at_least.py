"""The versions that an answer must know of at the least: what whoever asks has recorded, or has seen."""

from typing import NamedTuple

from domain.facts import PLAN
from projections.store.reader import Reader
from projections.streams import administration_stream


class AtLeast(NamedTuple):
    """Streams, each with a version; and of the administration of a plan, whose stream is named, the version of that."""

    streams: tuple[tuple[str, int], ...] = ()
    of_owners: tuple[tuple[str, int], ...] = ()

    def missing(self, reader: Reader) -> str:
        """The first that a snapshot does not hold, in words; empty where it holds all."""
        for stream, version in self.streams:
            if missing := _missing(reader, stream, version):
                return missing
        for plan, version in self.of_owners:
            owner = reader.only_value(plan, PLAN, "administration")
            if missing := _missing(reader, administration_stream(str(owner)), version):
                return missing
        return ""


def _missing(reader: Reader, stream: str, version: int) -> str:
    head = reader.head(stream).version
    return "" if head >= version else f"{stream} è alla versione {head}, se ne chiede almeno la {version}"
