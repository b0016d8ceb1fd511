"""The expression that is proposed for a formula, as its page shows it: with the words of the office for the terms."""

import re

from domain.formulas.model import Proposal

_TERM = re.compile(r"t\((?P<earlier>\w+), -(?P<years>\d+)\)|(?P<term>[a-z]\w*)(?!\()\b")


def spoken(proposal: Proposal) -> str:
    """The printed expression with each term between guillemets, the earlier years as `(t-1)`; nothing without one."""
    phrases = {term.id: term.phrase for term in proposal.terms}

    def phrase(match: re.Match[str]) -> str:
        years = f"(t-{match['years']})" if match["years"] else ""
        return f"«{phrases[match['earlier'] or match['term']]}»{years}"

    return _TERM.sub(phrase, proposal.printed or "")
