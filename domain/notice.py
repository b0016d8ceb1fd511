"""What was taken as it is, and is told: the warning that comes with an answer or with what a command recorded."""

from domain.vocabulary import Frozen


class Notice(Frozen):
    """Something odd that nobody refused: where, of what kind (`name` is permanent), in words."""

    where: str
    name: str
    words: str
