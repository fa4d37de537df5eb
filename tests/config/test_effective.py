"""The effective scenario reads back as what it was, and its schema fits what is read."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from soakgate.config.effective import effective_yaml, to_yaml
from soakgate.config.load import read_file
from soakgate.config.schema import scenario_schema
from soakgate.config.yamlfile import read_yaml
from soakgate.errors import UsageError
from tests.helpers.scenarios import SHOP, flags, read

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
FULL = """soakgate: 1
name: "no: way # on"
targets:
  shop:
    url: https://shop.example/ready
    expect: {status: [200, 204], body: "a\\nb\\u0007: \\"x\\" é"}
    objective: 3x baseline p95
    limits: {connect: 250ms, tls: 1.5s, answer: 10s}
    rate: 0.5
    connections: [reused]
    headers: {Authorization: "Bearer env:TOKEN", X-Odd: "0123", "X-On": "on"}
    tls: {ca: ca.pem, client: {cert: c.pem, key: "file:k.pem"}}
  "1": {service: "ns/x:http/ready"}
load: {profile: ./locustfile.py, host: https://shop.example, rate: 200, listen: "0.0.0.0:5557"}
phases: {baseline: 0s, soak: 1h30m}
upgrade: {driver: command, command: "./roll.sh --to '1.36'", timeout: 45m}
criteria:
  - {id: errors, limit: 0, requests: 3000}
  - {id: errors, limit: 0.01%, phase: upgrade/node}
  - {id: latency-regression, quantile: p99, limit: "< 10%", level: info}
  - {id: downtime, target: shop, truth: window}
  - {id: promql, limit: "= 5", options: {query: "sum(x) > 1"}}
waivers:
  - {criterion: errors, owner: team, reason: "because: yes", expires: 2027-01-31}
  - {check: DIS-01, object: pdb/x/y, digest: DIGEST, owner: a, reason: b, expires: 2027-02-28}
""".replace("DIGEST", f"sha256:{0:064}")


@pytest.mark.parametrize("text", [SHOP, FULL, SHOP + "criteria: []", SHOP + "upgrade: {driver: x}"])
def test_effective_text_reads_back(text: str) -> None:
    scenario = read(text, drivers={"x": None})
    written = effective_yaml(scenario)
    again = read(written, drivers={"x": None})
    assert again == scenario
    assert effective_yaml(again) == written
    assert "!!" not in written
    assert written.isascii()


def test_effective_text_has_defaults_and_flags() -> None:
    written = effective_yaml(read(SHOP, flags=flags(targets=("b=http://b/",), rate=20)))
    for part in ("limit: 1s", "rate: 20", "answer: 4s", "url: http://b/", "id: brown-out"):
        assert part in written.replace('"', "'"), part


def test_secrets_stay_names() -> None:
    assert "env:TOKEN" in effective_yaml(read(FULL))


def test_other_yaml_readers_agree() -> None:
    written = effective_yaml(read(FULL))
    assert yaml.safe_load(written.replace("'2027", "'x2027")) == (
        read_yaml(written.replace("'2027", "'x2027").encode(), source="f").data
    )


SCALARS = st.one_of(
    st.text(max_size=12),
    st.text(alphabet="0123456789.:_-+eExob,#&*!|>'\"%@`yesnoYESNOtrufalnl~ <=", max_size=8),
    st.integers(-(10**15), 10**15),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.none(),
)


@settings(max_examples=400, deadline=2000)
@example({"1e3": "1e3", "<<": "=", "": "\ufeff\u2028\x85", "on": "1:30"})
@example([1e300, 5e-324, -0.0, 1e16, 123456789012345.0])
@given(
    st.recursive(
        SCALARS,
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
        ),
        max_leaves=8,
    )
)
def test_what_is_written_reads_back(data: object) -> None:
    assert read_yaml(to_yaml(data).encode(), source="f.yaml").data == data


def test_schema_is_draft_7_and_always_the_same() -> None:
    schema = scenario_schema()
    jsonschema.Draft7Validator.check_schema(schema)
    assert json.dumps(schema) == json.dumps(scenario_schema())
    text = json.dumps(schema)
    assert "$defs" not in text
    assert "prefixItems" not in text
    assert schema["additionalProperties"] is False


def test_schema_fits_what_is_read() -> None:
    check = jsonschema.Draft7Validator(scenario_schema())
    for path in sorted(SCENARIOS.glob("*.yaml")):
        check.validate(read_yaml(read_file(path), source=str(path)).data)
    for text in (FULL, SHOP, effective_yaml(read(FULL)), SHOP + "upgrade: {driver: kind, x: 1}"):
        check.validate(read_yaml(text.encode(), source="f").data)


@pytest.mark.parametrize(
    "text",
    [SHOP + "nam: x", SHOP + "name: 5", "targets: {}", SHOP + "upgrade: {driver: command}",
     SHOP + "upgrade: {driver: external, x: 1}", SHOP + "criteria: [{id: errors, level: x}]",
     SHOP + "phases: {soak: 5}", SHOP + "phases: {soak: 5x}", "soakgate: 2", SHOP + "upgrade: {}",
     "soakgate: 1\ntargets: {Shop: {url: 'http://x'}}"],
)  # fmt: skip
def test_schema_refuses_what_an_editor_can_see(text: str) -> None:
    data = read_yaml(text.encode(), source="f").data
    assert list(jsonschema.Draft7Validator(scenario_schema()).iter_errors(data))


def test_every_key_is_described() -> None:
    schema = scenario_schema()
    models = [schema, *schema["definitions"].values()]
    keys = [(name, part) for model in models for name, part in model.get("properties", {}).items()]
    assert [name for name, part in keys if "description" not in part] == []


def test_schema_beside_the_scenarios_is_current() -> None:
    kept = json.loads((SCENARIOS / "scenario.schema.json").read_text())
    assert kept == scenario_schema(), "write it again: soakgate schema scenario"


PIECES = st.sampled_from(
    ["", " ", "\n", ":", "-", "{", "}", "[", "]", ",", '"', "'", "&a ", "*a", "!x ", "<<: ", "0",
     "s", "%", "no", "null", ">", "|\n", "#", "9999999999999999999", "\x00", "é", "x" * 1001]
)  # fmt: skip


@settings(max_examples=300, deadline=2000)
@given(st.integers(0, len(FULL)), st.integers(0, 12), PIECES)
def test_any_damage_is_told_or_reads_back(start: int, cut: int, piece: str) -> None:
    text = FULL[:start] + piece + FULL[start + cut :]
    try:
        scenario = read(text)
    except UsageError as error:
        lines = error.lines
    else:
        lines = ("read",)
        assert read(effective_yaml(scenario), drivers=None) == scenario
    assert lines
    assert all("\n" not in line for line in lines)
