"""What every page has: language, title, a way past the heading, and nothing that its policy would not let in."""

from fastapi.responses import Response

from api.pages.forms import MACROS
from api.pages.static_files import static_address

FRAME = """<!doctype html>
<html lang="it">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ "Errore: " if problems }}{{ title }}</title>
<link rel="icon" href="{{ icon }}">
<link rel="stylesheet" href="{{ style }}">
{% for script in scripts %}<script src="{{ script }}" defer></script>
{% endfor %}
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


def page(
    title: str,
    content: str,
    *,
    status: int = 200,
    scripts: tuple[str, ...] = (),
    private: bool = False,
    **values: object,
) -> Response:
    """A page whose content is a template of jinja2, filled in with values; it takes nothing from elsewhere.

    `scripts` are names of static files; a `private` page, of a person or with a secret, is kept nowhere.
    """
    from jinja2 import DictLoader, Environment, StrictUndefined  # noqa: PLC0415 - no start of the service waits for it

    templates = DictLoader(
        {
            "frame": FRAME,
            "forms": MACROS,
            "page": '{% extends "frame" %}{% import "forms" as forms %}{% block content %}'
            + content
            + "{% endblock %}",
        }
    )
    environment = Environment(autoescape=True, loader=templates, undefined=StrictUndefined, trim_blocks=True)
    html = environment.get_template("page").render(
        {"problems": ()} | values,
        title=title,
        icon=static_address("icon.svg"),
        style=static_address("style.css"),
        scripts=[static_address(name) for name in scripts],
    )
    headers = {"Cache-Control": "no-store" if private else "no-cache"}
    return Response(html, status_code=status, media_type="text/html; charset=utf-8", headers=headers)
