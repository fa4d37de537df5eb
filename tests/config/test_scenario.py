"""Scenario files: defaults, what each key takes, and errors that say where and what instead."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, ValidationError

from soakgate.config.load import load_text, read_file, read_scenario, read_waivers
from soakgate.config.problems import FileError
from soakgate.config.target import Target
from soakgate.config.upgrade import CommandUpgrade, ExternalUpgrade, OtherUpgrade
from soakgate.errors import Exit, UsageError
from soakgate.model.criteria import Level, Limit, Op
from soakgate.model.samples import Connection
from soakgate.model.times import NS
from tests.helpers.scenarios import FACTS, SHOP, problems, read

ROOT = Path(__file__).resolve().parents[2]
HEAD = "soakgate: 1\n"


def target(keys: str) -> str:
    return f"{HEAD}targets:\n  shop: {{url: 'https://shop.example/', {keys}}}\n"


def criteria(*rules: str) -> str:
    return SHOP + "criteria:\n" + "".join(f"  - {rule}\n" for rule in rules)


def test_defaults() -> None:
    scenario = read(SHOP)
    shop = scenario.targets["shop"]
    assert (shop.rate, shop.connections) == (10.0, (Connection.NEW, Connection.REUSED))
    assert (shop.limits.connect, shop.limits.tls, shop.limits.answer) == (NS, NS, 4 * NS)
    assert shop.objective.ns == 2 * NS
    assert (shop.expect.status, shop.expect.body) == (None, None)
    assert (scenario.load, scenario.upgrade, scenario.waivers) == (None, None, ())


def test_without_criteria_a_healthy_service_can_pass() -> None:
    rules = read(SHOP).criteria
    assert rules is not None
    assert [(rule.id, rule.limit) for rule in rules] == [
        ("downtime", Limit(Op.AT_MOST, 1.0, "s")),
        ("brown-out", Limit(Op.AT_MOST, 5.0, "s")),
        ("observer", Limit(Op.AT_MOST, 0.1, "ratio")),
    ]


def test_no_criteria_at_all_stays_nothing() -> None:
    assert read(SHOP + "criteria: []").criteria == ()


def test_example_reads() -> None:
    path = ROOT / "scenarios" / "shop.yaml"
    scenario = read_scenario(read_file(path), source=str(path), criteria=FACTS)
    assert scenario.phases.soak == 1800 * NS
    assert scenario.waivers[0].expires == date(2027, 1, 31)
    assert scenario.upgrade == ExternalUpgrade()
    assert scenario.criteria is not None
    assert scenario.criteria[-1].id == "upgrade-happened"


def test_models_are_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        read(SHOP).name = "other"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "f.yaml:1: the file is empty"),
        ("[]", "f.yaml:1: a mapping of keys is needed"),
        ("targets: {}", "f.yaml:1: soakgate: this key is required"),
        ("soakgate: 2", "f.yaml:1: soakgate: must be 1"),
        (SHOP + "tragets: {}", 'f.yaml:3: tragets: unknown key; did you mean "targets"?'),
        (SHOP + "Name: x", 'f.yaml:3: Name: unknown key; did you mean "name"?'),
        (SHOP + "name: 5", "f.yaml:3: name: a text that is not empty is needed"),
        (SHOP + 'name: "a\\u0007"', "f.yaml:3: name: one printable line"),
        (SHOP + "experiments: [kill]", "f.yaml:3: experiments: experiments cannot be run yet"),
        (HEAD + "targets: []", "f.yaml:2: targets: a mapping of names to values"),
        (HEAD + "targets: {Shop: {url: 'http://x'}}", "f.yaml:2: targets.Shop: a name is a-z"),
        (HEAD + "targets: {'@control': {url: 'http://x'}}", "f.yaml:2: targets.@control: a name"),
        (HEAD + "targets: {shop: }", "f.yaml:2: targets.shop: a mapping of keys"),
        (HEAD + "targets: {shop: {}}", "f.yaml:2: targets.shop: a target has either a url or a"),
        (target("service: a/b:80/"), "f.yaml:3: targets.shop: a target has either a url or a"),
        (target("rate: 201"), "f.yaml:3: targets.shop.rate: at most 200 probes"),
        (target("rate: 0"), "f.yaml:3: targets.shop.rate: the rate must be above zero"),
        (target("objective: 2"), "f.yaml:3: targets.shop.objective: a duration needs its unit: 2s"),
        (target("objective: 4s"), "f.yaml:3: targets.shop: limits.answer (4s) must be longer than"),
        (target("limits: {answer: 2s}"), "f.yaml:3: targets.shop: limits.answer (2s) must be"),
        (target("limits: {anwser: 2s}"),
         'f.yaml:3: targets.shop.limits.anwser: unknown key; did you mean "answer"?'),
        (target("connections: []"), "f.yaml:3: targets.shop.connections: at least one is needed"),
        (target("connections: [new, new]"), "f.yaml:3: targets.shop.connections: each connection"),
        (target("connections: [old]"), "f.yaml:3: targets.shop.connections[0]: must be 'new' or"),
        (target("expect: {status: [99]}"), "f.yaml:3: targets.shop.expect.status[0]: must be"),
        (target("expect: {status: []}"), "f.yaml:3: targets.shop.expect.status: at least one"),
        (target("expect: {body: ''}"), "f.yaml:3: targets.shop.expect.body: the text must not be"),
        (target("expect: {body: 5}"), "f.yaml:3: targets.shop.expect.body: a text is needed"),
        (target("tls: {client: {cert: a, key: b}}"),
         "f.yaml:3: targets.shop.tls.client.key: a secret is named, never written"),
        (SHOP + "load: {users: true}", "f.yaml:3: load.users: a whole number is needed"),
        (SHOP + "load: {user: 1}", 'f.yaml:3: load.user: unknown key; did you mean "users"?'),
        (SHOP + "load: {host: 'http://u:p@x'}", "f.yaml:3: load.host: a URL cannot hold user:pass"),
        (SHOP + "phases: {soak: 5}", "f.yaml:3: phases.soak: a duration needs its unit: 5s?"),
        (SHOP + "phases: {soek: 5s}", 'f.yaml:3: phases.soek: unknown key; did you mean "soak"?'),
        (SHOP + "upgrade: {}", "f.yaml:3: upgrade.driver: this key is required"),
        (SHOP + "upgrade: x", "f.yaml:3: upgrade"),
        (SHOP + "upgrade: {driver: command}", "f.yaml:3: upgrade.command: this key is required"),
        (SHOP + "upgrade: {driver: command, command: x, timeot: 1m}",
         'f.yaml:3: upgrade.timeot: unknown key; did you mean "timeout"?'),
        (SHOP + "upgrade: {driver: external, x: 1}", "f.yaml:3: upgrade.x: unknown key"),
        (SHOP + "upgrade: {driver: comand}", "f.yaml:3: upgrade.driver: there is no upgrade driver"
         ' "comand"; did you mean "command"?'),
    ],
)  # fmt: skip
def test_each_error_says_where_and_what(text: str, line: str) -> None:
    found = problems(text)
    assert found[0].startswith(line), found
    assert len(found) == 1, found


def test_all_problems_are_told_in_the_order_of_the_file() -> None:
    text = (
        HEAD + "targets:\n  shop: {urll: 'http://x'}\nphases: {soak: 5}\ncriteria:\n"
        "  - {id: downtme}\n  - {id: errors, target: shp}\n  - {level: wran, id: errors}\n"
        "waivers:\n  - {criterion: x, owner: a, reason: b, expires: 2027-01-01}\n"
    )
    lines = problems(text)
    assert [int(line.split(":")[1]) for line in lines] == [3, 4, 6, 7, 8, 10]


def test_first_problem_is_the_message_and_ends_with_4() -> None:
    with pytest.raises(FileError) as caught:
        read(HEAD + "a: 1\nb: 2")
    assert str(caught.value) == caught.value.lines[0]
    assert caught.value.exit_code == Exit.USAGE


def test_very_many_problems_are_cut() -> None:
    lines = problems(SHOP + "".join(f"key{n}: 1\n" for n in range(100)))
    assert len(lines) == 41
    assert lines[-1] == "f.yaml: and 60 more problems"


@pytest.mark.parametrize(
    "url",
    ["", "shop", "ftp://x", "http://", "http://[::1", "http://x:99999/", "http://x:0/", "//x/",
     "http://x/a b", "http://x/#y", "http://u@x/", "http://:p@x/", "https://", "http:///x"],
)  # fmt: skip
def test_urls_that_no_probe_could_use(url: str) -> None:
    assert ".url: " in problems(f"{HEAD}targets: {{shop: {{url: '{url}'}}}}")[0]


@pytest.mark.parametrize(
    "url", ["http://x", "https://[::1]:8443/a?b=c", "http://bücher.example/", "HTTP://X/%20"]
)
def test_urls(url: str) -> None:
    assert read(f"{HEAD}targets: {{shop: {{url: '{url}'}}}}").targets["shop"].url == url


@pytest.mark.parametrize(
    "name",
    ["Authorization", "authorization", "Cookie", "X-Api-Key", "Proxy-Authorization", "X-Auth-Token",
     "X-Client-Secret", "X-Session-Id", "apikey"],
)  # fmt: skip
def test_secret_headers_are_never_written(name: str) -> None:
    line = problems(target(f"headers: {{{name}: hunter2}}"))[0]
    assert "looks secret" in line
    assert "hunter2" not in line
    for reference in ("env:TOKEN", "file:/run/my token", "Bearer env:TOKEN"):
        assert read(target(f"headers: {{{name}: '{reference}'}}"))


@pytest.mark.parametrize(
    "header",
    ["'A B': x", "'': x", "A: \"a\\r\\nB: c\"", "A: bücher", "Connection: close", "A: 1, a: 2",
     "Accept-Encoding: gzip", "'A:': x", "Authorization: 'Bearer env:A env:B'"],
)  # fmt: skip
def test_headers_that_cannot_be_sent(header: str) -> None:
    text = header if header != "A: 1, a: 2" else "A: '1', a: '2'"
    assert "targets.shop.headers" in problems(target(f"headers: {{{text}}}"))[0]


def test_services_are_for_rehearse() -> None:
    text = "targets: {shop: {service: 'default/shop:80/ready'}}"
    assert read(HEAD + text).targets["shop"].service == "default/shop:80/ready"
    assert "not a service" in problems(HEAD + "targets: {shop: {service: shop}}")[0]


def test_recorded_scenarios_need_no_driver_and_no_flags() -> None:
    text = SHOP + "upgrade: {driver: foreign, x: 1}"
    scenario = load_text(text, name="scenario.yaml", criteria=FACTS)
    assert scenario.upgrade is not None
    assert scenario.upgrade.driver == "foreign"
    with pytest.raises(FileError, match=r"^scenario\.yaml:3: nam: unknown key"):
        load_text(SHOP + "nam: x", name="scenario.yaml", criteria=FACTS)


def test_upgrade_drivers() -> None:
    command = read(SHOP + "upgrade: {driver: command, command: ./roll.sh}").upgrade
    assert command == CommandUpgrade(command="./roll.sh", timeout="30m")
    text = SHOP + "upgrade: {driver: mine, pools: [a]}"
    other = read(text, drivers={"mine": None}).upgrade
    assert isinstance(other, OtherUpgrade)
    assert (other.driver, other.options) == ("mine", {"pools": ["a"]})


def test_foreign_drivers_check_their_own_keys() -> None:
    class Keys(BaseModel):
        model_config = ConfigDict(extra="forbid")
        pools: list[str]

    drivers = {"mine": Keys}
    assert read(SHOP + "upgrade: {driver: mine, pools: [a]}", drivers=drivers)
    lines = problems(SHOP + "upgrade:\n  driver: mine\n  pool: [a]\n", drivers=drivers)
    assert lines == (
        "f.yaml:3: upgrade.pools: this key is required",
        'f.yaml:5: upgrade.pool: unknown key; did you mean "pools"?',
    )


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        ("{}", "criteria[0].id: this key is required"),
        ("downtime", "criteria[0]: a mapping of keys"),
        ("{id: downtme}", 'criteria[0].id: there is no criterion "downtme"; did you mean "downtim'),
        ("{id: zzzzz}", 'criteria[0].id: there is no criterion "zzzzz"; there are: brown-out, '),
        ("{id: errors, target: shp}", 'criteria[0].target: there is no target "shp"; did you mean '
         '"shop"?'),
        ("{id: errors, phase: upgrad}", 'criteria[0].phase: there is no phase "upgrad"; did you'),
        ("{id: errors, phase: upgrade/}", 'criteria[0].phase: there is no phase "upgrade/"'),
        ("{id: observer, target: shop}", "criteria[0].target: observer takes no target"),
        ("{id: upgrade-happened, phase: soak}", "criteria[0].phase: upgrade-happened takes no"),
        ("{id: errors, quantile: p99}", "criteria[0].quantile: errors takes no quantile"),
        ("{id: latency-regression, quantile: '99'}", "criteria[0].quantile: not a quantile"),
        ("{id: errors, limit: 1s}", "criteria[0].limit: the limit of this criterion is a share"),
        ("{id: errors, limit: 1}", "criteria[0].limit: the limit of this criterion is a share ("
         "like 0.01%); 1%?"),
        ("{id: downtime, limit: 5}", "criteria[0].limit: the limit of this criterion is a duration "
         "(like 1s); 5s?"),
        ("{id: downtime, limit: soon}", "criteria[0].limit: not a limit; write it like 1s"),
        ("{id: downtime, limit: '>= 1s'}", "criteria[0].limit: downtime has an upper limit"),
        ("{id: upgrade-happened, limit: 1}", "criteria[0].limit: upgrade-happened has a lower"),
        ("{id: errors, level: wran}", "criteria[0].level: must be 'fail', 'warn' or 'info'; did "
         'you mean "warn"?'),
        ("{id: errors, requests: 0}", "criteria[0].requests: must be greater than or equal to 1"),
        ("{id: errors, requests: '5'}", "criteria[0].requests: a whole number is needed"),
        ("{id: errors, truth: yes!}", "criteria[0].truth: must be 'window' or 'process'"),
        ("{id: errors, lmit: 1%}", 'criteria[0].lmit: unknown key; did you mean "limit"?'),
        ("{id: promql, options: {qery: x}}", 'criteria[0].options.qery: promql has no option "qery'
         '"; did you mean "query"?'),
    ],
)  # fmt: skip
def test_each_rule_must_match_something(rule: str, line: str) -> None:
    found = problems(criteria(rule))
    assert len(found) == 1, found
    assert found[0].startswith("f.yaml:4: " + line), found


def test_rules() -> None:
    rules = read(
        criteria(
            "{id: errors, limit: 0}",
            "{id: errors, phase: upgrade/node, level: warn, requests: 500, truth: process}",
            "{id: latency-regression, quantile: p99, limit: +10%}",
            "{id: latency-regression, quantile: p95, level: info}",
            "{id: downtime, target: shop, limit: '= 0'}",
        )
    ).criteria
    assert rules is not None
    assert rules[0].limit == Limit(Op.AT_MOST, 0.0, "ratio")
    assert (rules[1].level, rules[1].requests, rules[1].truth) == (Level.WARN, 500, "process")
    assert rules[1].limit == Limit(Op.AT_MOST, 0.0001, "ratio")
    assert rules[3].limit == Limit(Op.AT_MOST, 0.1, "ratio")
    assert rules[4].limit == Limit(Op.EXACTLY, 0.0, "s")


def test_the_same_rule_twice() -> None:
    lines = problems(criteria("{id: errors, phase: soak}", "{id: errors, limit: 1%, phase: soak}"))
    assert lines == (
        "f.yaml:5: criteria[1].id: errors is given twice for the same target, phase and quantile;"
        " first in line 4",
    )
    assert read(criteria("{id: errors}", "{id: errors, phase: soak}", "{id: errors, target: shop}"))


def test_upgrade_happened_cannot_be_left_out() -> None:
    upgrade = "upgrade: {driver: external}\n"
    rules = read(criteria("{id: errors}") + upgrade).criteria
    assert rules is not None
    assert [(rule.id, rule.level) for rule in rules][1:] == [("upgrade-happened", Level.FAIL)]
    rules = read(criteria("{id: upgrade-happened, level: info}") + upgrade).criteria
    assert rules is not None
    assert [(rule.id, rule.level) for rule in rules] == [("upgrade-happened", Level.INFO)]


WAIVER = "owner: team, reason: known, expires: 2027-01-31"


@pytest.mark.parametrize(
    ("waiver", "word"),
    [
        ("{criterion: downtime}", "owner: this key is required"),
        (f"{{{WAIVER}}}", "either a criterion or a check"),
        (f"{{criterion: downtime, check: DIS-01, {WAIVER}}}", "either a criterion or a check"),
        (
            f"{{criterion: dwntime, {WAIVER}}}",
            'no criterion "dwntime" is judged here; did you mean',
        ),
        (f"{{criterion: errors, {WAIVER}}}", 'no criterion "errors" is judged here'),
        (f"{{criterion: downtime, target: shp, {WAIVER}}}", 'did you mean "shop"?'),
        (f"{{criterion: downtime, object: x, {WAIVER}}}", "object belongs to a check"),
        (f"{{check: DIS-01, target: shop, {WAIVER}}}", "target belongs to a criterion"),
        (f"{{check: DIS-01, digest: 'sha256:{'a' * 64}', {WAIVER}}}", "a digest needs its object"),
        (f"{{check: DIS-01, object: x, digest: abc, {WAIVER}}}", "not a digest"),
        ("{criterion: downtime, owner: '', reason: x, expires: 2027-01-31}", "not empty"),
        ("{criterion: downtime, owner: x, reason: x, expires: 2027-02-31}", "not a day"),
        ("{criterion: downtime, owner: x, reason: x, expires: soon}", "not a day"),
        ("{criterion: downtime, owner: x, reason: x, expires: 20270131}", "not a day"),
    ],
)
def test_waivers_that_waive_nothing(waiver: str, word: str) -> None:
    lines = problems(SHOP + f"waivers:\n  - {waiver}\n")
    assert all(line.startswith("f.yaml:4: waivers[0]") for line in lines)
    assert any(word in line for line in lines), lines


def test_waivers_of_a_file_of_their_own() -> None:
    text = f"waivers: [{{criterion: errors, target: elsewhere, {WAIVER}}}]"
    for form in (text, text.removeprefix("waivers: ")):
        waivers = read_waivers(form.encode(), source="w.yaml", criteria=FACTS)
        assert waivers[0].expires == date(2027, 1, 31)
    assert read_waivers(b"", source="w.yaml", criteria=FACTS) == ()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("- {}", "w.yaml:1: [0]: a waiver names either"),
        ("waivrs: []", 'w.yaml:1: waivrs: unknown key; did you mean "waivers"?'),
        ("5", "w.yaml:1: a list of waivers is needed"),
        (f"- {{criterion: erors, {WAIVER}}}", 'w.yaml:1: [0].criterion: there is no criterion "er'),
    ],
)
def test_bad_waiver_files(text: str, line: str) -> None:
    with pytest.raises(FileError) as caught:
        read_waivers(text.encode(), source="w.yaml", criteria=FACTS)
    assert caught.value.lines[0].startswith(line)


def test_blocks_of_text() -> None:
    text = SHOP + (
        "name: >\n  a long\n  name\n"
        "upgrade:\n  driver: command\n  command: |\n    set -e\n    ./roll.sh\n"
        "waivers:\n  - criterion: downtime\n    owner: >\n      team\n"
        "    reason: |\n      one\n\n      two\n    expires: 2027-01-31\n"
    )
    scenario = read(text)
    assert scenario.name == "a long name"
    assert scenario.upgrade == CommandUpgrade(command="set -e\n./roll.sh\n")
    assert (scenario.waivers[0].owner, scenario.waivers[0].reason) == ("team", "one two")


def test_names_are_bounded() -> None:
    assert len(read(SHOP + f"name: {'x' * 200}").name) == 200
    assert "name: " in problems(SHOP + f"name: {'x' * 201}")[0]


def test_nothing_to_measure() -> None:
    with pytest.raises(UsageError, match="there is no target and no load"):
        read(HEAD)
    assert read(HEAD + "load: {host: 'http://x'}").load


def test_missing_file_is_one_line(tmp_path: Path) -> None:
    for path in (tmp_path / "none.yaml", tmp_path):
        with pytest.raises(UsageError, match="cannot be read"):
            read_file(path)


WORDS = st.sampled_from(
    ["soakgate", "targets", "shop", "url", "criteria", "id", "limit", "upgrade", "driver", "phase",
     "waivers", "load", "expect", "status", "headers", "options", "tls", "http://x/", "command"]
)  # fmt: skip
VALUES = st.recursive(
    st.one_of(WORDS, st.none(), st.booleans(), st.integers(), st.text(max_size=8), st.just("1s")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=300, deadline=2000)
@example({"soakgate": 1, "targets": {"shop": {"url": {"url": "x"}}}, "criteria": {"id": []}})
@example({"soakgate": True, "upgrade": {"driver": []}, "waivers": [None, []], "load": []})
@given(VALUES)
def test_any_shape_is_a_scenario_or_usage_errors(shape: object) -> None:
    import json

    try:
        read(json.dumps(shape))
    except UsageError as error:
        found = error.lines
    else:
        found = ("read",)
    assert found
    assert all("\n" not in line for line in found)


def test_files_of_thousands_of_names_are_refused_soon() -> None:
    many = "".join(f"  t{n}: {{url: 'http://x'}}\n" for n in range(501))
    rules = "criteria:\n" + "".join(f"  - {{id: errors, target: u{n}}}\n" for n in range(100))
    lines = problems(HEAD + "targets:\n" + many + rules)
    assert lines[0] == "f.yaml:2: targets: there are too many"
    assert (len(lines), lines[-1]) == (41, "f.yaml: and 61 more problems")
    assert max(len(line) for line in lines) < 400


def test_other_protocols_have_schemes_and_keys_of_their_own() -> None:
    target = Target.model_validate(
        {"protocol": "tcp", "url": "tcp://db:5432", "options": {"send": "PING"}}
    )
    assert (target.protocol, target.options) == ("tcp", {"send": "PING"})
    with pytest.raises(ValidationError, match="malformed URL"):
        Target.model_validate({"url": "tcp://db:5432"})
    with pytest.raises(ValidationError, match="not built in"):
        Target.model_validate({"url": "http://db:5432", "options": {"send": "PING"}})
