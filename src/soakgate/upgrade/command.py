"""The user's own command performs the upgrade: time-boxed, its output kept as evidence.

It runs as `/bin/sh -c COMMAND` in a process group of its own with SOAKGATE_RUN naming the run
directory, so that `soakgate mark TEXT` inside it finds the run. Exit 0 means that the upgrade
happened. After `timeout` the group gets TERM, 10 s later KILL; the same if we are killed. What a
command that has ended leaves running in the background is left alone.
"""

import signal

from soakgate.adapters.process import Group
from soakgate.config.upgrade import CommandUpgrade
from soakgate.upgrade.driver import UPGRADE, Scene, Stopped, UpgradeEnd
from soakgate.upgrade.output import Output

__all__ = ["OPTIONS", "RunningCommand", "start"]

OPTIONS = CommandUpgrade


class RunningCommand:
    """A command under way."""

    def __init__(self, options: CommandUpgrade, scene: Scene) -> None:
        self.timeout = options.timeout
        self._output = Output(scene.folder / "output", run=scene.run)
        self._group = Group(
            UPGRADE,
            argv=["/bin/sh", "-c", options.command],
            output=self._output.pipe,
            env={"SOAKGATE_RUN": str(scene.run_folder.absolute())},
        )
        self._output.pump()
        self._group.watch(scene.inbox)

    def stop(self) -> None:
        """Ask the whole group to end."""
        self._group.signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the whole group at once."""
        self._group.signal(signal.SIGKILL)

    @property
    def alive(self) -> bool:
        """Whether anything of the group is left, be it a grandchild."""
        return self._group.alive

    def finish(self, code: int, *, stopped: Stopped | None) -> UpgradeEnd:
        """Keep the output and say how the command ended. Raises OSError."""
        self._output.finish()
        ok: bool | None = code == 0
        if stopped is not None:
            # Out of time is a failure of its own; cut short by us, it proves nothing.
            ok = False if stopped.failed else None
            how = f"was stopped: {stopped.why}"
        elif code < 0:
            how = f"was ended by {_name(-code)}"
        else:
            how = f"ended with code {code}"
        return UpgradeEnd(ok=ok, detail=f"the upgrade command {how}", facts={"code": code})


def _name(number: int) -> str:
    known = {int(s): s.name for s in signal.Signals}
    return known.get(number, f"signal {number}")


def start(options: CommandUpgrade, scene: Scene) -> RunningCommand:
    """Start the command. Raises HarnessError if there is no shell, OSError."""
    return RunningCommand(options, scene)
