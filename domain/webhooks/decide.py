"""When what could not be delivered is tried again, and when it is given up."""

from datetime import timedelta

DELAYS = (
    *(timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10), timedelta(minutes=30)),
    *(timedelta(hours=1), timedelta(hours=2), timedelta(hours=5), timedelta(hours=10), timedelta(hours=10)),
)
"""How long is waited after each attempt that failed: some twenty-nine hours in all, a night and a holiday."""

LONGEST_DELAY = timedelta(hours=24)
"""How long a receiver may ask to be left alone."""

FORMER_SECRET_KEPT = timedelta(days=3)
"""How long what is sent bears the signature of the secret before as well."""

MOST_WEBHOOKS = 20
"""How many subscriptions an administration has at most: each event is sent to every one of them."""


def delay_of_delivery(attempts: int, asked: timedelta | None = None) -> timedelta | None:
    """How long to wait after so many attempts that failed, at least as long as the receiver asked; None: it is given up."""
    if attempts > len(DELAYS):
        return None
    return max(DELAYS[attempts - 1], min(asked or timedelta(), LONGEST_DELAY))
