"""SVG as text, by presentation attributes only, so that it reads under a policy without styles.

Each colour is an attribute *and* a class: a style sheet may replace it (dark, print), nothing has
to. Foreign text is made printable and escaped here, in one place.
"""

from dataclasses import dataclass, field
from enum import Enum
from html import escape

from soakgate.errors import printable
from soakgate.report.width import display_width

__all__ = ["Drawing", "Tone", "number", "text_width"]

WIDE = "+=<>~%@mwMW≤≥→×−"  # characters well above the mean width of a font
TITLE_LIMIT = 300  # characters of a tooltip


class Tone(Enum):
    """Colours by meaning. Text in each keeps 4.5:1 on white; the style sheet has the dark ones."""

    BAD = "#b3202a"
    SLOW = "#8a5300"
    GOOD = "#1a7548"
    BLIND = "#5f45ad"
    LINE = "#2f52c4"
    IDLE = "#868e96"
    DIM = "#5f6672"
    INK = "#16181d"
    GRID = "#d9dce1"
    PAPER = "#ffffff"


def number(value: float) -> str:
    """Write a coordinate with one decimal, shortly."""
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Guess the width of a text in px, on the wide side: the reader's font is not known."""
    extra = 0.3 * sum(text.count(char) for char in WIDE)
    return (display_width(text) * (0.68 if bold else 0.61) + extra) * size


@dataclass(slots=True)
class Drawing:
    """Collects elements; `key` makes the ids of its patterns unique on the page."""

    key: str
    parts: list[str] = field(default_factory=list)

    def rect(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        tone: Tone,
        opacity: float = 1,
        radius: float = 0,
        title: str = "",
    ) -> None:
        """Draw a filled box; never thinner than 1 px, or short events would vanish."""
        fade = f' fill-opacity="{opacity:g}"' if opacity < 1 else ""
        round_ = f' rx="{number(radius)}"' if radius else ""
        self._shape(
            f'<rect x="{number(x)}" y="{number(y)}" width="{number(max(width, 1))}" '
            f'height="{number(height)}" fill="{tone.value}" class="f-{tone.name.lower()}"'
            f"{fade}{round_}",
            "rect",
            title,
        )

    def hatch(
        self, x: float, y: float, width: float, height: float, *, opacity: float = 1, title: str
    ) -> None:
        """Draw a hatched box: we were blind here."""
        self._shape(
            f'<rect x="{number(x)}" y="{number(y)}" width="{number(max(width, 1.5))}" '
            f'height="{number(height)}" fill="url(#hatch-{self.key})" fill-opacity="{opacity:g}"',
            "rect",
            title,
        )

    def line(
        self, x1: float, y1: float, x2: float, y2: float, *, tone: Tone, width: float = 1,
        dash: str = "",
    ) -> None:  # fmt: skip
        """Draw a straight line; `dash` as in SVG."""
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        name = tone.name.lower()
        self.parts.append(
            f'<line x1="{number(x1)}" y1="{number(y1)}" x2="{number(x2)}" y2="{number(y2)}" '
            f'stroke="{tone.value}" class="s-{name}" stroke-width="{width:g}"{dashes}/>'
        )

    def path(
        self, data: str, *, tone: Tone, width: float = 1.2, opacity: float = 1, dash: str = "",
        filled: bool = False,
    ) -> None:  # fmt: skip
        """Draw a path; filled without a line, or a line without a filling."""
        if not data:
            return
        name, dashes = tone.name.lower(), f' stroke-dasharray="{dash}"' if dash else ""
        if filled:
            paint = f'fill="{tone.value}" class="f-{name}" fill-opacity="{opacity:g}"'
        else:
            paint = (
                f'fill="none" stroke="{tone.value}" class="s-{name}" stroke-width="{width:g}" '
                f'stroke-opacity="{opacity:g}" stroke-linejoin="round"{dashes}'
            )
        self.parts.append(f'<path d="{data}" {paint}/>')

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 11,
        tone: Tone = Tone.INK,
        anchor: str = "start",
        bold: bool = False,
        title: str = "",
    ) -> None:
        """Write one line; `y` is its base line."""
        weight = ' font-weight="600"' if bold else ""
        clean = escape(printable(text))
        hint = f"<title>{escape(printable(title, TITLE_LIMIT))}</title>" if title else ""
        self.parts.append(
            f'<text x="{number(x)}" y="{number(y)}" font-size="{size:g}" fill="{tone.value}" '
            f'class="f-{tone.name.lower()}" text-anchor="{anchor}"{weight}>{hint}{clean}</text>'
        )

    def _shape(self, opening: str, tag: str, title: str) -> None:
        if title:
            hint = escape(printable(title, TITLE_LIMIT))
            self.parts.append(f"{opening}><title>{hint}</title></{tag}>")
        else:
            self.parts.append(f"{opening}/>")

    def render(self, width: float, height: float, *, label: str, hatched: bool = True) -> str:
        """Give the whole element; `label` says in words what the picture shows."""
        pattern = _hatch(self.key) if hatched else ""
        words = escape(printable(label, TITLE_LIMIT), quote=True)
        return (
            f'<svg viewBox="0 0 {number(width)} {number(height)}" width="{number(width)}" '
            f'height="{number(height)}" role="img" aria-label="{words}" '
            f'font-family="system-ui, sans-serif">{pattern}{"".join(self.parts)}</svg>'
        )


def _hatch(key: str) -> str:
    tone = Tone.BLIND
    return (
        f'<defs><pattern id="hatch-{key}" width="6" height="6" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect width="6" height="6" fill="{tone.value}" '
        f'class="f-blind" fill-opacity="0.1"/><line x1="0" y1="0" x2="0" y2="6" '
        f'stroke="{tone.value}" class="s-blind" stroke-width="1.6"/></pattern></defs>'
    )
