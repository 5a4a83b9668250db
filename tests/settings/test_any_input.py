"""Any content of the files gives settings or one SettingsError with places; never a traceback, never the refused value."""

import itertools
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provisioner.errors import SettingsError
from provisioner.settings.bascule import load_settings
from provisioner.settings.checking import check, in_file, load
from provisioner.settings.documents import BasculeKeys
from provisioner.settings.scenario import load_scenario
from provisioner.settings.scenario_documents import ScenarioKeys
from provisioner.settings.yaml_lines import MAX_BYTES, parse_source, read_source
from tests.builders.settings import BASCULE, SECRET, STANDARD, SURGE, a_site

LINE = re.compile(r"^\S.*?:\d+:\d+( \S.*?)?: \S.*$")
UNDEFINED = "is not valid YAML: undefined alias (quote text that starts with *)"
BRACKET = "a bracket is missing, or there is one too many"
SIGN = "quote text that starts with a special character such as @ or %"
FAST = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["everyone", "*a", "&a"])
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
)


def lines_of(path: Path) -> list[str]:
    try:
        load_settings(path, environment={"MELUN_TOKEN": SECRET})
    except SettingsError as error:
        return str(error).splitlines()
    return []


@pytest.mark.long
@FAST
@given(
    text=st.text(alphabet=st.characters(codec="utf-8"), max_size=80)
    | st.text(alphabet="[]{}:,-&*!|>'\"#%@ \n\tab01.~?", max_size=40)
)
def test_any_text_is_data_or_problems_with_places(text):
    source = parse_source(text, file="f")
    check(source, ScenarioKeys)

    assert all(LINE.match(str(problem)) for problem in source.problems)
    assert source.problems, "no text of this alphabet is a scenario"


@pytest.mark.long
@FAST
@given(raw=st.binary(max_size=60))
def test_any_bytes_give_one_settings_error(tmp_path, raw):
    (tmp_path / "f.yaml").write_bytes(raw)

    with pytest.raises(SettingsError):
        load_scenario(tmp_path / "f.yaml")


@pytest.mark.long
@FAST
@given(data=st.data())
def test_any_value_at_any_place_gives_settings_or_lines_with_places(tmp_path, data):
    """The files of a whole configuration, each line's value replaced, or a key added, at random."""
    site = a_site(tmp_path).write("surge.yaml", SURGE)
    name, text = data.draw(
        st.sampled_from(
            [("bascule.yaml", BASCULE + "scenario: surge.yaml\n"), ("standard.yaml", STANDARD), ("surge.yaml", SURGE)]
        )
    )
    lines = text.splitlines()
    index = data.draw(st.integers(0, len(lines) - 1))
    key = lines[index].split(":")[0]
    lines[index] = f"{key}: {data.draw(values.map(repr))}"
    site.write(name, "\n".join(lines))

    assert all(LINE.match(line) for line in lines_of(site.main))


@pytest.mark.long
@FAST
@given(data=st.data())
def test_a_secret_put_anywhere_is_never_shown(tmp_path, data):
    """As a value of any key but those that name a file, a variable, a profile or a cluster."""
    site = a_site(tmp_path)
    lines = BASCULE.splitlines()
    index = data.draw(
        st.sampled_from([i for i, line in enumerate(lines) if ":" in line and "profile" not in line and "standard" not in line])
    )
    lines[index] = (
        f"{lines[index].split(':')[0]}: {data.draw(st.sampled_from([SECRET, f'[{SECRET}]', f'*{SECRET}', f'!{SECRET}']))}"
    )
    site.write("bascule.yaml", "\n".join(lines))

    assert SECRET not in "\n".join(lines_of(site.main))


def _laughs(levels: int) -> str:
    """Ten times ten times ten …: 10 to the power of `levels` values in a few lines."""
    names = "abcdefghij"[: levels + 1]
    lines = [f"{here}: &{here} [{','.join([f'*{before}'] * 10)}]" for before, here in itertools.pairwise(names)]
    return "\n".join([f"a: &a [{','.join('x' * 10)}]", *lines]) + "\n"


@pytest.mark.long
@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("[" * 500, "is nested too deeply", id="five hundred brackets"),
        pytest.param(_laughs(8), "holds more than 100000 values once its aliases are followed", id="a billion laughs"),
        pytest.param(
            "x: " + "9" * 5_000, "cannot be read as the type that its form or its YAML tag announces", id="five thousand digits"
        ),
        pytest.param("a: 1\n---\nb: 2\n", "holds more than one document: remove the line ---", id="two documents"),
        pytest.param("? [a]\n: b\n", "has a key that is a list or a mapping", id="a list for a key"),
        pytest.param("x: *nowhere\n", UNDEFINED, id="an undefined alias"),
        pytest.param("x: \x01\n", "is not valid YAML", id="a control character"),
        pytest.param("a: 1\nkey\nb: 2\n", "is not valid YAML: a key without its colon", id="a key alone"),
        pytest.param("a:\n  - b\n c: d\n", "is not valid YAML: wrong indentation", id="half an indentation"),
        pytest.param("a: [1, 2\nb: 3\n", f"is not valid YAML: {BRACKET}", id="a list that is not closed"),
        pytest.param("a: @x\n", f"is not valid YAML: {SIGN}", id="a sign that YAML keeps for itself"),
        pytest.param('a: "\\q"\n', "is not valid YAML: found unknown escape character 'q'", id="the parser's own words"),
    ],
)
def test_hostile_text(text, message):
    assert message in [problem.message for problem in parse_source(text).problems]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        pytest.param(b"a: 1\nb: \xff\n", "f.yaml:2:4: is not UTF-8 text: save the file as UTF-8", id="Latin-1"),
        pytest.param(
            b"#" * (MAX_BYTES + 1), f"f.yaml:1:1: cannot be read: larger than {MAX_BYTES} bytes", id="too large a file"
        ),
    ],
)
def test_files_that_are_no_text(tmp_path, content, line):
    file = tmp_path / "f.yaml"
    file.write_bytes(content)

    assert [str(problem).replace(f"{tmp_path}/", "") for problem in read_source(file).problems] == [line]


@pytest.mark.parametrize(
    "name", ["gone.yaml", ".", "a\0b", "x" * 300], ids=["missing", "a folder", "a zero byte", "too long a name"]
)
def test_files_that_cannot_be_opened(tmp_path, name):
    with pytest.raises(SettingsError, match=r":1:1: cannot be read: "):
        load_settings(tmp_path / name, environment={})


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param(("waves", 0), ("waves", 1), id="the first that is left was the second"),
        pytest.param(("waves", 1, "who"), ("waves", 3, "who"), id="two of four were left out"),
        pytest.param(("name",), ("name",), id="keys keep their names"),
    ],
)
def test_places_point_into_the_file_although_entries_were_left_out(path, expected):
    assert in_file(path, frozenset({("waves", 0), ("waves", 2)})) == expected


def test_any_model_is_loaded_from_any_file(tmp_path):
    (tmp_path / "surge.yaml").write_text(SURGE)

    assert load(tmp_path / "surge.yaml", ScenarioKeys).waves[0].name == "all"
    with pytest.raises(SettingsError, match=r"surge\.yaml:1:1 name: unknown key"):
        load(tmp_path / "surge.yaml", BasculeKeys)


def test_text_with_a_byte_order_mark_is_read(tmp_path):
    (tmp_path / "surge.yaml").write_bytes(b"\xef\xbb\xbf" + SURGE.encode())

    assert load_scenario(tmp_path / "surge.yaml").name == "surge"


def test_a_document_keeps_its_valid_parts_beside_invalid_ones():
    source = parse_source(BASCULE + "log: {level: loud}\nbudget: {max_attempts: 7}\n")
    checked = check(source, BasculeKeys)

    assert [problem.path for problem in source.problems] == ["log.level"]
    assert checked.document is not None
    assert checked.document.budget.max_attempts == 7
