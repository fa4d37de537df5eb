"""The user's own command performs the upgrade: time-boxed, its output kept as evidence.

It runs as `/bin/sh -c COMMAND` in a process group of its own with SOAKGATE_RUN naming the run
directory, so that `soakgate mark TEXT` inside it finds the run. Exit 0 means that the upgrade
happened. After `timeout` the group gets TERM, 10 s later KILL.
"""

import signal
from pathlib import Path

from soakgate.adapters.process import Group
from soakgate.config.upgrade import CommandUpgrade
from soakgate.upgrade.driver import UPGRADE, Scene, UpgradeEnd

__all__ = ["OPTIONS", "RunningCommand", "start"]

OPTIONS = CommandUpgrade
KEPT = 512 * 1024  # bytes of output kept from each end


class RunningCommand:
    """A command under way."""

    def __init__(self, options: CommandUpgrade, scene: Scene) -> None:
        self.timeout = options.timeout
        self._scene = scene
        # Programs that outlive the command may go on writing here, so this file is a log; what is
        # evidence is copied from it at the command's end.
        self._log = scene.folder / "log"
        with self._log.open("ab") as output:
            self._group = Group(
                UPGRADE,
                argv=["/bin/sh", "-c", options.command],
                output=output,
                env={"SOAKGATE_RUN": str(scene.run_folder.absolute())},
            )
        self._group.watch(scene.inbox)

    def stop(self) -> None:
        """Ask the whole group to end."""
        self._group.signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the whole group at once."""
        self._group.signal(signal.SIGKILL)

    def finish(self, code: int, *, stopped: str | None) -> UpgradeEnd:
        """Keep the output and say how the command ended."""
        (self._scene.folder / "output").write_bytes(
            f"# run {self._scene.run}\n".encode() + _both_ends(self._log)
        )
        if stopped is not None:
            return UpgradeEnd(
                ok=False, detail=f"the upgrade command was stopped: {stopped}", facts={"code": code}
            )
        if code < 0:
            name = signal.Signals(-code).name if -code in set(signal.Signals) else str(-code)
            return UpgradeEnd(
                ok=False, detail=f"the upgrade command was ended by {name}", facts={"code": code}
            )
        if code:
            return UpgradeEnd(
                ok=False, detail=f"the upgrade command ended with code {code}", facts={"code": code}
            )
        return UpgradeEnd(
            ok=True, detail="the upgrade command ended with code 0", facts={"code": 0}
        )


def _both_ends(path: Path) -> bytes:
    size = path.stat().st_size
    with path.open("rb") as file:
        if size <= 2 * KEPT:
            return file.read(2 * KEPT)
        head = file.read(KEPT)
        file.seek(size - KEPT)
        cut = f"\n# {size - 2 * KEPT} bytes left out\n".encode()
        return head + cut + file.read(KEPT)


def start(options: CommandUpgrade, scene: Scene) -> RunningCommand:
    """Start the command. Raises HarnessError if there is no shell."""
    return RunningCommand(options, scene)
