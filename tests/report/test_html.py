"""The page: complete, harmless, self-contained, the same each time."""

import re
from html.parser import HTMLParser

import pytest

from soakgate import resources
from soakgate.analysis.timeline import Lane, Look, Span, Timeline, build
from soakgate.model.result import RunResult
from soakgate.model.times import NS
from soakgate.report import format as words
from soakgate.report import html
from soakgate.report._html.anchors import finding_anchors, slug
from soakgate.report.svg import Tone
from tests.helpers import results, runs

MAKERS = [results.failed, results.passed, results.undecided, results.hostile, results.crowded]
VOID = {"meta", "br", "hr", "img", "link", "input"}


class Page(HTMLParser):
    """Reads a page strictly: tags must nest; keeps what tests ask for."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.ids: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert self.stack == []

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            self.attributes.append((tag, name, value or ""))
            if name == "id":
                self.ids.append(value or "")
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.stack.pop()

    def handle_endtag(self, tag):
        assert self.stack, f"</{tag}> closes nothing"
        assert self.stack.pop() == tag

    def handle_data(self, data):
        if not self.stack or self.stack[-1] not in ("style", "script"):
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.words))


def page(result, timeline=None) -> Page:
    return Page(html.write(result, timeline or Timeline()).decode())


@pytest.fixture(scope="module")
def full() -> Page:
    return page(results.failed(), build(runs.of_failed(), objectives={"shop": 2 * NS}))


@pytest.mark.parametrize("make", MAKERS)
def test_nothing_runs_and_nothing_is_fetched(make):
    found = page(make())
    tags = {tag for tag, _, _ in found.attributes}
    assert not tags & {"script", "link", "img", "iframe", "object", "form", "base"}
    assert not [a for a in found.attributes if a[1].startswith("on") or a[1] == "style"]
    for _, name, value in found.attributes:
        if name in ("href", "src", "xlink:href", "action"):
            assert value.startswith("#")
    policy = [v for t, n, v in found.attributes if t == "meta" and "default-src 'none'" in v]
    assert policy


@pytest.mark.parametrize("make", MAKERS)
def test_every_criterion_gap_and_episode_appears(make):
    result = make()
    found = page(result)
    for row, anchor in zip(result.criteria, finding_anchors(result.criteria), strict=True):
        assert anchor in found.ids
        assert words.observed(row, html=True) in found.text
        assert words.bounds(row, html=True).strip("()") in found.text
        assert words.limit(row, html=True) in found.text
        assert words.word(words.shown(row)) in found.text
        assert row.id[:20] in found.text
    exact = [v for t, n, v in found.attributes if t == "time"]
    for name, rows in (
        ("gap", result.gaps), ("episode", result.episodes), ("outage", result.outages),
        ("brownout", result.brownouts), ("phase", result.phases),
    ):  # fmt: skip
        for index, row in enumerate(rows):
            assert f"{name}-{index}" in found.ids
            assert row.start in exact
            assert row.end is None or row.end in exact


@pytest.mark.parametrize("make", MAKERS)
def test_links_lead_somewhere_and_anchors_are_unique(make):
    found = page(make())
    assert len(found.ids) == len(set(found.ids))
    links = [value[1:] for _, name, value in found.attributes if name == "href"]
    assert set(links) <= set(found.ids)


@pytest.mark.parametrize("make", MAKERS)
def test_the_same_input_gives_the_same_bytes(make):
    result = make()
    timeline = build(runs.evidence(result, series=(runs.series("shop", length=30),)))
    assert html.write(result, timeline) == html.write(result, timeline)


def test_hostile_strings_stay_text():
    result = results.hostile()
    raw = html.write(result, Timeline()).decode()
    found = Page(raw)
    assert "<script" not in raw
    assert "alert(1)" in found.text
    assert "49" not in found.text.replace("7*7", "")[:200]
    for char in "\u202e\u2066\x00\x1b\u200d":
        assert char not in raw
    longest = max((v for _, n, v in found.attributes if n in ("title", "aria-label")), key=len)
    assert len(longest) <= 300
    assert len(raw) < 400_000


def test_hostile_probe_names_stay_text_in_pictures():
    result = results.hostile()
    series = tuple(
        runs.series(name, length=120, down=[(10, 12)], seed=k)
        for k, name in enumerate(results.HOSTILE)
    )
    raw = html.write(result, build(runs.evidence(result, series=series))).decode()
    assert "<script" not in raw
    Page(raw)


def test_verdict_is_word_mark_and_reason(full):
    assert "✕ FAIL" in full.text
    assert "shop was not served for 4.2 s (limit 1 s) while node soakgate-worker2" in full.text
    assert "1 fail · 1 inconclusive · 1 warn · 5 pass" in full.text
    assert "1.35.4 → 1.36.3" in full.text
    assert "26m00s" in full.text


def test_criteria_stand_worst_first(full):
    order = [full.text.index(w) for w in ("longest-outage", "errors", "brown-out", "latency-p95")]
    assert order == sorted(order)


def test_bars_say_in_words_what_they_draw(full):
    labels = [v for t, n, v in full.attributes if t == "svg" and n == "aria-label"]
    assert "4.2 s (4.1 - 4.3) limit <= 1 s" in labels
    assert any(v.startswith("Timeline of the run: shop was not served") for v in labels)


def test_findings_that_passed_plainly_have_no_article(full):
    articles = {v for t, n, v in full.attributes if t == "article" and n == "id"}
    assert articles == {"finding-longest-outage-shop", "finding-errors", "finding-brown-out-shop"}
    assert "finding-latency-p95-p95" in full.ids


def test_slices_show_single_probes(full):
    assert "each probe, × failed" in full.text
    assert "20 s of the run, one lane per series" in full.text


def test_what_coincided_is_never_called_a_cause(full):
    assert "coincided with drain node/soakgate-worker2, 400 ms before its start" in full.text
    assert "caused" not in full.text
    assert "because" not in full.text


def test_the_page_says_how_sure_it_is_and_how_to_judge_again(full):
    assert "at most 2.5 %" in full.text
    assert "soakgate judge ." in full.text
    assert "p50 400 µs" in full.text or "p50 0.4 ms" in full.text
    assert "platform-team until 2027-01-31" in full.text


def test_open_ends_unknown_values_and_unbounded_ones_are_said():
    found = page(results.undecided())
    for said in ("at least 0.7", "not judged", "open at the end", "not sealed", "no probes"):
        assert said in found.text
    assert "None" not in found.text


def test_a_run_that_cannot_be_read_still_gives_its_reason():
    result = results.result(
        verdict="inconclusive", reason="run.json cannot be read: cut after 12 bytes",
        run={"started": None, "ended": None},
    )  # fmt: skip
    found = page(result)
    assert "run.json cannot be read" in found.text
    assert "start not known" in found.text


def test_a_lane_is_never_green_where_nothing_was_seen():
    raw = html.write(results.undecided(), Timeline()).decode()
    assert "no samples" in raw
    assert 'fill="#1a7548" class="f-good" fill-opacity="0.5"' not in raw


def test_many_targets_fold_and_many_passes_too():
    result = results.crowded()
    found = page(result)
    assert "+ 10 more" in found.text
    assert "+ 30 more passed" in found.text
    assert "20 ×, longest down" in found.text


def test_a_fault_of_both_connections_is_labelled_once_in_the_lane_of_its_target():
    rows = [
        results.outage(100, 104, {"reset": 2}),
        results.outage(100.1, 104.2, {"reset": 2}, connection="reused"),
        results.outage(500, 501, {"reset": 2}),
    ]
    raw = html.write(results.result(outages=rows), Timeline()).decode()
    lane = raw[raw.index('aria-label="Timeline of the run') : raw.index('class="chart narrow"')]
    assert re.findall(r">(down [^<]*)</text>", lane) == [
        "down 4.1 s (4.0 – 4.2)",
        "down 1.0 s (0.9 – 1.1)",
    ]


def test_swim_lanes_of_nodes_are_drawn_as_given():
    lane = Lane("aks-user-0b", (Span(0, 60 * NS, Look.CHANGING, "drain refused 37 times"),))
    found = page(results.passed(), Timeline(length=600 * NS, lanes=(lane,)))
    assert "aks-user-0b" in found.text
    assert "drain refused 37 times" in found.text


def test_the_sandbox_never_pretends():
    cluster = {"kind": "sandbox", "context": "", "uid": "", "from": "1.35", "to": "1.36"}
    assert "sandbox, not Kubernetes" in page(results.result(run={"cluster": cluster})).text


def test_no_criterion_at_all_is_said():
    assert "nothing was judged" in page(results.result(verdict="inconclusive")).text


def test_slugs_are_stable_and_never_empty():
    assert slug("shop") == "shop"
    assert slug("<b>") != slug("<i>")
    assert re.fullmatch(r"[0-9a-f]{8}", slug("漢字"))
    assert len(slug("x" * 500)) < 100


def test_clashing_anchors_are_numbered():
    rows = results.result(
        criteria=[
            results.criterion("errors", "pass", (0, 0, 0), ("<=", 1, "ratio"), target="a-b"),
            results.criterion(
                "errors", "pass", (0, 0, 0), ("<=", 1, "ratio"), target="a", phase="b"
            ),
        ]
    ).criteria
    assert finding_anchors(rows) == ["finding-errors-a-b", "finding-errors-a-b-2"]


def test_very_many_outages_keep_the_longest_and_say_so():
    rows = [results.outage(k, k + (0.9 if k == 1400 else 0.2), {"reset": 2}) for k in range(1500)]
    found = page(results.result(outages=rows))
    assert "1,000 rows, the longest of 1,500; result.json has all" in found.text
    assert "outage-1400" in found.ids
    assert len(html.write(results.result(outages=rows), Timeline())) < 700_000


def test_curves_break_where_nothing_was_served():
    result = results.result(run={"ended": results.at(60)})
    quiet = runs.series("shop", length=60, down=[(20, 40)])
    raw = html.write(result, build(runs.evidence(result, series=(quiet,)))).decode()
    curves = re.findall(r'<path d="([^"]*)" fill="none" stroke="#2f52c4"', raw)
    assert curves
    assert all(curve.count("M") == 2 for curve in curves)


def luminance(colour: str) -> float:
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_every_text_colour_can_be_read_by_day_by_night_and_on_paper():
    css = resources.find("reports", "run.css").read_text()
    themes = [
        dict(re.findall(r"--(\w+): (#\w{6})", t)) for t in re.findall(r":root {(.*?)}", css, re.S)
    ]
    assert len(themes) == 3
    for theme in themes:
        for name in ("ink", "dim", "bad", "slow", "good", "blind", "line"):
            assert contrast(theme[name], theme["paper"]) >= 4.5, (name, theme)
    day, paper = themes[0], themes[2]
    assert day == paper
    assert {tone.value for tone in Tone} <= set(day.values())


def test_thousands_of_short_spans_cost_no_more_than_pixels():
    gaps = [results.gap("kube", k, k + 0.5, "watch restarted") for k in range(0, 14_000, 7)]
    rows = [results.outage(k, k + 0.3, {"reset": 2}) for k in range(0, 14_000, 4)]
    result = results.result(run={"ended": results.at(14_400)}, gaps=gaps, outages=rows)
    raw = html.write(result, Timeline())
    assert len(raw) < 2_000_000
    found = Page(raw.decode())
    assert sum(t == "rect" and n == "fill" for t, n, _ in found.attributes) < 6000
    assert "gap-1999" in found.ids


def _informed() -> RunResult:
    rows = [
        results.criterion("downtime", "pass", (0.0, 0.0, 0.4), ("<=", 1.0, "s")),
        results.criterion(
            "latency-regression", "inconclusive", (0.5, -1.0, 2.7), ("<=", 0.1, "ratio"),
            level="info", effective="pass", reason="the baseline lasted 10 s",
        ),
    ]  # fmt: skip
    return results.result(verdict="pass", reason="the one criterion holds", criteria=rows)


def test_an_info_row_is_no_verdict_and_gets_no_article():
    found = page(_informed())
    assert "i INFO" in found.text
    assert "for information: found INCONCLUSIVE; the baseline lasted 10 s" in found.text
    assert "1 pass · 1 for information" in found.text
    assert "? INCONCLUSIVE" not in found.text
    assert "What did not simply pass" not in found.text
    assert found.text.index("PASS downtime") < found.text.index("i INFO")


def test_the_first_screen_says_why_a_row_is_open():
    reason = "shop was down for 20 % of the time: too little was served to judge slowness"
    row = results.criterion(
        "brown-out", "inconclusive", (None, None, None), ("<=", 5.0, "s"), reason=reason
    )
    found = page(results.result(verdict="fail", reason="shop was not served", criteria=[row]))
    assert reason in found.text[: found.text.index("What did not simply pass")]
    same = page(results.result(verdict="inconclusive", reason=reason, criteria=[row]))
    assert same.text[: same.text.index("What did not simply pass")].count(reason) == 1


def test_outages_of_a_partial_episode_are_told_together():
    outages = [results.outage(10 + k, 10.1 + k, {"status-503": 1}) for k in range(6)]
    whole = results.episode(10, 15.1, 6, partial=True)
    row = results.criterion(
        "downtime", "fail", (2.0, 1.5, 3.0), ("<=", 1.0, "s"),
        evidence=[f"outages[{k}]" for k in range(6)],
    )  # fmt: skip
    found = page(results.result(criteria=[row], outages=outages, episodes=[whole]))
    assert found.text.count("partial episode shop/new at 05:02:21.123Z") == 1
    assert "outage shop/new at" not in found.text
    assert "Evidence in result.json: outages[0] to outages[5]" in found.text
