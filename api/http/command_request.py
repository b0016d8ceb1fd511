"""The command request: who writes, under which idempotency key, having seen which version; and what was recorded."""

from typing import Annotated

import orjson
from fastapi import Depends, Header, Request
from fastapi.responses import Response

from api.commands.handler import Caller, Outcome
from api.commands.service import Service
from api.http.access import admission_of
from api.http.headers import without_coding
from api.operations.model import OperationScope
from api.operations.serializers import outcome_object
from api.settings import Actor
from domain.access.decide import ACCOUNTS
from domain.errors import Malformed, Problem, VersionOutdated
from domain.library.decide import LIBRARY
from domain.patterns import regex
from domain.vocabulary import CommandId
from projections.store.reader import Reader
from projections.streams import find_administration, find_plan

TAG = regex(
    r'"[0-9]{4}-[0-9]{2}-[0-9]{2};(?P<first>[0-9]{1,18})(;(?P<second>[0-9]{1,18})(;[0-9]{1,18})?)?(;r[0-9]{1,18})?(;offices|;[0-9a-f]{16})?"|"(?P<quoted>[0-9]{1,18})"|(?P<bare>[0-9]{1,18})'
)
QUOTED = regex(r'"([^"]*)"')


class IfMatch:
    """Optimistic concurrency: the versions that an If-Match names: of what it was read from (`version`) and, in a plan's ETag, of its administration."""

    def __init__(self, header: str) -> None:
        said = header.strip()
        if len(said) > 1 and said[0] == said[-1] == '"':
            said = f'"{without_coding(said[1:-1])}"'
        match = TAG.fullmatch(said)
        if match is None:
            found = f"{header[:80]!r} non è un ETag di questo servizio né un numero di versione"
            accepted = 'l\'ETag di una risposta, per esempio "2022-09-30;12;5", oppure la versione del piano, 12'
            raise Malformed([Problem(where="If-Match", found=found, accepted=accepted)])
        self.version = int(match["first"] or match["quoted"] or match["bare"])
        self.administration = int(match["second"]) if match["second"] else None


class CommandRequest:
    """One command by one client."""

    def __init__(
        self,
        request: Request,
        actor: Annotated[
            Actor | None,
            Header(
                description="Chi scrive, dove l'accesso è aperto (INITINERE_SIGN_IN): un ruolo, mai il nome di una persona; se manca, INITINERE_ACTOR. Altrimenti chi scrive è l'utenza che ha fatto l'accesso.",
                examples=["ufficio-performance"],
            ),
        ] = None,
        idempotency_key: Annotated[
            str | None,
            Header(
                description=(
                    "L'identificativo del comando: la stessa chiave con la stessa richiesta dà la stessa risposta (200) "
                    "e nessun altro evento; con una richiesta diversa è rifiutata (409)."
                ),
                max_length=122,
                pattern=r'^("[A-Za-z0-9][A-Za-z0-9._:\-]{0,119}"|[A-Za-z0-9][A-Za-z0-9._:\-]{0,119})$',
                examples=["7b1f6d0e-8d53-4c0f-9a55-0c9f3d7b2a10"],
            ),
        ] = None,
        if_match: Annotated[
            str | None,
            Header(
                description=(
                    "La versione del piano che chi scrive ha visto: l'ETag di una risposta, o il solo numero. "
                    "Se nel frattempo ciò che si modifica è cambiato, 412."
                ),
                max_length=80,
                json_schema_extra={
                    "pattern": r'^("[0-9]{4}-[0-9]{2}-[0-9]{2}(;[0-9]{1,18}){1,3}(;r[0-9]{1,18})?"|"[0-9]{1,18}"|[0-9]{1,18}|\*)$'
                },
                examples=['"2022-09-30;12;5"', "12"],
            ),
        ] = None,
        csrf_token: Annotated[  # noqa: ARG002 - the gate has read it
            str | None,
            Header(
                description=(
                    "Solo di chi scrive con una sessione del browser, e non con un token: il segno che hanno le pagine di "
                    "quella sessione, nel campo nascosto csrf di ogni modulo. Senza, o di un'altra sessione, 403."
                ),
                pattern="^[0-9a-f]{64}$",
            ),
        ] = None,
    ) -> None:
        self.service: Service = request.app.state.service
        seen = None if if_match is None or if_match.strip() == "*" else IfMatch(if_match)
        key: CommandId = QUOTED.sub(r"\1", idempotency_key or "")
        self.seen = seen
        principal = admission_of(request).principal
        if "x-actor" in request.headers:  # its name of before: who is not heard would record as another
            raise Malformed([Problem(where="X-Actor", found="X-Actor non è più letto", accepted="Actor")])
        if actor is not None and actor != principal.actor:
            problem = Problem(where="Actor", found=f"chi scrive è {principal.actor}", accepted="nessun Actor")
            raise Malformed([problem])
        self.caller = Caller.of(principal, key, seen.version if seen else None)

    def caller_for(self, scope: OperationScope, subject: str) -> Caller:
        """Who writes to what an operation is about."""
        match scope:
            case "plan":
                return self.on(subject)
            case "administration":
                return self.of(subject)
            case "installation":
                return self.caller

    def on(self, plan: str, *, whole: bool = True) -> Caller:
        """Who writes to a plan, once the version that was seen proved not to be outdated, or invented.

        A change of the plan is judged object by object, by the service; everything else (`whole`) wants the very
        versions that were seen. A command that was taken already is answered as it was, whatever it had seen.
        """
        if self.seen is not None:
            with self.service.store.reading() as reader:
                if not self._repeated(reader):
                    found = find_plan(reader, plan)
                    _still_at("il piano", self.seen.version, found.known.version, whole=whole)
                    _still_at(
                        "l'amministrazione", self.seen.administration, found.administration_known.version, whole=whole
                    )
        return self.caller

    def of(self, administration: str) -> Caller:
        """Who writes to an administration, once the version that was seen proved to be the latest."""
        if self.seen is not None:
            with self.service.store.reading() as reader:
                if not self._repeated(reader):
                    known = find_administration(reader, administration, None)
                    _still_at("l'amministrazione", self.seen.version, known.version, whole=True)
        return self.caller

    def _repeated(self, reader: Reader) -> bool:
        return self.caller.receipt(reader) is not None


def _still_at(name: str, seen: int | None, version: int, *, whole: bool) -> None:
    if seen is not None and (seen > version or (whole and seen < version)):
        found = f"{name} è alla versione {version}, chi scrive ha visto la {seen}"
        raise VersionOutdated(found, accepted="rileggere e riprovare", where="If-Match")


InCommand = Annotated[CommandRequest, Depends(CommandRequest)]


def recorded(outcome: Outcome, location: str | None = None) -> Response:
    """201 with the address of what was recorded; 200 when the command had been taken already."""
    return Response(
        orjson.dumps(outcome_object(outcome)),
        status_code=200 if outcome.repeated else 201,
        media_type="application/json",
        headers={"Location": location or event_address(outcome), "Cache-Control": "no-store"},
    )


def event_address(outcome: Outcome) -> str:
    """The address of the first event that a command recorded, in the plan's own stream where it wrote there; of a proposal, its own."""
    if outcome.proposal is not None:
        return f"/v1/plans/{outcome.plan}/proposals/{outcome.proposal}"
    mine = [stream for stream in outcome.versions if stream.startswith("plan/")]
    stream = (mine or list(outcome.versions))[0]
    if stream == ACCOUNTS:
        return "/v1/accounts"
    if stream == LIBRARY:
        return "/v1/library"
    kind, _, name = stream.partition("/")
    return f"/v1/{kind}s/{name}/events/{outcome.versions[stream][0]}"


def previewed(body: object) -> Response:
    """What a command would do: 200, never kept by a cache."""
    return Response(orjson.dumps(body), media_type="application/json", headers={"Cache-Control": "no-store"})
