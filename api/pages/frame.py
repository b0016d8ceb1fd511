"""What every page has: language, title, a way past the heading, a style that its Content-Security-Policy names."""

import base64
import hashlib
from importlib.resources import files

from fastapi.responses import Response
from markupsafe import Markup

FRAME = """<!doctype html>
<html lang="it">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }}</title>
<style>{{ style }}</style>
</head>
<body>
<a class="skip" href="#contenuto">Vai al contenuto</a>
<main id="contenuto">
<h1>{{ title }}</h1>
{% block content %}{% endblock %}
</main>
</body>
</html>
"""


def page(title: str, content: str, **values: object) -> Response:
    """A page whose content is a template of jinja2, filled in with values; it takes nothing from elsewhere."""
    from jinja2 import DictLoader, Environment, StrictUndefined  # noqa: PLC0415 - no start of the service waits for it

    style = files("api.proof").joinpath("style.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    templates = DictLoader(
        {"frame": FRAME, "page": '{% extends "frame" %}{% block content %}' + content + "{% endblock %}"}
    )
    environment = Environment(autoescape=True, loader=templates, undefined=StrictUndefined, trim_blocks=True)
    html = environment.get_template("page").render(title=title, style=Markup(style), **values)  # noqa: S704 - our own file
    headers = {"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-cache"}
    return Response(html, media_type="text/html; charset=utf-8", headers=headers)
