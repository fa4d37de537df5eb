"""A strict reader of the part of OpenMetrics text that we write: gauges with labels."""

import re
from dataclasses import dataclass, field

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
TYPE = re.compile(rf"# TYPE ({NAME}) (gauge)")
HELP = re.compile(rf"# HELP ({NAME}) (\S.*)")
SAMPLE = re.compile(rf"({NAME})(?:\{{(.*)\}})? (\S+)(?: (\d+(?:\.\d+)?))?")
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,(?=[a-zA-Z_])|$)')
ESCAPES = {"\\\\": "\\", '\\"': '"', "\\n": "\n"}


@dataclass
class Family:
    help: str = ""
    samples: dict[tuple[tuple[str, str], ...], float] = field(default_factory=dict)
    stamps: set[str | None] = field(default_factory=set)


def labels(text: str) -> tuple[tuple[str, str], ...]:
    found, at = [], 0
    while at < len(text):
        match = LABEL.match(text, at)
        assert match, text[at:]
        value = re.sub(r'\\[\\"n]', lambda m: ESCAPES[m[0]], match[2])
        found.append((match[1], value))
        at = match.end()
    names = [name for name, _ in found]
    assert len(set(names)) == len(names)
    return tuple(found)


def read(text: str) -> dict[str, Family]:
    """Read a document; any break of the format is an AssertionError."""
    assert text.endswith("\n# EOF\n")
    families: dict[str, Family] = {}
    current = ""
    for line in text.split("\n")[:-2]:
        if match := TYPE.fullmatch(line):
            current = match[1]
            assert current not in families
            families[current] = Family()
        elif match := HELP.fullmatch(line):
            assert match[1] == current
            families[current].help = match[2]
        else:
            match = SAMPLE.fullmatch(line)
            assert match, line
            assert match[1] == current, "samples of a family stand together"
            key = tuple(sorted(labels(match[2] or "")))
            assert key not in families[current].samples
            families[current].samples[key] = float(match[3])
            families[current].stamps.add(match[4])
    return families
