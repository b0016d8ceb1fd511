"""The page of the last checkpoint: to be read, printed, kept."""

from collections.abc import Sequence

from fastapi.responses import Response

from api.pages.frame import page
from domain.proof.public_keys import Verifying
from projections.proof.checkpoints import Checkpoint

CONTENT = """
{% if checkpoint %}
<p>Il checkpoint n. {{ checkpoint.number }} fissa {{ checkpoint.text.events }} eventi in {{ checkpoint.text.streams }}
flussi. Chi conserva queste righe potrà provare che tutto ciò che c'era è ancora lì, uguale e allo stesso posto.</p>
<pre>{{ checkpoint.note }}</pre>
<p>Si verifica con <code>initinere verify --against FILE</code>, o con il verificatore che è in ogni fascicolo probatorio.</p>
{% else %}
<p>Non c'è ancora nessun checkpoint.</p>
{% endif %}
<h2>Chiavi pubbliche</h2>
<p>L'ultima è quella in uso.</p>
{% for key in keys %}<pre>{{ key }}</pre>
{% else %}<p>Nessuna.</p>{% endfor %}
"""


def checkpoint_page(checkpoint: Checkpoint | None, keys: Sequence[Verifying]) -> Response:
    """The last checkpoint, if there is one, and the public keys."""
    return page("Checkpoint del registro", CONTENT, checkpoint=checkpoint, keys=keys)
