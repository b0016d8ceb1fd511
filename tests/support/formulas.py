"""The expression that is proposed for a formula, as its page shows it: with the words of the office for the terms."""

import re

from domain.formulas.model import Proposal

_TERM = re.compile(r"t\((?P<earlier>\w+), -(?P<years>\d+)\)|(?P<term>[a-z]\w*)(?!\()\b")


def spoken(proposal: Proposal) -> str:
    """The printed expression with each term between guillemets, the earlier years as `(t-1)`; nothing without one."""
    phrases = {term.id: term.phrase for term in proposal.terms}

    def phrase(found: re.Match[str]) -> str:
        years = f"(t-{found['years']})" if found["years"] else ""
        return f"«{phrases[found['earlier'] or found['term']]}»{years}"

    return _TERM.sub(phrase, proposal.printed or "")
