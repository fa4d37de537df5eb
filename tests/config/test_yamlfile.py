"""The YAML reader: plain data with lines, and one clear line for everything that is refused."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from soakgate.config.problems import FileError
from soakgate.config.yamlfile import BYTES, DEPTH, read_yaml


def data(text: str | bytes) -> object:
    raw = text if isinstance(text, bytes) else text.encode()
    return read_yaml(raw, source="f.yaml").data


def refused(text: str | bytes) -> tuple[str, ...]:
    with pytest.raises(FileError) as caught:
        data(text)
    assert all("\n" not in line for line in caught.value.lines)
    return caught.value.lines


def test_lines_of_keys_and_items() -> None:
    text = "a: 1\nb:\n  - x\n  - {c: 2,\n     d: 3}\n\ne:\n  f: |\n    long\n    text\n  g: 1\n"
    lines = read_yaml(text.encode(), source="f.yaml").lines
    assert lines["a",] == 1
    assert lines["b",] == 2
    assert (lines["b", 0], lines["b", 1], lines["b", 1, "d"]) == (3, 4, 5)
    assert (lines["e", "f"], lines["e", "g"]) == (8, 11)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None), ("~", None), ("a:", {"a": None}), ("true", True), ("FALSE", False), ("12", 12),
        ("-3", -3), ("1.5", 1.5), ("1e3", 1000.0), ("'no'", "no"), ('"0123"', "0123"),
        ("2027-01-31", "2027-01-31"), ("1h30m", "1h30m"), ("= 100%", "= 100%"), ("+10%", "+10%"),
        ("on: {no: 1}", {"on": {"no": 1}}), ("1: a", {"1": "a"}), ("'<<': 1", {"<<": 1}),
        ("{}", {}), ("[]", []), ("y", "y"), ("- a\n-\n", ["a", None]), ("- - 1", [[1]]),
        ("a: |\n  x\n  y\n", {"a": "x\ny\n"}), ("# only", None), ("--- 5", 5), ("0", 0),
        ("a: http://x:80/y#z", {"a": "http://x:80/y#z"}), ("'1:30'", "1:30"), ("-", [None]),
    ],
)  # fmt: skip
def test_values(text: str, value: object) -> None:
    found = data(text)
    assert found == value
    assert type(found) is type(value)


def test_anchors_may_be_used_a_little() -> None:
    assert data("a: &x {b: 1}\nc: *x\nd: [*x, *x]") == {
        "a": {"b": 1}, "c": {"b": 1}, "d": [{"b": 1}, {"b": 1}]}  # fmt: skip
    assert data("a: &x 1\nb: &x 2\nc: *x") == {"a": 1, "b": 2, "c": 2}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\nb: !x 2", "f.yaml:2: b: tags (!...) are not read"),
        ("a: !!python/object/apply:os.system [x]", "f.yaml:1: a: tags (!...) are not read"),
        ("a: !!str 1", "f.yaml:1: a: tags (!...) are not read"),
        ("a: ! 1", "f.yaml:1: a: tags (!...) are not read"),
        ("a: {x: 1}\nb:\n  <<: 1", "f.yaml:3: b: merge keys (<<) are not read"),
        ("x: {a: 1,\n a: 2}", "f.yaml:2: x.a: the key is given twice, first in line 1"),
        ("? [a]\n: 1", "f.yaml:1: a key must be a plain text"),
        ("a: &b b\n*b : 1", "f.yaml:2: a key must be a plain text"),
        ("&a a: 1", "f.yaml:1: a key cannot have an anchor"),
        ("a: 1\n---\nb: 2", "f.yaml:2: a second document begins; one is read"),
        ("%YAML 1.2\n---\na: 1", "f.yaml:1: directives (%YAML, %TAG) are not read"),
        ("a: &a [*a]", "f.yaml:1: the anchor of *a contains itself"),
        ("a: &a {b: *a}", "f.yaml:1: the anchor of *a contains itself"),
        ("a: *b", "f.yaml:1: the anchor of *b is not defined above"),
        ("a: 1\nb: .nan", "f.yaml:2: b: a number must be finite"),
        ("a: -.inf", "f.yaml:1: a: a number must be finite"),
        ("a: 1e999", "f.yaml:1: a: a number must be finite"),
        ("a: 1234567890123456789", "f.yaml:1: a: the number is too long"),
        (b"a: 1\nb: \xff", "f.yaml:2: the file is not valid UTF-8"),
        ("a: 1".encode("utf-16"), "f.yaml:1: the file is UTF-16 or UTF-32; save it as UTF-8"),
        ("a: 1".encode("utf-16-le"), "f.yaml:1: the file is UTF-16 or UTF-32; save it as UTF-8"),
        ("a: 1".encode("utf-32"), "f.yaml:1: the file is UTF-16 or UTF-32; save it as UTF-8"),
        ("a: 1\nb: \x07", "f.yaml:2: control character U+0007"),
        ("a: x\u2028b: 1", "f.yaml:1: control character U+2028"),
        ("a: \u202ex", "f.yaml:1: control character U+202E"),
        ("a: \ufeff", "f.yaml:1: control character U+FEFF"),
        ("[" * (DEPTH + 1), f"f.yaml:1: nested deeper than {DEPTH} levels"),
        ("a: [1\nb: 2", "f.yaml:2: not valid YAML: did not find expected ',' or ']'"),
    ],
)  # fmt: skip
def test_refusals(text: str | bytes, line: str) -> None:
    assert refused(text)[0].startswith(line)


def test_byte_order_mark_and_windows_lines() -> None:
    raw = "\ufeffa: 1\r\nb:\r\n  - c\r\n".encode()
    read = read_yaml(raw, source="f.yaml")
    assert read.data == {"a": 1, "b": ["c"]}
    assert read.lines["b", 0] == 3


@pytest.mark.parametrize("word", ["yes", "No", "ON", "off"])
def test_words_that_are_truths_elsewhere(word: str) -> None:
    assert f'or "{word}"' in refused(f"a: {word}")[0]


@pytest.mark.parametrize("number", ["0123", "0x1F", "0o17", "0b1", "1_000", "1:30", "-0123", "00"])
def test_numbers_that_differ_between_tools(number: str) -> None:
    assert "read this number differently" in refused(f"a: {number}")[0]


def test_limits_that_need_quotes_are_told() -> None:
    for text in ("limit: >= 2", "- {id: x, limit: >= 2}", "limit: > 2\n"):
        assert 'needs quotes: "> 2"' in refused(text)[0].replace(">=", ">")


def test_all_refusals_that_can_be_passed_over_are_told() -> None:
    lines = refused("a: no\na: 2\nb: !x 1\nc: .nan\n")
    assert [line.split(":")[1] for line in lines] == ["1", "2", "3", "4"]


def test_alias_bomb() -> None:
    rows = ["a0: &a0 [x,x,x,x,x,x,x,x,x]"]
    rows += [f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)]
    assert "values, aliases followed" in refused("\n".join(rows))[0]


def test_large_files() -> None:
    assert "larger than" in refused(b"#" * (BYTES + 1))[0]
    assert data(b"#" * BYTES) is None
    assert "more than" in refused("[" + "1," * 30_000 + "]")[0]


@pytest.mark.parametrize("part", ["{a: ", "[", "- ", "? ", "{? ", "- ? - ", "&a [", "a: {b: ["])
def test_nesting_bombs_end_soon(part: str) -> None:
    assert refused(part * 100_000)


@settings(max_examples=400, deadline=2000)
@example(b"a: \xed\xa0\x80")
@example(b"\x85a: 1")
@given(
    st.one_of(
        st.binary(max_size=60),
        st.text(alphabet="ab:-?,[]{}&*!|>'\"%@`#<=~.019 \n\t\x00\x85\ufeff", max_size=40).map(
            lambda text: text.encode()
        ),
    )
)
def test_any_bytes_are_data_or_one_error(raw: bytes) -> None:
    lines = _lines(raw)
    assert all(line.startswith("f.yaml:") and "\n" not in line for line in lines)


def _lines(raw: bytes) -> tuple[str, ...]:
    """Give the lines of the one error that may come, none if the file is read."""
    try:
        positions = read_yaml(raw, source="f.yaml").lines
    except FileError as error:
        return error.lines or ("no line at all",)
    assert all(line >= 1 for line in positions.values())
    return ()
