"""Three hundred scenarios, each with one mistake: each is reported with its place, none with a traceback.

They are the shipped ones, and those of `every_key`, which have every key that there is. The mistakes are those of a tired hand:
a letter, a word, an indent, a bracket, a key twice, a value of another kind. The same in what other files say about surges.
"""

import random
import re
import shutil
from pathlib import Path

import pytest

from provisioner.errors import SettingsError
from provisioner.settings.pool_documents import PoolKeys
from provisioner.settings.profile import SessionRulesKeys
from provisioner.settings.scenario import load_scenario
from provisioner.settings.scenario_documents import ScenarioKeys
from provisioner.settings.shipped import shipped
from tests.settings.every_key import PLANNED, POOLS, RULES, TIMED, a_full_site
from tests.settings.test_any_input import LINE

WANTED, WANTED_BESIDE = 300, 100
SHIPPED = sorted(f"scenarios/{path.name}" for path in (shipped() / "scenarios").glob("*.yaml"))
SCENARIOS = [*SHIPPED, "planned.yaml", "planned.yaml", "planned.yaml", "timed.yaml"]
BESIDE = {"bascule.yaml": POOLS, "standard.yaml": RULES}
"""Of these files the lines from that text on."""
WRONG = [
    "-1",
    "0x",
    "day 0 pm",
    "25:99",
    "2026-02-30 08:00",
    "[",
    "{",
    "'",
    "~",
    "[1, 2]",
    "{a: b}",
    "day 1 evening",
    "1e999",
    "\t",
]


def letter(line, chance):
    """One letter of a key less, or doubled."""
    keys = [match.start(1) + 1 for match in re.finditer(r"(\w{3,}):", line)]
    if not keys:
        return line
    at = chance.choice(keys)
    return line[:at] + line[at + 1 :] if chance.random() < 0.5 else line[:at] + line[at] * 2 + line[at + 1 :]


def value(line, chance):
    """Another value."""
    return re.sub(r"(: )[^{}\[\],#]+", lambda match: match[1] + chance.choice(WRONG), line, count=1)


def bracket(line, chance):
    """A bracket less, or one too many."""
    found = [index for index, character in enumerate(line) if character in "{}[]"]
    if not found:
        return line + chance.choice("}]")
    at = chance.choice(found)
    return line[:at] + line[at + 1 :]


def indent(line, chance):
    return chance.choice([" ", "   ", "\t"]) + line


def twice(line, _):
    return f"{line}\n{line}"


def empty(line, _):
    return re.sub(r"(\w+:) .*", r"\1", line)


HANDS = (letter, value, bracket, indent, twice, empty)


def mistaken(text, number, *, since=0):
    """The text with a mistake in a line from number `since` on."""
    chance = random.Random(number)
    lines = text.splitlines()
    written = [
        index for index, line in enumerate(lines) if index >= since and line.strip() and not line.lstrip().startswith("#")
    ]
    at = chance.choice(written)
    lines[at] = chance.choice(HANDS)(lines[at], chance)
    return "\n".join(lines) + "\n"


@pytest.fixture
def site(tmp_path):
    site = a_full_site(tmp_path)
    shutil.copytree(shipped() / "scenarios", tmp_path / "scenarios")
    shutil.copytree(shipped() / "calendars", tmp_path / "calendars", dirs_exist_ok=True)
    return site


def tried(site, load, name, text):
    """How often it is refused (at most once), and that each line of that has a place which is in the file."""
    right = (site.folder / name).read_text(encoding="utf-8")
    site.write(name, text)
    try:
        load()
    except SettingsError as error:
        for line in str(error).splitlines():
            assert LINE.match(line), (text, line)
            place = re.match(r"(.*?\.yaml):(\d+):(\d+)", line)
            assert place, (text, line)
            assert 1 <= int(place[2]) <= len(Path(place[1]).read_text(encoding="utf-8").splitlines()) + 1, (text, line)
        return 1
    finally:
        site.write(name, right)
    return 0


def test_the_files_have_every_key_there_is():
    texts = PLANNED + TIMED + POOLS + RULES
    documents = (ScenarioKeys, PoolKeys, SessionRulesKeys)
    schemas = [document.model_json_schema() for document in documents]
    objects = [part for schema in schemas for part in (schema, *schema.get("$defs", {}).values())]
    keys = {key for part in objects for key in part.get("properties", {})}

    assert len(keys) > 60
    assert not [key for key in sorted(keys) if not re.search(rf"\b{key}:", texts)]


@pytest.mark.long
def test_without_a_mistake_they_are_right(site):
    site.load()
    for name in set(SCENARIOS):
        load_scenario(site.folder / name)


@pytest.mark.long
def test_three_hundred_mistakes_are_each_reported_with_their_place(site):
    refused = number = 0
    while refused < WANTED:
        name = SCENARIOS[number % len(SCENARIOS)]
        text = mistaken((site.folder / name).read_text(encoding="utf-8"), number)
        refused += tried(site, lambda name=name: load_scenario(site.folder / name), name, text)
        number += 1

    assert number < 2 * WANTED, "most mistakes are mistakes"


@pytest.mark.long
def test_so_are_those_in_pools_and_session_rules(site):
    refused = number = 0
    while refused < WANTED_BESIDE:
        name = "standard.yaml" if number % 5 == 0 else "bascule.yaml"
        right = (site.folder / name).read_text(encoding="utf-8")
        since = right[: right.index(BESIDE[name])].count("\n")
        refused += tried(site, site.load, name, mistaken(right, number, since=since))
        number += 1

    assert number < 2 * WANTED_BESIDE, "most mistakes are mistakes"
