"""Every rule, and every case without a figure, has an Italian name for people."""

import re
from pathlib import Path

import domain.scoring
from domain.scoring.rule_names import RULE_NAMES

NAMED = re.compile(r"""(?:without\(\s*|rule=)"([a-z_]+)\"""")


def test_every_rule_that_scoring_names_has_words() -> None:
    sources = Path(str(domain.scoring.__file__)).parent.glob("*.py")
    named = {name for source in sources for name in NAMED.findall(source.read_text(encoding="utf-8"))}
    assert {"unit_differs", "unit_doubtful", "not_measured"} <= named
    assert named - set(RULE_NAMES) == set()
