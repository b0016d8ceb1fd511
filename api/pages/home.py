"""The first page: what this is, which plans there are, where to go on."""

from datetime import date

from fastapi.responses import Response

from api.language.labels import PLAN_STATUSES
from api.pages.frame import page
from projections.plans import PlanRow

CONTENT = """
<p>Questo servizio tiene i piani della performance delle amministrazioni pubbliche: obiettivi, indicatori, target, misurazioni.
Ogni modifica resta, con la sua data, il suo atto e il suo perché; a qualunque data si può chiedere che cosa era in vigore, e
che cosa allora se ne sapeva.</p>
<h2>Piani</h2>
{% if plans %}
<table>
<caption>I piani noti, in vigore al {{ today.strftime("%d/%m/%Y") }}</caption>
<thead><tr><th scope="col">Piano</th><th scope="col">Stato</th><th scope="col">Obiettivi</th><th scope="col">Indicatori</th></tr></thead>
<tbody>
{% for plan in plans %}
<tr><th scope="row"><a href="/v1/plans/{{ plan.id }}">{{ plan.title or plan.id }}, {{ plan.administration }}</a></th>
<td>{{ statuses[plan.status] }}</td><td>{{ plan.objectives }}</td><td>{{ plan.indicators }}</td></tr>
{% endfor %}
</tbody>
</table>
{% else %}
<p>Non c'è ancora nessun piano. Per cominciare: <code>initinere import FILE</code>, oppure <code>initinere demo</code>.</p>
{% endif %}
<h2>Per andare avanti</h2>
<ul>
<li><a href="/v1/openapi.json">La descrizione dell'interfaccia HTTP (OpenAPI)</a></li>
<li><a href="/v1/plans">I piani, come dati (JSON)</a></li>
<li><a href="/checkpoint">L'ultimo checkpoint del registro, con le chiavi pubbliche</a></li>
</ul>
<p>La documentazione è nella cartella <code>docs</code> del programma; ogni comando si spiega con <code>initinere COMANDO
--help</code>.</p>
"""


def home_page(plans: list[PlanRow], today: date) -> Response:
    """The plans as they are today, and the addresses that a person may want."""
    return page("In Itinere", CONTENT, plans=plans, today=today, statuses=PLAN_STATUSES)
