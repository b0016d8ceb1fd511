"""A server over HTTPS on loopback, and the authority that its certificate is of."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import trustme

HOST = "127.0.0.1"


def certificates(folder: Path) -> tuple[Path, Path]:
    """The file of an authority, and that of a certificate of this machine with its key."""
    authority = trustme.CA()
    trusted, server = folder / "authority.pem", folder / "server.pem"
    authority.cert_pem.write_to_path(trusted)
    authority.issue_cert(HOST).private_key_and_cert_chain_pem.write_to_path(server)
    return trusted, server


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, handler: type[BaseHTTPRequestHandler], certificate: Path) -> None:
        self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._context.load_cert_chain(certificate)
        super().__init__((HOST, 0), handler)

    def finish_request(self, request: object, client_address: object) -> None:
        # The other side goes away: some tests want it to.
        with suppress(OSError), self._context.wrap_socket(request, server_side=True) as secured:  # type: ignore[arg-type]
            super().finish_request(secured, client_address)


@contextmanager
def https_server(handler: type[BaseHTTPRequestHandler], certificate: Path) -> Iterator[str]:
    """The address of a server that answers with `handler` until the end."""
    with _Server(handler, certificate) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"https://{HOST}:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
