"""With a faulty configuration every command prints the same problems, exits with 2 and changes nothing."""

import re

import pytest

from tests.builders.cli import a_lonely_site, bascule, files_of
from tests.builders.settings import SECRET

COMMANDS = [
    ("check",),
    ("run",),
    ("report", "plan", "--offline"),
    ("forecast",),
    ("status", "--offline"),
    ("desktop", "list", "--offline"),
    ("agent", "list", "--offline"),
    ("report", "journal", "--offline"),
    ("directory", "diff"),
    ("directory", "accept", "--until", "2h", "--by", "claire"),
]

MISTAKES = [
    pytest.param(
        lambda site: site.change("installation: seine", "instalation: seine"),
        [
            r"bascule\.yaml:1:1 instalation: unknown key; did you mean 'installation'\?",
            r"bascule\.yaml:1:1 installation: is mis",
        ],
        id="an unknown key, and what it was meant to be is missing",
    ),
    pytest.param(
        lambda site: site.append("budget: {clones_per_local_domian: 3}\n"),
        [r"bascule\.yaml:\d+:10 budget\.clones_per_local_domian: unknown key; did you mean 'clones_per_local_domain'\?"],
        id="an unknown key of a section",
    ),
    pytest.param(
        lambda site: site.append("budget: [clones\n"),
        [r"bascule\.yaml:\d+:\d+: .+"],
        id="what is no YAML",
    ),
    pytest.param(
        lambda site: site.change("{file: token}", "{file: secrets/token}"),
        [r"bascule\.yaml:8:5 clusters\.melun\.token_secret: cannot read .+/secrets/token: No such file or directory"],
        id="a secret's file that is missing",
    ),
    pytest.param(
        lambda site: site.change("ldif: people.ldif", "ldif: folk.ldif").change(
            "vcpus: 2", "vcpus: many", name="standard.yaml"
        ),
        [
            r"bascule\.yaml:\d+:\d+ directory\.ldif: cannot read .+/folk\.ldif: No such file or directory",
            r"standard\.yaml:\d+:\d+ vcpus: must be a whole number",
        ],
        id="several problems in two files",
    ),
    pytest.param(
        lambda site: site.change("{file: token}", SECRET),
        [r"bascule\.yaml:8:\d+ clusters\.melun\.token_secret: .+"],
        id="a secret in the file itself, which is not repeated",
    ),
]


@pytest.mark.parametrize(("mistake", "lines"), MISTAKES)
def test_each_problem_is_one_line_with_its_place(tmp_path, mistake, lines):
    site = mistake(a_lonely_site(tmp_path))
    before = files_of(tmp_path)

    ended = bascule("check", "--config", str(site.main))

    assert (ended.code, ended.out) == (2, "")
    said = ended.err.splitlines()
    assert len(said) == len(lines), said
    for line, pattern in zip(said, lines, strict=True):
        assert re.fullmatch(rf"{re.escape(str(tmp_path))}/{pattern}.*", line), line
    assert SECRET not in ended.err
    assert files_of(tmp_path) == before


@pytest.mark.parametrize("words", [pytest.param(words, id=" ".join(words)) for words in COMMANDS])
def test_every_command_says_the_same_and_leaves_nothing_behind(tmp_path, words):
    site = a_lonely_site(tmp_path).change("installation: seine", "instalation: seine")
    before = files_of(tmp_path)

    ended = bascule(*words, "--config", str(site.main))

    assert (ended.code, ended.out) == (2, "")
    assert len(ended.err.splitlines()) == 2
    assert "did you mean 'installation'?" in ended.err
    assert files_of(tmp_path) == before


@pytest.mark.parametrize("words", [("check",), ("run",), ("directory", "diff")], ids=" ".join)
def test_a_configuration_that_is_not_there_is_named(tmp_path, words):
    ended = bascule(*words, "--config", str(tmp_path / "bascule.yaml"))

    assert (ended.code, ended.out) == (2, "")
    assert ended.err == f"{tmp_path}/bascule.yaml:1:1: cannot be read: No such file or directory\n"
    assert files_of(tmp_path) == set()


def test_the_environment_names_the_configuration_too(tmp_path):
    assert "No such file" in bascule("status", "--offline", BASCULE_CONFIG=str(tmp_path / "elsewhere.yaml")).err


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"port": 1}'], ids=repr)
def test_a_state_file_that_is_no_twins_is_named(tmp_path, text):
    site = a_lonely_site(tmp_path).write("twin.json", text)

    ended = bascule("run", "--config", str(site.main), "--twin-state", str(tmp_path / "twin.json"))

    assert (ended.code, ended.err) == (2, f"{tmp_path}/twin.json: cannot be read: it is not a twin's state file\n")
