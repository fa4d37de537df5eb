"""A headless Chromium over file://, with scripts of the page irrelevant and no network needed."""

import json
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from html import escape, unescape
from pathlib import Path

__all__ = ["Seen", "chromium", "dump_dom", "look", "print_pdf", "screenshot"]

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)


def chromium() -> str | None:
    """Give the path of a browser, or None."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def _run(path: Path, *flags: str, timeout: float = 120) -> str:
    program = chromium()
    assert program is not None
    with tempfile.TemporaryDirectory() as profile:
        done = subprocess.run(
            [program, *FLAGS, f"--user-data-dir={profile}", *flags, path.resolve().as_uri()],
            capture_output=True,
            text=True,
            timeout=timeout,
            check=True,
        )
    return done.stdout


def screenshot(
    path: Path, png: Path, width: int = 1240, height: int = 980, *, dark: bool = False
) -> None:
    """Take a picture of the top of a page."""
    scheme = ("--force-dark-mode", "--blink-settings=preferredColorScheme=0") if dark else ()
    _run(path, f"--screenshot={png}", f"--window-size={width},{height}", *scheme)


def print_pdf(path: Path, pdf: Path) -> None:
    """Print a page as its style sheet wants it."""
    _run(path, f"--print-to-pdf={pdf}", "--no-pdf-header-footer")


def dump_dom(path: Path, width: int = 1240) -> str:
    """Give the document as the browser understood it."""
    return _run(path, "--dump-dom", f"--window-size={width},900")


SEEN = """
document.querySelectorAll('details').forEach((d) => { d.open = true; });
const found = {width: document.documentElement.scrollWidth, room: innerWidth, texts: [], out: []};
const name = (t) => t.lastChild ? t.lastChild.textContent.slice(0, 40) : '';
for (const svg of document.querySelectorAll('svg')) {
  const frame = svg.getBoundingClientRect();
  if (!frame.width) continue;
  const boxes = [...svg.querySelectorAll('text')].map((t) => [t.getBoundingClientRect(), name(t)]);
  boxes.forEach(([a, s], i) => {
    if (a.left < frame.left - 1 || a.right > frame.right + 1 || a.bottom > frame.bottom + 1)
      found.out.push(s);
    boxes.slice(i + 1).forEach(([b, r]) => {
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const tall = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (wide > 1 && tall > 3.5) found.texts.push([s, r]);
    });
  });
}
parent.document.getElementById('seen').textContent = JSON.stringify(found);
"""
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')


@dataclass(frozen=True, slots=True)
class Seen:
    """How a page was laid out: labels of pictures that overlap or leave their picture."""

    width: int
    room: int
    overlapping: list[tuple[str, str]]
    outside: list[str]


def look(path: Path, width: int = 1240) -> Seen:
    """Lay a page out and measure it; a copy without its policy, since measuring needs a script.

    It lies in a frame, for a window of its own would not be narrower than 500 px.
    """
    text = POLICY.sub("", path.read_text())
    text = text.replace("</body>", f"<script>{SEEN}</script></body>")
    outer = (
        f'<!doctype html><pre id="seen"></pre><iframe width="{width}" height="900" '
        f'srcdoc="{escape(text, quote=True)}"></iframe>'
    )
    with tempfile.TemporaryDirectory() as folder:
        frame = Path(folder, "frame.html")
        frame.write_text(f'<meta charset="utf-8">{outer}')
        dom = dump_dom(frame, max(width, 500))
    match = re.search(r'<pre id="seen">(.*?)</pre>', dom, re.DOTALL)
    assert match is not None
    found = json.loads(unescape(match[1]))
    pairs = [(a, b) for a, b in found["texts"]]
    return Seen(found["width"], found["room"], pairs, found["out"])
