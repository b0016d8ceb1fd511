"""A text that a template does not write itself goes through the catalogue as a text: what is in it is never markup."""

import re
from pathlib import Path

import pytest

from api.pages import templating

TEMPLATES = sorted(Path(templating.__file__).with_name("templates").rglob("*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_only_what_a_template_writes_is_translated_as_markup(path: Path) -> None:
    calls = re.findall(r"\b(?:_|n?gettext)\(\s*([^\s)])", path.read_text(encoding="utf-8"))
    assert set(calls) <= {'"', "'"}


def test_a_text_of_an_office_stays_a_text() -> None:
    template = templating.environment("it").from_string("{{ words|translated }} {{ _('%(name)s', name=words) }}")
    assert template.render(words="<b>100%</b>") == "&lt;b&gt;100%&lt;/b&gt; &lt;b&gt;100%&lt;/b&gt;"
