"""What a monitoring round asks for: everything, or what some offices, levels or objectives have to give."""

from domain.vocabulary import Frozen, Identifier, Line


class Scope(Frozen):
    """Each part that is said narrows the round; an objective takes along all that hangs from it."""

    offices: tuple[Line, ...] = ()
    levels: tuple[Line, ...] = ()
    objectives: tuple[Identifier, ...] = ()
