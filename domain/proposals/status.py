"""The statuses of a proposal, and their words."""

from typing import Literal

ProposalStatus = Literal["draft", "submitted", "withdrawn", "rejected", "enacted"]
STATUS_NAMES: dict[ProposalStatus, str] = {
    "draft": "bozza",
    "submitted": "presentata",
    "withdrawn": "ritirata",
    "rejected": "respinta",
    "enacted": "adottata",
}
"""The statuses of a proposal, as people say them."""

OPEN: frozenset[ProposalStatus] = frozenset({"draft", "submitted"})
"""The statuses in which something may still become of a proposal."""
