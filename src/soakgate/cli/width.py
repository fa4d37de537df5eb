"""How wide stdout is."""

import shutil
import sys

__all__ = ["width"]

WIDE = 200  # a file or a pipe has no width; rows are best left on one line


def width() -> int:
    """Give the columns to write for."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else WIDE
