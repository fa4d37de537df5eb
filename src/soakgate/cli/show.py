"""A judged run on stdout: as text, or as the one JSON document that result.json is."""

import sys

from soakgate.cli.options import emit, wants_color
from soakgate.cli.width import width
from soakgate.config.settings import Settings
from soakgate.orchestrate.judging import Judged
from soakgate.report.text import summary

__all__ = ["show_judged"]


def show_judged(judged: Judged, *, settings: Settings) -> None:
    """Write a judged run in the form asked for."""
    if settings.output == "json":
        emit(judged.result.to_json().decode())
        return
    color = wants_color(settings.color, stream=sys.stdout)
    emit(summary(judged.result, width=width(), color=color, folder=str(judged.folder)))
