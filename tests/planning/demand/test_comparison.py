"""Of two scenarios, what the second does otherwise: named with its wave and sign where there is an effect, silent otherwise.

The pairs are generated: scenarios by chance, then each harmless change and each effect on one of their waves.
"""

import random
import re

import pytest


def written(chance):
    """A scenario of three waves, one line each: the last takes everybody else, in batches."""
    first, second = chance.randint(1, 9), chance.randint(10, 25)
    return [
        "name: surge",
        "calendar: town",
        "prepare: {level: stopped, from: start + 1h}",
        "waves:",
        f"  - {{name: a, who: {{logins: [{logins(1, first)}]}}, ready_by: start + {chance.randint(2, 5)}h}}",
        f"  - {{name: b, who: {{logins: [{logins(first + 1, second)}]}}, ready_by: day 2 13:30}}",
        f"  - {{name: c, who: everyone, ready_by: day 3 08:00, batches: {{size: {chance.randint(5, 9)}, every: half-day}},"
        " gate: {ready: 80%}}",
        "during: {ceilings: {vpn: {limit: 55}}, survive: 1 node}",
        "shortage: [{profile: light}, refuse]",
        "end: {when: day 9 18:00, desktops: {keep: 30d}}",
    ]


def logins(first, last):
    return ", ".join(f"login{number:04}" for number in range(first, last + 1))


def edited(line, old, new):
    """A line of the scenario with another value."""
    return lambda lines: [re.sub(old, new, text) if index == line else text for index, text in enumerate(lines)]


HARMLESS = {
    "a comment": lambda lines: ["# the prefect's order", *lines],
    "an hour in minutes": edited(4, r"start \+ (\d)h", lambda found: f"start + {int(found[1]) * 60}min"),
    "a half-day by its name": edited(5, "day 2 13:30", "day 2 pm"),
    "a share with its decimals": edited(6, "80%", "80.0%"),
    "days in hours": edited(9, "30d", "720h"),
    "other blanks": lambda lines: [text.replace(", ", ",  ") for text in lines],
    "keys in another order": lambda lines: [*lines[:4], *lines[4:7], *reversed(lines[7:])],
    "a default that is written": edited(7, "limit: 55", "limit: 55, counts: desktops"),
    "logins in another order": edited(5, r"\[(.*?)\]", lambda found: f"[{', '.join(reversed(found[1].split(', ')))}]"),
    "quotes": edited(4, "name: a", "name: 'a'"),
}
EFFECTS = {
    "a deadline that is later": ("a", 1, edited(4, r"start \+ (\d)h", r"start + 1\1h")),
    "a deadline that is earlier": ("b", -1, edited(5, "day 2 13:30", "day 2 08:00")),
    "a deadline less": ("a", 1, edited(4, r", ready_by: start \+ \dh", "")),
    "smaller batches": ("c", 1, edited(6, r"size: \d", "size: 3")),
    "larger batches": ("c", -1, edited(6, r"size: \d", "size: 20")),
    "fewer people": (
        "b",
        -1,
        edited(
            5,
            r"login0\d+, ",
            "",
        ),
    ),
    "a share of the people": ("c", -1, edited(6, "who: everyone", "who: everyone, percent: 50")),
    "a lower ceiling": ("c", 1, edited(7, "limit: 55", "limit: 40")),
    "a higher ceiling": ("c", -1, edited(7, "limit: 55", "limit: 58")),
    "a stricter gate": ("c", 1, edited(6, "80%", "95%")),
    "a looser gate": ("c", -1, edited(6, "80%", "50%")),
    "prepared earlier": ("c", 1, edited(2, r"start \+ 1h", "start")),
    "prepared further": ("c", 1, edited(2, "stopped", "running")),
    "not prepared": ("c", -1, edited(2, "level: stopped", "level: none")),
    "another order": ("b", -1, lambda lines: [*lines[:4], lines[5], lines[4], *lines[6:]]),
    "a wave more": ("d", 1, lambda lines: [*lines[:4], "  - {name: d, who: {logins: [login0060]}}", *lines[4:]]),
    "a wave less": ("b", -1, lambda lines: [*lines[:5], *lines[6:]]),
    "a later end": (None, 1, edited(9, "day 9", "day 10")),
    "more room that is kept": (None, 1, edited(7, "1 node", "2 nodes")),
    "no refusal": (None, 0, edited(8, ", refuse", "")),
}


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("change", HARMLESS)
def test_what_changes_nothing_for_anybody_is_not_named(compared, change, seed):
    lines = written(random.Random(seed))

    assert compared(lines, HARMLESS[change](lines)) == ()


@pytest.mark.parametrize("seed", [3, 4])
@pytest.mark.parametrize("effect", EFFECTS)
def test_an_effect_is_named_with_its_wave_and_its_sign(compared, effect, seed):
    wave, sign, change = EFFECTS[effect]
    lines = written(random.Random(seed))

    found = compared(lines, change(lines))

    assert (wave, sign) in [(difference.wave, difference.sign) for difference in found]


@pytest.mark.parametrize("effect", EFFECTS)
def test_the_other_way_round_it_has_the_other_sign(compared, effect):
    wave, sign, change = EFFECTS[effect]
    lines = written(random.Random(5))

    found = compared(change(lines), lines)

    assert (wave, -sign) in [(difference.wave, difference.sign) for difference in found]
