"""The two servers that HTTP load is put on, each a process with one worker: the product, and the bare framework.

`python -m benchmarks.serving product DATABASE PORT` or `... bare FOLDER PORT`: the latter answers with the bytes of two
files of the folder.
"""

import sys
from pathlib import Path

import uvicorn
from fastapi import FastAPI, Request, Response
from starlette.types import ASGIApp

from api.http.app import create_app
from api.settings import Settings
from projections.store.store import Store

WITHOUT_LIMIT = 10**9


def product(location: str, store: Store | None = None) -> FastAPI:
    """The application on a store: open to all, and without a limit."""
    return create_app(Settings(database=location, sign_in="open"), store, requests_per_minute=WITHOUT_LIMIT)


def bare(body: bytes, real: bytes) -> FastAPI:
    """Ready bytes out of the framework as it comes: a read, one that is held already, and a write."""
    app = FastAPI()

    @app.get("/ready")
    async def ready() -> Response:
        return Response(body, media_type="application/json")

    @app.get("/real")
    async def real_plan() -> Response:
        return Response(real, media_type="application/json")

    @app.get("/held")
    async def held() -> Response:
        return Response(status_code=304)

    @app.post("/taken")
    async def taken(request: Request) -> Response:
        await request.body()
        return Response(b'{"version":1}', status_code=201, media_type="application/json")

    return app


def serve(app: ASGIApp, port: int) -> None:
    """One worker on this machine, without a line of log for each request."""
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False, server_header=False)


if __name__ == "__main__":
    kind, path, number = sys.argv[1:4]
    if kind == "product":
        serve(product(path), int(number))
    else:
        folder = Path(path)
        serve(bare((folder / "body.json").read_bytes(), (folder / "real.json").read_bytes()), int(number))
