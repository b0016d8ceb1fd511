"""The page of the last checkpoint: to be read, printed, kept."""

import base64
import hashlib
from collections.abc import Sequence
from importlib.resources import files

from markupsafe import Markup

from projections.proof.checkpoints import Checkpoint
from projections.proof.notes import Verifying

PAGE = """<!doctype html>
<html lang="it">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Checkpoint del registro</title>
<style>{{ style }}</style>
</head>
<body>
<a class="skip" href="#contenuto">Vai al contenuto</a>
<main id="contenuto">
<h1>Checkpoint del registro</h1>
{% if made %}
<p>Il checkpoint n. {{ made.number }} fissa {{ made.text.events }} eventi in {{ made.text.streams }} flussi. Chi conserva
queste righe potrà provare che tutto ciò che c'era è ancora lì, uguale e allo stesso posto.</p>
<pre>{{ made.note }}</pre>
<p>Si verifica con <code>initinere verify --against FILE</code>, o con il verificatore che è in ogni fascicolo probatorio.</p>
{% else %}
<p>Non c'è ancora nessun checkpoint.</p>
{% endif %}
<h2>Chiavi pubbliche</h2>
<p>L'ultima è quella in uso.</p>
{% for key in keys %}<pre>{{ key }}</pre>
{% else %}<p>Nessuna.</p>{% endfor %}
</main>
</body>
</html>
"""


def checkpoint_page(made: Checkpoint | None, keys: Sequence[Verifying]) -> tuple[str, str]:
    """The page, and the Content-Security-Policy that it goes with."""
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 - no start of the service waits for it

    style = files("api.proof").joinpath("style.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    html = environment.from_string(PAGE).render(made=made, keys=keys, style=Markup(style))  # noqa: S704 - our own file
    return html, policy
