"""The formulas that are about the plan itself, which the system can measure: nobody has to enter their terms."""

from decimal import Decimal
from typing import NamedTuple

from domain.formulas.model import Meta
from domain.patterns import regex

_OF = r"(?:(?:di|del|dello|della|dei|degli|delle)\s+|dell')"
_ACHIEVED = (
    r"(?:(?:grado|gradi|livello|livelli|percentual[ei]|%|tass[oi]|stato)\s+(?:medio\s+|percentuale\s+)?(?:di\s+)?)?"
    r"(?:raggiungimento|realizzazione|conseguimento|attuazione|avanzamento|risultat[oi]|performance|punteggi[o]?|esiti)"
)
_CHILDREN = r"(?:azioni|obiettivi|indicatori|kpi|target|sotto-?obiettivi|schede)"
_WEIGHTED_MEAN = regex(
    rf"^(?:la\s+)?media\s+(?:ponderata|pesata)\s+(?:{_OF}?{_ACHIEVED}\s+){{0,2}}{_OF}?(?:(?:target|risultati)\s+{_OF})?{_CHILDREN}"
    r"(?P<rest>(?:\s+[^\W\d]+){0,4})\s*(?:(?:[*x]|per)\s*100\s*%?)?[\s.]*$"
)
_INDICATORS = regex(r"(?<!\w)(?:indicator[ei]|kpi|target)(?!\w)")
_OBJECTIVES = regex(r"(?<!\w)obb?iettiv[oi](?!\w)")
_ABOVE = regex(
    r"(?:sopra|oltre|superior[ei]|maggior[ei]|almeno|non\s+inferior[ei]|pari|>\s?=|≥|>)[^%\d]{0,30}?(?P<threshold>\d{1,3}(?:[.,]\d{1,4})?)\s*%"
)
_CHANGED = regex(r"modific|rimodulat|variat|variazion|rinegoziat|revision|ridefinit|riprogrammat")
_UNDER_WAY = regex(r"in\s+itinere|in\s+corso|infra-?annual|durante")
_EX_ANTE = regex(r"ex[\s-]?ante|programmat|inizial|previst|approvat|pianificat|total[ei]|assegnat")


class PlanMeasure(NamedTuple):
    """Which formula about the plan it is, with its threshold in % where it has one."""

    meta: Meta
    threshold: Decimal | None = None


def is_weighted_mean(plain: str) -> bool:
    """`media ponderata delle azioni*100`, `media ponderata del grado di raggiungimento degli obiettivi operativi`."""
    match = _WEIGHTED_MEAN.match(plain.rsplit(": ", 1)[-1])
    return match is not None and " per " not in match["rest"]


def of_ratio(numerator: str, denominator: str) -> PlanMeasure | None:
    """Whether a ratio of two phrases is the change rate, or a share of indicators above a threshold."""
    if _OBJECTIVES.search(numerator) and _OBJECTIVES.search(denominator):
        unchanged = not _CHANGED.search(denominator)
        if _CHANGED.search(numerator) and unchanged and (_UNDER_WAY.search(numerator) or _EX_ANTE.search(denominator)):
            return PlanMeasure(Meta.CHANGE_RATE)
    above = _ABOVE.search(numerator)
    if above and _INDICATORS.search(numerator) and _INDICATORS.search(denominator) and not _ABOVE.search(denominator):
        return PlanMeasure(Meta.SHARE_ABOVE, Decimal(above["threshold"].replace(",", ".")))
    return None
