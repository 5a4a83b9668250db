"""Of two scenarios with a rotation, what the second does otherwise: nothing else is named, and nothing without an effect."""

import pytest

LINES = (
    "name: surge",
    "calendar: town",
    "waves:",
    "  - {name: a, who: {logins: [login0001, login0002]}, ready_by: start + 1h}",
    "rotation:",
    "  pool: shared",
    "  people: {who: everyone, except: {logins: [login0060]}, slots: 5 of 10}",
    "  every_slot: {logins: [login0003, login0004]}",
    "  published: 3 working days ahead",
    "  reserve: 30",
    "  ready_before: 15min",
    "during: {outside_hours: leave running}",
)
HARMLESS = {
    "the same share": ("5 of 10", "1 of 2"),
    "minutes in seconds": ("15min", "900s"),
    "a default that is written": ("  reserve: 30", "  reserve: 30\n  slot: half-day"),
    "a closed day that is over": ("calendar: town", "calendar: with-the-past"),
    "an order of logins": ("[login0003, login0004]", "[login0004, login0003]"),
    "a login that nobody has": ("[login0060]", "[login0060, nobody]"),
}
EFFECTS = {
    "a rotation less": (-1, "rotation_gone", "\n".join(LINES[4:11]), ""),
    "more half-days": (1, "rotation_more_slots", "5 of 10", "6 of 10"),
    "fewer people": (-1, "rotation_fewer_people", "[login0060]", "[login0060, login0059]"),
    "people who have a wave now": (-1, "rotation_fewer_people", "[login0001, login0002]", "[login0001, login0002, login0005]"),
    "other people": (0, "rotation_other_people", "[login0060]", "[login0059]"),
    "more obligations": (1, "rotation_more_obliged", "[login0003, login0004]", "[login0003, login0004, login0005]"),
    "more in reserve": (1, "rotation_more_reserve", "reserve: 30", "reserve: 40"),
    "published earlier": (-1, "rotation_earlier", "3 working days", "5 working days"),
    "handed over later": (1, "rotation_handed_later", "15min", "5min"),
    "another pool": (0, "rotation_pool", "pool: shared", "pool: other"),
    "other half-days": (0, "rotation_half_days", "calendar: town", "calendar: early"),
    "colleagues together": (0, "rotation_together", "  reserve: 30", "  reserve: 30\n  together: department"),
    "people away": (0, "rotation_absences", "  reserve: 30", "  reserve: 30\n  absences_from: away.csv"),
    "sessions at the end": (0, "rotation_handover", "  reserve: 30", "  reserve: 30\n  handover: {warn: [15, 5]}"),
}
OFF_AT_NIGHT = "outside_hours: stop when logged off"


def changed(old, new, lines=LINES):
    text = "\n".join(lines)
    assert old in text
    return text.replace(old, new).splitlines()


def named(found):
    return [(difference.wave, difference.sign, difference.what.code) for difference in found]


@pytest.mark.parametrize("change", HARMLESS)
def test_what_changes_nothing_for_anybody_is_not_named(compared, change):
    assert compared(LINES, changed(*HARMLESS[change])) == ()


@pytest.mark.parametrize("effect", EFFECTS)
def test_an_effect_on_the_rotation_is_named_with_its_sign(compared, effect):
    sign, code, *change = EFFECTS[effect]

    found = named(compared(LINES, changed(*change)))

    assert [each for each in found if each[0] is None] == [(None, sign, code)]


@pytest.mark.parametrize("effect", EFFECTS)
def test_the_other_way_round_it_has_the_other_sign(compared, effect):
    sign, _, *change = EFFECTS[effect]

    found = compared(changed(*change), LINES)

    assert [difference.sign for difference in found if difference.wave is None] == [-sign]


def test_without_the_people_other_criteria_are_named(compared):
    found = compared(LINES, changed("[login0060]", "[login0059]"), known=False)

    assert named(found) == [(None, 0, "rotation_other_people")]


def test_of_desktops_that_are_off_at_night_other_hours_are_named(compared):
    by_night = changed("outside_hours: leave running", OFF_AT_NIGHT)
    earlier = changed("calendar: town", "calendar: early", by_night)
    past = changed("calendar: town", "calendar: with-the-past", by_night)

    assert named(compared(LINES, by_night)) == [(None, 0, "hours_otherwise")]
    assert (None, 0, "hours_otherwise") in named(compared(by_night, earlier))
    assert compared(by_night, past) == ()
