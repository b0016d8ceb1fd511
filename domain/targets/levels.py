"""The words of degree that plans use, each scale from the lowest up."""

SCALES: tuple[tuple[frozenset[str], ...], ...] = (
    (frozenset({"basso", "bassa"}), frozenset({"medio"}), frozenset({"alto", "alta"})),
    (frozenset({"basso", "bassa"}), frozenset({"medio"}), frozenset({"elevato", "elevata"})),
    (
        frozenset({"insufficiente"}),
        frozenset({"sufficiente"}),
        frozenset({"discreto", "discreta"}),
        frozenset({"buono", "buona"}),
        frozenset({"ottimo", "ottima"}),
    ),
)
"""`media` is not among them: in a plan it is an average."""

LEVELS: frozenset[str] = frozenset().union(*(degree for scale in SCALES for degree in scale))


def ranks(first: str, second: str, scale: tuple[str, ...] | None = None) -> tuple[int, int] | None:
    """Place two levels on the scale given or, without one, on a usual scale that has both; None if there is none."""
    given = (tuple(frozenset({degree}) for degree in scale),) if scale else ()
    for degrees in given or SCALES:
        places = [[i for i, degree in enumerate(degrees) if level in degree] for level in (first, second)]
        if all(places):
            return places[0][0], places[1][0]
    return None
