"""The page of a run: one HTML file that needs nothing but itself.

It reads from disk, without scripts, under a policy that forbids styles, on a phone, in the dark and
printed. The first screen holds the verdict, the sentence that says why, a row per criterion (worst
first) and one time axis under everything that happened. Below: each finding that is not a plain
pass with its slice of the timeline, then lists of outages, episodes, brown-outs and gaps, latency
before, during and after, every series, and how to judge again.

Anchors are stable: `#finding-ID-TARGET`, `#outage-0`, `#episode-0`, `#gap-0`.
"""

from functools import lru_cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from soakgate import resources
from soakgate.analysis.timeline import Timeline
from soakgate.errors import printable
from soakgate.model.result import RunResult
from soakgate.report import format as words
from soakgate.report._html.page import page_of

__all__ = ["FILENAME", "write"]

FILENAME = "report.html"
LONGEST = 2000  # characters of one foreign text; result.json has the whole of it


def write(result: RunResult, timeline: Timeline) -> bytes:
    """Give the bytes of report.html; the same input gives the same bytes."""
    page = page_of(result, timeline)
    return _environment().get_template("run.html.j2").render(page=page).encode()


@lru_cache(maxsize=1)
def _environment() -> Environment:
    found = Environment(
        loader=FileSystemLoader(resources.folder("reports")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {
        "foreign": _foreign,
        "name": _name,
        "svg": Markup,
        "count": words.count,
        "seconds": words.duration,
    }
    return found


def _foreign(text: str, longest: int = LONGEST) -> str:
    """Make any text from outside fit to print; the template escapes it."""
    return printable(text, longest)


def _name(text: str, width: int = 32) -> Markup:
    """Cut a name in its middle, with the whole of it (up to 300 characters) as a tooltip."""
    short = words.cut_middle(text, width)
    if short == text:
        return Markup("<bdi>{}</bdi>").format(short)
    return Markup('<bdi title="{}">{}</bdi>').format(printable(text), short)
