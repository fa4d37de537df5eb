"""What one series shows in one window, before its bounds are drawn."""

from dataclasses import dataclass

from soakgate.analysis.blind import Blind
from soakgate.analysis.episodes import Episodes
from soakgate.analysis.rows import Rows
from soakgate.model.times import Window

__all__ = ["Part"]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Rows, episodes and blind time of one series, all clipped to `window`.

    `period` ns; `usable`: how many usable probes started in the window.
    """

    rows: Rows
    episodes: Episodes
    blind: Blind
    period: int
    window: Window
    usable: int

    @property
    def unbounded(self) -> bool:
        """Whether no upper bound can be given: still down at the end, or nothing seen at all."""
        return self.rows.ends_open or self.usable == 0
