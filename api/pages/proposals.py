"""The pages of what is proposed for a plan: the list, the draft of one, one with its effects and what may become of it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from fastapi.responses import Response

from api.language.labels import PROPOSAL_STATUSES
from api.language.values import value_in_words
from api.pages.addresses import WORK_LIST, page_address
from api.pages.forms import FormField, FormProblem
from api.pages.frame import page
from api.pages.work.table import WORK_FORMS
from domain.names import Names
from domain.vocabulary import JsonValue, field_labels
from projections.change_preview import BeforeAfter
from projections.plan_in_force import PlanInForce
from projections.proposals import ProposalList, ProposalWhole

PROPOSALS = "/piani/{plan}/proposte"
PROPOSAL = "/piani/{plan}/proposte/{proposal}"
PROPOSAL_ACTION = "/piani/{plan}/proposte/{proposal}/{action}"

LIST_CONTENT = """
<p>{{ plan.title or plan.id }}</p>
{% if may_draft %}<p><a class="button" href="{{ work_address }}">Nuova proposta</a> Ogni modifica si vede col suo effetto, e si tiene come proposta; più modifiche insieme si propongono da una cartella di lavoro.</p>{% endif %}
{% if listed.proposals %}
<table>
<caption>{% for status, count in listed.counts.items() if count %}{{ statuses[status] }}: {{ count }}{{ "; " if not loop.last }}{% endfor %}</caption>
<thead><tr><th scope="col">Proposta</th><th scope="col">Stato</th><th scope="col">Modifiche</th><th scope="col">Dal</th><th scope="col">Parere entro</th></tr></thead>
<tbody>
{% for row in listed.proposals %}
<tr><th scope="row"><a href="{{ address }}/{{ row.proposal }}">{{ row.title or row.proposal }}</a></th>
<td>{{ statuses[row.status] }}</td><td>{{ row.changes }}</td><td>{{ day(row.drafted_on) }}</td>
<td>{{ day(row.opinion_due) if row.opinion_due else "" }}</td></tr>
{% endfor %}
</tbody>
</table>
{% else %}<p>Nessuna proposta.</p>{% endif %}
"""

CONTENT = """
{{ forms.summary(problems) }}
<p>{{ proposal.proposal }}: <strong>{{ statuses[proposal.status] }}</strong>, redatta il {{ day(proposal.drafted_on) }}.
<a href="{{ list_address }}">Tutte le proposte</a></p>
{% if proposal.staleness and proposal.staleness.stale %}
<div class="problems" role="alert"><h2>Il piano si è mosso</h2>
<ul>{% for line in proposal.staleness.listed %}<li>{{ line }}</li>{% endfor %}</ul>
<p>Va presentata di nuovo, e decisa sui suoi effetti di adesso.</p></div>
{% endif %}
<h2>Che cosa propone</h2>
{% if proposal.file %}
{% if proposal.file.justification is defined and proposal.file.justification %}<p>Motivazione: {{ proposal.file.justification }}</p>{% endif %}
<ul>
{% for change in changes %}<li>{{ change }}</li>
{% endfor %}
</ul>
{% else %}<p>Il testo è stato oscurato per ordine.</p>{% endif %}
{% if effects %}
<h2>Che cosa farebbe{{ " (com'era mostrato)" if proposal.status != "draft" }}</h2>
<table>
<caption>Punteggio e tasso di modifica, prima e dopo</caption>
<thead><tr><th scope="col">Anno</th><th scope="col">Punteggio contro i target in vigore</th><th scope="col">Contro quelli approvati</th><th scope="col">Tasso di modifica</th></tr></thead>
<tbody>
{% for year, score in effects.scores.items() %}
<tr><th scope="row">{{ year }}</th>
<td>{{ score.before.in_force or "—" }} → {{ score.after.in_force or "—" }}</td>
<td>{{ score.before.ex_ante or "—" }} → {{ score.after.ex_ante or "—" }}</td>
<td>{% set rate = effects.change_rate.get(year) %}{{ rate_words(rate) if rate else "—" }}</td></tr>
{% endfor %}
</tbody>
</table>
{% for year, flags in effects.flags.items() if flags.born or flags.gone %}
<h3>Segnalazioni del {{ year }}</h3>
<ul>{% for flag in flags.born %}<li>Nascerebbe: {{ flag.title }}. {{ flag.question }}</li>{% endfor %}
{% for gone in flags.gone %}<li>Non ci sarebbe più: {{ gone }}</li>{% endfor %}</ul>
{% endfor %}
<p>{{ effects.oiv.words }}</p>
{% endif %}
{% if proposal.opinions_given %}
<h2>Pareri dell'OIV</h2>
<ul>
{% for opinion in proposal.opinions_given %}
<li>{{ day(opinion.on) }}: {{ opinion.judgement_words }}{{ ", tardivo" if opinion.late }}{{ ", sul testo di prima" if opinion.on_earlier_text }}. {{ opinion.words or "" }}</li>
{% endfor %}
</ul>
{% endif %}
{% for waiver in proposal.separation_waived %}
<p>{{ waiver.what }}: {{ waiver.words or "" }}</p>
{% endfor %}
<h2>La sua vita</h2>
<ol>
{% for event in proposal.events %}
<li>{{ day(event.on) }}: {{ event.sentence }}{% if event.justification %}. {{ event.justification }}{% endif %}{% if event.event == "proposal-commented" and event.words %}: {{ event.words }}{% endif %}
<span class="hint">({{ names.get(event.actor, event.actor) }})</span></li>
{% endfor %}
</ol>
{% for action in actions %}
<h2>{{ action.title }}</h2>
<form method="post" action="{{ address }}/{{ action.name }}">
{{ forms.csrf(csrf) }}
{% if action.submission %}<input type="hidden" name="submission" value="{{ action.submission }}">{% endif %}
{% for field in action.fields %}
{{ forms.field(field.name, field.label, problems, id=action.name ~ "-" ~ field.name, hint=field.hint, required=field.required) }}
{% endfor %}
<button{% if action.grave %} class="grave"{% endif %}>{{ action.title }}</button>
</form>
{% endfor %}
"""


class ProposalAction(NamedTuple):
    """What may be done with a proposal: the last word of its address, its title, its fields; a grave one says so.

    `submission` is the version of the submission that its page shows, where it is of that one alone.
    """

    name: str
    title: str
    fields: tuple[FormField, ...]
    grave: bool = False
    submission: str = ""


def proposals_page(plan: PlanInForce, listed: ProposalList, *, may_draft: bool) -> Response:
    """The proposals of a plan, with how many came to what."""
    return page(
        "Proposte",
        LIST_CONTENT,
        private=True,
        plan=plan["plan"],
        listed=listed,
        may_draft=may_draft,
        work_address=page_address(WORK_LIST, plan=plan["plan"]["id"]),
        address=PROPOSALS.format(plan=plan["plan"]["id"]),
        statuses=PROPOSAL_STATUSES,
        day=_day,
    )


def change_in_words(change: Mapping[str, JsonValue], called: Names) -> str:
    """A change of a change file as people say it: what is done, to what, with which values."""
    form = WORK_FORMS.get(str(change.get("verb")))
    if form is None:
        return "Adotta le regole di un anno"
    about = change.get("object")
    known = f": {called.called(f'{form.object}/{about}')}" if form.object and about else ""
    labels = field_labels(form.model)
    values = [
        f"{labels.get(name, name)} {value_in_words(value, name)}"
        for name, value in change.items()
        if name not in {"verb", "object"} and value not in (None, [], {}, False)
    ]
    return "; ".join([f"{form.title}{known}", *values])


def proposal_page(
    plan: str,
    proposal: ProposalWhole,
    actions: Sequence[ProposalAction],
    names: Mapping[str, str],
    called: Names,
    *,
    csrf: str,
    problems: Sequence[FormProblem] = (),
    status: int = 200,
) -> Response:
    """One proposal: what it would do, what was said of it, and what whoever looks may do with it.

    `names` are those to be read in place of accounts, for whoever may read them.
    """
    enacted = proposal["enactment"]
    submitted = [one for one in proposal["submissions"] if one["current"]]
    effects = enacted["effects"] if enacted else submitted[-1]["effects"] if submitted else None
    return page(
        proposal["title"] or proposal["proposal"],
        CONTENT,
        status=status,
        private=True,
        proposal=proposal,
        changes=[change_in_words(change, called) for change in proposed_changes(proposal)],
        effects=effects,
        actions=actions,
        names=names,
        csrf=csrf,
        problems=problems,
        list_address=PROPOSALS.format(plan=plan),
        address=PROPOSAL.format(plan=plan, proposal=proposal["proposal"]),
        statuses=PROPOSAL_STATUSES,
        day=_day,
        rate_words=_rate_words,
    )


def _rate_words(rate: BeforeAfter) -> str:
    """From where to where the official rate goes, and its ceiling."""
    return rate["official"]["words"]


def _day(text: str) -> str:
    return f"{date.fromisoformat(text):%d/%m/%Y}"


def proposed_changes(proposal: ProposalWhole) -> list[dict[str, JsonValue]]:
    """The changes of a proposal, as its file holds them; none where its text was redacted."""
    listed = (proposal["file"] or {}).get("changes")
    return [change for change in listed if isinstance(change, dict)] if isinstance(listed, list) else []
