"""How far a server has come that follows another one, as it says of itself (replication state of a hot standby)."""

from datetime import datetime, timedelta
from typing import NamedTuple

from domain.errors import StandbyBehind
from projections.store.envelope import write_instant
from projections.store.instants import SETTLED


class ReplicationState(NamedTuple):
    """How far the server that is asked has come, as a standby: the mark of the instants that it holds, and its lag.

    `level_at`: when its primary last told how far it was itself, if all of that is replayed; None where it is not, or
    where nobody may see it. `lag` is None where nobody can say.
    """

    is_standby: bool
    level_at: datetime | None
    mark: datetime
    lag: timedelta | None

    def require_come_to(self, known_at: datetime, *, or_level: bool = True) -> None:
        """StandbyBehind where it may lack what is known at that instant.

        It has all that is known a minute before the mark that it has come to (SETTLED): whatever had its instant by then
        was committed before. Where nobody writes the mark stays behind: it has then (`or_level`) all that was known a
        minute before its primary was last heard of. One that is cut off hears nothing, whatever it takes itself for.
        """
        come_to = max(self.mark, self.level_at or self.mark) if or_level else self.mark
        if known_at > come_to - SETTLED:
            found = f"questa replica è arrivata a {write_instant(come_to)}, si chiede ciò che era noto a {write_instant(known_at)}"
            accepted = f"una conoscenza più vecchia di un minuto rispetto a lì, o riprovare fra {StandbyBehind.retry_after} secondi"
            raise StandbyBehind(found, accepted=accepted)
