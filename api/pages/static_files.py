"""The files that pages take in: our own, from this service, named with what is in them so that a browser may keep them."""

import hashlib
from functools import cache
from importlib.resources import files

from starlette.responses import Response

FONTS = ("signs-400.woff2", "signs-600.woff2", "titillium-400.woff2", "titillium-600.woff2", "titillium-700.woff2")
_PARTS = {
    "style.css": (
        "text/css",
        (
            ("api.proof", "style.css"),
            ("api.pages", "static/forms.css"),
            ("api.pages", "static/pages.css"),
            ("api.pages", "static/indicator.css"),
            ("api.pages", "static/comparison.css"),
            ("api.pages", "static/evidence.css"),
            ("api.pages", "static/proposals.css"),
            ("api.pages", "static/public.css"),
            ("api.pages", "static/work.css"),
            ("api.pages", "static/dues.css"),
        ),
    ),
    "icon.svg": ("image/svg+xml", (("api.pages", "static/icon.svg"),)),
    "icons.svg": ("image/svg+xml", (("api.pages", "static/icons.svg"),)),
    "pages.js": ("text/javascript", (("api.pages", "static/pages.js"),)),
    "passkeys.js": ("text/javascript", (("api.pages", "static/passkeys.js"),)),
    **{f"fonts/{name}": ("font/woff2", (("api.pages", f"static/fonts/{name}"),)) for name in FONTS},
}
STATIC = tuple(_PARTS)
"""The names of the files; each is served at `/static/` and its name."""


def static_address(name: str) -> str:
    """The address of a file, which changes with what is in it."""
    return f"/static/{name}?v={hashlib.sha256(_content(name)).hexdigest()[:12]}"


def static_file(name: str) -> Response:
    """A file, to be kept for as long as anybody likes."""
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    media_type = _PARTS[name][0]
    charset = "" if media_type.startswith("font/") else "; charset=utf-8"
    return Response(_content(name), media_type=f"{media_type}{charset}", headers=headers)


@cache
def _content(name: str) -> bytes:
    return b"".join(files(package).joinpath(path).read_bytes() for package, path in _PARTS[name][1])
