"""What forms of pages are made of: fields with their labels, and a summary of what is wrong that leads to each."""

from collections.abc import Sequence
from typing import NamedTuple

from pydantic import BaseModel

from domain.errors import DomainError, Malformed

CSRF_FIELD = "csrf"
"""The hidden field of every form that says that this service made it."""


class FormProblem(NamedTuple):
    """What is wrong with a form: the name of the field, empty where it is of none, and a sentence."""

    field: str
    text: str


class FormField(NamedTuple):
    """A field of a form: its name in the command, what people call it, a hint, whether it is asked for."""

    name: str
    label: str
    hint: str
    required: bool


def form_fields(command: type[BaseModel], names: Sequence[str]) -> tuple[FormField, ...]:
    """Fields of a command, called and explained as the command does at every door."""
    fields = [(name, command.model_fields[name]) for name in names]
    return tuple(
        FormField(name, (field.title or name).capitalize(), field.description or "", field.is_required())
        for name, field in fields
    )


def form_problems(error: DomainError) -> tuple[FormProblem, ...]:
    """What a refusal says, for the form that was refused: at its fields where it names them."""
    problems = error.problems if isinstance(error, Malformed) else [error.problem]
    return tuple(FormProblem(problem.where, _sentence(problem.found, problem.accepted)) for problem in problems)


def _sentence(found: str, accepted: str) -> str:
    told = found[:1].upper() + found[1:]
    return f"{told}. Si accetta: {accepted}." if accepted else f"{told}."


MACROS = """
{% macro csrf(token) %}<input type="hidden" name="csrf" value="{{ token }}">{% endmacro %}

{% macro summary(problems) %}
{% if problems %}
<div class="problems" role="alert" tabindex="-1" autofocus aria-labelledby="problemi">
<h2 id="problemi">Qualcosa non va</h2>
<ul>
{% for problem in problems %}
<li>{% if problem.field %}<a href="#{{ problem.field }}">{{ problem.text }}</a>{% else %}{{ problem.text }}{% endif %}</li>
{% endfor %}
</ul>
</div>
{% endif %}
{% endmacro %}

{% macro notice(text) %}{% if text %}<div class="notice" role="status"><p>{{ text }}</p></div>{% endif %}{% endmacro %}

{% macro field(name, label, problems, type="text", autocomplete="off", value="", hint="", id="", required=True) %}
{% set id = id or name %}
{% set wrong = problems|selectattr("field", "equalto", id)|list %}
{% set described = ([id ~ "-hint"] if hint else []) + ([id ~ "-wrong"] if wrong else []) %}
<div class="field{{ " wrong" if wrong }}">
<label for="{{ id }}">{{ label }}</label>
{% if hint %}<p class="hint" id="{{ id }}-hint">{{ hint }}</p>{% endif %}
{% if wrong %}<p class="wrong-text" id="{{ id }}-wrong">{{ wrong|map(attribute="text")|join(" ") }}</p>{% endif %}
<input id="{{ id }}" name="{{ name }}" type="{{ type }}" autocomplete="{{ autocomplete }}" value="{{ value }}"{{ " required" if required }}
{%- if type != "password" %} autocapitalize="none" spellcheck="false"{% endif %}
{%- if described %} aria-describedby="{{ described|join(" ") }}"{% endif %}
{%- if wrong %} aria-invalid="true"{% endif %}>
</div>
{% endmacro %}

{% macro select(name, label, problems, choices, value="") %}
{% set wrong = problems|selectattr("field", "equalto", name)|list %}
<div class="field{{ " wrong" if wrong }}">
<label for="{{ name }}">{{ label }}</label>
{% if wrong %}<p class="wrong-text" id="{{ name }}-wrong">{{ wrong|map(attribute="text")|join(" ") }}</p>{% endif %}
<select id="{{ name }}" name="{{ name }}"{% if wrong %} aria-invalid="true" aria-describedby="{{ name }}-wrong"{% endif %}>
{% for code, words in choices %}<option value="{{ code }}"{{ " selected" if code == value }}>{{ words }}</option>
{% endfor %}
</select>
</div>
{% endmacro %}

{% macro passkey(action, options, token, label, kind, problems=(), name_hint="") %}
<form method="post" action="{{ action }}" data-passkey="{{ kind }}" data-options="{{ options }}" hidden>
{{ csrf(token) }}
<input type="hidden" name="credential">
{% if kind == "create" %}{{ field("name", "Nome della nuova passkey", problems, hint=name_hint) }}{% endif %}
<button>{{ label }}</button>
<p class="hint" role="status"></p>
</form>
{% endmacro %}
"""
