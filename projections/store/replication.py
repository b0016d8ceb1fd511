"""How far a server has come that follows another one, as it says of itself (replication state of a hot standby)."""

from datetime import datetime, timedelta
from typing import NamedTuple

from domain.errors import StandbyBehind
from projections.store.envelope import write_instant
from projections.store.instants import SETTLED


class ReplicationState(NamedTuple):
    """How far the server that is asked has come, as a standby: the mark of the instants that it holds, and its lag.

    `is_level`: it has replayed all that it received, and receives. `lag` is None where nobody can say.
    """

    is_standby: bool
    is_level: bool
    mark: datetime
    lag: timedelta | None

    def require_come_to(self, known_at: datetime, *, or_level: bool = True) -> None:
        """StandbyBehind where it may lack what is known at that instant.

        It has all that is known a minute before the mark that it has come to (SETTLED): whatever had its instant by then
        was committed before. Where nobody writes the mark stays behind, and the standby may be taken for level with its
        primary (`or_level`) if it has replayed all that it received, and still receives, as far as it knows.
        """
        if known_at > self.mark - SETTLED and not (or_level and self.is_level):
            found = f"questa replica è arrivata a {write_instant(self.mark)}, si chiede ciò che era noto a {write_instant(known_at)}"
            accepted = f"una conoscenza più vecchia di un minuto rispetto a lì, o riprovare fra {StandbyBehind.retry_after} secondi"
            raise StandbyBehind(found, accepted=accepted)
