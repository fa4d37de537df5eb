"""The page in a real browser over file://: it reads, fits and prints."""

import subprocess

import pytest

from soakgate.analysis.timeline import Timeline, build
from soakgate.model.times import NS
from soakgate.report import html
from tests.helpers import browser, results, runs

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(browser.chromium() is None, reason="needs chromium"),
]


def written(result, timeline, folder):
    path = folder / "report.html"
    path.write_bytes(html.write(result, timeline))
    return path


def full(folder):
    timeline = build(runs.of_failed(), objectives={"shop": 2 * NS})
    return written(results.failed(), timeline, folder)


def test_the_browser_sees_the_verdict_all_ids_and_pictures(tmp_path):
    dom = browser.dump_dom(full(tmp_path))
    assert "shop was not served for 4.2 s (limit 1 s)" in dom
    for row in results.failed().criteria:
        assert row.id in dom
    assert dom.count("<svg") >= 8 + 2 + 4 + 2  # bars, run, slices, series


@pytest.mark.parametrize(
    ("name", "width"),
    [("failed", 800), ("undecided", 360), ("hostile", 360), ("crowded", 1240), ("crowded", 360)],
)
def test_nothing_overflows_and_no_labels_overlap(tmp_path, name, width):
    result = getattr(results, name)()
    series = tuple(
        runs.series(target, length=100, down=[(20, 22), (30, 30.5)], seed=k)
        for k, target in enumerate(dict.fromkeys(o.target for o in result.outages))
    )
    path = written(result, build(runs.evidence(result, series=series)), tmp_path)
    seen = browser.look(path, width)
    assert seen.width <= seen.room
    assert seen.overlapping == []
    assert seen.outside == []


def test_labels_keep_apart_when_phases_are_short_and_outages_close(tmp_path):
    phases = [results.phase(f"phase-{k}", 2 * k, 2 * k + 2) for k in range(50)]
    outages = [
        results.outage(900 + d, 900 + d + n, {"reset": 9}, target=target)
        for target in ("shop", "cart", "login")
        for d, n in ((0, 9), (12, 20), (33, 1))
    ]
    gaps = [results.gap("kube", 890 + 5 * k, 891 + 5 * k, "watch restarted") for k in range(20)]
    result = results.result(phases=phases, outages=outages, gaps=gaps)
    for width in (1240, 360):
        seen = browser.look(written(result, Timeline(), tmp_path), width)
        assert (seen.overlapping, seen.outside) == ([], [])


def test_the_measure_finds_labels_that_do_overlap(tmp_path):
    path = tmp_path / "bad.html"
    text = '<text x="10" y="20">one</text><text x="12" y="20">two</text>'
    path.write_text(f'<body><svg width="20" height="30">{text}</svg></body>')
    seen = browser.look(path)
    assert seen.overlapping == [("one", "two")]
    assert seen.outside == ["one", "two"]


def test_printing_opens_what_is_folded(tmp_path):
    pdf = tmp_path / "report.pdf"
    browser.print_pdf(full(tmp_path), pdf)
    said = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, check=True)
    text = said.stdout.decode()
    assert "FAIL" in text
    assert text.count("objective") >= 3  # slices and the pictures of both series, which are folded
    info = subprocess.run(["pdfinfo", str(pdf)], capture_output=True, check=True).stdout.decode()
    assert "841.92 x 595.2" in info or "842 x 595" in info or "A4" in info


def test_dark_and_light_differ_and_both_are_pictures(tmp_path):
    path = full(tmp_path)
    light, dark = tmp_path / "light.png", tmp_path / "dark.png"
    browser.screenshot(path, light, 800, 600)
    browser.screenshot(path, dark, 800, 600, dark=True)
    assert light.read_bytes()[:8] == dark.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert light.read_bytes() != dark.read_bytes()
