"""What a request says that its answer must know of: a header, the tag that its client holds, what a form has just recorded."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import Scope

from api.http.access import ADMINISTRATION_IN_ADDRESS, PLAN_IN_ADDRESS, Admission, Gate
from api.http.command_request import IfMatch
from api.http.middleware import SAFE
from domain.errors import Malformed, Problem, StandbyBehind
from domain.patterns import regex
from domain.point import Point, today
from projections.at_least import AtLeast, AtLeastToldTo
from projections.store.reader import Reader
from projections.store.standby import Needs
from projections.store.store import Store
from projections.streams import administration_stream, plan_stream

if TYPE_CHECKING:
    from starlette.responses import Response

    from api.commands.handler import Outcome

HEADER = "Version-At-Least"
FORMS = (
    r'"[^"]{1,80}"|[0-9]{1,18}|[a-z/][a-z0-9._/-]{0,140}:[0-9]{1,18}(, ?[a-z/][a-z0-9._/-]{0,140}:[0-9]{1,18}){0,19}'
)
"""A tag of this service; a version of what the address is about; streams, each with a version, as a command answers them."""
STREAM = regex(r"(?P<stream>[a-z][a-z0-9._/-]{0,140}):(?P<version>[0-9]{1,18})")
ACCEPTED = "l'ETag di una risposta, la versione di ciò che l'indirizzo nomina, o flussi e versioni: \"plan/ID:12, administration/ID:5\""
RECORDED_COOKIE = "initinere-recorded"
RECORDED_SECONDS = 3_600
"""How long a browser says what it has recorded: longer than any lag that is taken."""


def stated_floor(scope: Scope) -> AtLeastToldTo | None:
    """What whoever asks says that must be known; None where they say nothing. Malformed for what is no version."""
    said = Headers(scope=scope).get(HEADER)
    if said is None:
        return None
    versions = _streams(said.replace(" ", ""), ",")
    if versions is None:
        try:
            versions = _of_address(scope["path"], IfMatch(said))
        except (Malformed, ValueError):
            problem = Problem(where=HEADER, found=f"{said[:80]!r} non è una versione", accepted=ACCEPTED)
            raise Malformed([problem]) from None
    admission: Admission = scope["state"]["admission"]
    return AtLeastToldTo(versions, admission.principal, today(scope["app"].state.store.clock()))


def seen_floor(scope: Scope) -> AtLeast | None:
    """What whoever asks holds already, by its tag, or has just recorded: no answer goes back behind it."""
    headers = Headers(scope=scope)
    gate: Gate = scope["app"].state.gate
    recorded = cookie_parser(headers.get("cookie", "")).get(gate.cookie_named(RECORDED_COOKIE), "")
    known = _streams(recorded, "&") or AtLeast()
    try:
        held = _of_address(scope["path"], IfMatch(headers.get("if-none-match", "")))
    except (Malformed, ValueError):
        held = AtLeast()  # a tag that names no versions
    both = AtLeast(known.streams + held.streams, known.of_owners + held.of_owners)
    return both if both.streams else None


def needs_of(scope: Scope, points: Sequence[Point] = ()) -> Needs | None:
    """What the snapshot must hold that a question of some points is answered from; of now, where none is said.

    None for what writes, or was about to: it goes on from what the primary has.
    """
    if scope["method"] not in SAFE:
        return None
    store: Store = scope["app"].state.store
    known_at = tuple(point.known_at for point in points) or (None,)
    return Needs(known_at, stated_floor(scope), seen_floor(scope) if store.standby is not None else None)


@contextmanager
def reading_for(scope: Scope, points: Sequence[Point] = ()) -> Iterator[Reader]:
    """A reader that holds it; what no server holds yet is refused with where it is."""
    state = scope["app"].state
    writes_at = state.settings.writes_at
    try:
        with state.store.reading(needs_of(scope, points)) as reader:
            yield reader
    except StandbyBehind as error:
        if writes_at is None or writes_at in error.problem.accepted:
            raise
        accepted = f"{error.problem.accepted}; oppure la stessa domanda a {writes_at}"
        raise StandbyBehind(error.problem.found, accepted=accepted) from error


def with_recorded(answer: "Response", outcome: "Outcome", gate: Gate) -> "Response":
    """An answer after which a browser says what it has recorded, where a standby may answer it."""
    if gate.store.standby is not None:
        answer.set_cookie(
            gate.cookie_named(RECORDED_COOKIE),
            "&".join(f"{stream}:{last}" for stream, (_, last) in outcome.versions.items()),
            max_age=RECORDED_SECONDS,
            httponly=True,
            secure=gate.is_secure,
            samesite="lax",
        )
    return answer


def _streams(said: str, between: str) -> AtLeast | None:
    parts = [STREAM.fullmatch(part) for part in said.split(between)]
    if not all(parts):
        return None
    return AtLeast(tuple((part["stream"], int(part["version"])) for part in parts if part))


def _of_address(path: str, said: IfMatch) -> AtLeast:
    """The streams of which a tag, or a bare version, names the versions: ValueError at an address about neither."""
    if (plan := PLAN_IN_ADDRESS.match(path)) is not None:
        stream = plan_stream(plan[1])
        owner = ((stream, said.administration),) if said.administration is not None else ()
        return AtLeast(((stream, said.version),), owner)
    if (administration := ADMINISTRATION_IN_ADDRESS.match(path)) is not None:
        return AtLeast(((administration_stream(administration[1]), said.version),))
    raise ValueError(path)
