"""What of a file is told once more where something is recorded: without the words of comments, which stay nowhere."""

from collections.abc import Iterable

from api.workbook.cells import without_comment
from domain.notice import Notice


def to_be_kept(remarks: Iterable[Notice]) -> tuple[Notice, ...]:
    """The remarks of a file as the answer to a command keeps them."""
    return tuple(remark.model_copy(update={"words": without_comment(remark.words)}) for remark in remarks)
