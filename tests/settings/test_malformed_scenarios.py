"""Three hundred scenarios, each with one mistake made in a shipped one: each is reported with its place, none with a traceback.

The mistakes are those of a tired hand: a letter, a word, an indent, a bracket, a key twice, a value of another kind.
"""

import random
import re
import shutil

import pytest

from provisioner.errors import SettingsError
from provisioner.settings.scenario import load_scenario
from provisioner.settings.shipped import shipped
from tests.settings.test_any_input import LINE

WANTED = 300
NAMES = sorted(path.name for path in (shipped() / "scenarios").glob("*.yaml"))
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


def mistaken(number):
    """A shipped scenario with a mistake in one line, and its name."""
    chance = random.Random(number)
    name = chance.choice(NAMES)
    lines = (shipped() / "scenarios" / name).read_text(encoding="utf-8").splitlines()
    written = [index for index, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")]
    at = chance.choice(written)
    lines[at] = chance.choice(HANDS)(lines[at], chance)
    return name, "\n".join(lines) + "\n"


@pytest.mark.long
def test_three_hundred_mistakes_are_each_reported_with_their_place(tmp_path):
    shutil.copytree(shipped() / "scenarios", tmp_path / "scenarios")
    shutil.copytree(shipped() / "calendars", tmp_path / "calendars")
    refused = number = 0
    while refused < WANTED:
        number += 1
        name, text = mistaken(number)
        file = tmp_path / "scenarios" / name
        file.write_text(text, encoding="utf-8")
        try:
            load_scenario(file)
        except SettingsError as error:
            refused += 1
            for line in str(error).splitlines():
                assert LINE.match(line), (number, line)
                place = re.match(r".*?\.yaml:(\d+):(\d+)", line)
                assert place, (number, line)
                assert 1 <= int(place[1]) <= len(text.splitlines()) + 1, (number, line)
        file.write_bytes((shipped() / "scenarios" / name).read_bytes())

    assert number < 2 * WANTED, "most mistakes are mistakes"
