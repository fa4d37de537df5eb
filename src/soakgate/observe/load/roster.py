"""What the master knows of each worker: its clock, when it was last heard, whether it is lost.

All moments are ns of the master's CLOCK_MONOTONIC.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from soakgate.model.times import MS

__all__ = ["SILENCE", "Roster", "Worker"]

SILENCE = 2_500 * MS  # without a report: lost, until it reports again


@dataclass(slots=True)
class Worker:
    """One worker. `offset` is added to the master's clock to get the worker's, +- `bound`.

    `bound` is half of the smallest round trip; -1 = no estimate yet.
    """

    id: str
    name: str
    host: str
    pid: int
    local: bool
    share: int
    heard: int
    offset: int = 0
    bound: int = -1
    ready: bool = False
    lost: bool = False
    final: bool = False
    sequence: int = 0

    def pong(self, sent: int, theirs: int, now: int) -> None:
        """Take one round trip: their reading was made somewhere between `sent` and `now`."""
        bound = (now - sent + 1) // 2
        if not self.local and (self.bound < 0 or bound < self.bound):
            self.bound = bound
            self.offset = theirs - (sent + now) // 2


class Roster:
    """All workers by their Locust id. `boot` is the master's own boot id."""

    def __init__(self, boot: str) -> None:
        self._boot = boot
        self._workers: dict[str, Worker] = {}
        self._looked = 0

    def __iter__(self) -> Iterator[Worker]:
        return iter(self._workers.values())

    def __len__(self) -> int:
        return len(self._workers)

    def get(self, identity: str) -> Worker | None:
        """Find a worker."""
        return self._workers.get(identity)

    def join(self, identity: str, *, boot: str, host: str, pid: int, now: int) -> Worker:
        """Take a worker in, or find it again."""
        worker = self._workers.get(identity)
        if worker is None:
            share = len(self._workers)
            local = bool(boot) and boot == self._boot
            worker = Worker(identity, f"w{share + 1}", host, pid, local, share, now)
            if local:
                worker.bound = 0  # the same clock
            self._workers[identity] = worker
        return worker

    @property
    def ready(self) -> int:
        """How many could start."""
        return sum(w.ready for w in self)

    @property
    def living(self) -> list[Worker]:
        """Workers that are not lost."""
        return [w for w in self if not w.lost]

    def heard(self, worker: Worker, now: int) -> bool:
        """Note a report; whether the worker had been lost."""
        back, worker.lost, worker.heard = worker.lost, False, now
        return back

    def silent(self, now: int) -> list[Worker]:
        """Mark workers as lost that have been silent for too long and give the newly lost ones.

        If we ourselves have not looked for a while, their reports are still waiting to be read.
        """
        if now - self._looked > SILENCE // 2:
            for worker in self.living:
                worker.heard = max(worker.heard, now - SILENCE // 2)
        self._looked = now
        fresh = [w for w in self.living if not w.final and now - w.heard > SILENCE]
        for worker in fresh:
            worker.lost = True
        return fresh
