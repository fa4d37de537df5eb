"""A headless Chromium over file://, with scripts of the page irrelevant and no network needed."""

import shutil
import subprocess
import tempfile
from pathlib import Path

__all__ = ["chromium", "dump_dom", "print_pdf", "screenshot"]

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
