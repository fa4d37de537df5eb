"""Locust files: loading one, and saying in one line why it cannot be used.

Beside user classes and at most one LoadTestShape, a file may have `USERS`, the number of users it
is meant for, and `plan(rate, users) -> Plan`, the requests it plans; without `plan`, lean users
get the steady rate that was asked for, and other users plan nothing.
"""

import importlib.util
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from locust.util.load_locustfile import is_shape_class, is_user_class

from soakgate.errors import UsageError
from soakgate.observe.load.lean import LeanUser
from soakgate.observe.load.plan import Plan
from soakgate.observe.load.settings import Settings

__all__ = ["Profile", "load_profile", "read_profile"]

MODULE = "soakgate_locustfile"


@dataclass(frozen=True, slots=True)
class Profile:
    """A locust file, ready to run; `plan` None: a closed loop that plans no number."""

    classes: Mapping[str, Any]
    shape: Any
    plan: Plan | None
    users: int

    @property
    def lean(self) -> bool:
        """Whether its users wait for slots, so that they may be spawned before the start."""
        return any(issubclass(c, LeanUser) for c in self.classes.values())


def load_profile(settings: Settings) -> Profile:
    """Load the locust file that was asked for. Raises UsageError."""
    os.environ.update(settings.environment)
    module = _module(Path(settings.profile))
    return read_profile(vars(module), settings)


def read_profile(names: Mapping[str, Any], settings: Settings) -> Profile:
    """Make a profile of a locust file's names. Raises UsageError."""
    where = Path(settings.profile).name
    classes = {k: v for k, v in names.items() if is_user_class(v)}
    shapes = [v for v in names.values() if is_shape_class(v)]
    if not classes:
        raise UsageError("load: no user class in the locust file", where=where)
    if len(shapes) > 1:
        raise UsageError("load: more than one LoadTestShape", where=where)
    _check_tasks(classes, where)
    users = settings.users or names.get("USERS")
    if not isinstance(users, int) or users < 1:
        raise UsageError("load: how many users?", where=where, hint="set load.users")
    plan = _plan(names, classes, settings, users)
    return Profile(classes, shapes[0]() if shapes else None, plan, users)


def _module(path: Path) -> ModuleType:
    if not path.is_file():
        raise UsageError("load: no such locust file", where=path.name)
    spec = importlib.util.spec_from_file_location(MODULE, path)
    if spec is None or spec.loader is None:
        raise UsageError("load: a locust file ends in .py", where=path.name)
    module = importlib.util.module_from_spec(spec)
    sys.modules[MODULE] = module
    sys.path.insert(0, str(path.parent))
    sys.dont_write_bytecode = True  # nothing appears beside a user's file
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        raise UsageError(
            "load: the locust file cannot be loaded",
            where=_where(path, error),
            found=f"{type(error).__name__}: {error}",
        ) from error
    return module


def _where(path: Path, error: BaseException) -> str:
    """Give file:line of the last frame inside the locust file."""
    line = getattr(error, "lineno", None) if isinstance(error, SyntaxError) else None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(path):
            line = trace.tb_lineno
        trace = trace.tb_next
    return f"{path.name}:{line}" if line else path.name


def _check_tasks(classes: Mapping[str, Any], where: str) -> None:
    lean = [name for name, c in classes.items() if issubclass(c, LeanUser)]
    if lean and len(lean) < len(classes):
        raise UsageError("load: LeanUser cannot be mixed with other user classes", where=where)
    for name, user in classes.items():
        if not getattr(user, "tasks", None):
            raise UsageError(f"load: user class {name} has no tasks", where=where)
        if name in lean and any(isinstance(task, type) for task in user.tasks):
            raise UsageError(f"load: tasks of {name} must be functions, not classes", where=where)


def _plan(
    names: Mapping[str, Any], classes: Mapping[str, Any], settings: Settings, users: int
) -> Plan | None:
    where = Path(settings.profile).name
    make = names.get("plan")
    if callable(make):
        try:
            plan = make(settings.rate, users)
        except UsageError:
            raise
        except Exception as error:
            found = f"{type(error).__name__}: {error}"
            raise UsageError("load: plan() failed", where=where, found=found) from error
        if plan is not None and not isinstance(plan, Plan):
            raise UsageError("load: plan() must give a Plan", where=where, found=repr(plan)[:80])
        return plan
    if not any(issubclass(c, LeanUser) for c in classes.values()):
        return None
    if settings.rate is None:
        raise UsageError("load: this profile needs a rate", where=where, hint="set load.rate")
    return Plan.steady(settings.rate)
