"""A rotation as a document, and as lines of commands."""

from dataclasses import asdict, replace
from typing import Any

from provisioner.cli.surge.rotation import _lines, _monday, _only
from provisioner.cli.why.seat import _half_days
from provisioner.model.scenario.half_days import PersonWeek, Slot
from provisioner.model.scenario.rotation import RotationState, Waiting
from provisioner.model.scenario.scenarios import Scenario
from provisioner.model.status import Status
from provisioner.reasons.pools import OUT_OF_SIGHT
from provisioner.views.rotation import person_rotation, rotation_document
from tests.builders.core import a_roster, an_agent_id
from tests.builders.rotation import a_rotation
from tests.builders.store import NOON

DAY = 86400.0


def a_status(**changed: Any) -> Status:
    slots = tuple(Slot(begins=NOON + DAY * day, ends=NOON + DAY * day + 3600.0) for day in range(2))
    first = PersonWeek(run=1, week=NOON, agent_id=an_agent_id(1), wants=3, slots=slots, waited=(NOON,))
    other = PersonWeek(run=1, week=NOON + 7 * DAY, agent_id=an_agent_id(2), wants=1, slots=slots[1:])
    why = OUT_OF_SIGHT(desktop="vd-1", login="login0001", why="")
    waiting = Waiting(agent_id=an_agent_id(1), slot=slots[0], why=why, expected_at=NOON + 600.0)
    state = RotationState(weeks=(first, other), waiting=(waiting,), zone="UTC", due=2, has=1, staying=1)
    return replace(Status(at=NOON, roster=a_roster(2), rotation=state), **changed)


def test_the_document_has_who_comes_when_and_who_waits():
    document = rotation_document(a_status())

    assert (document.in_force, document.due, document.has, document.staying) == (True, 2, 1, 1)
    assert (document.all_waits, document.largest_wait) == (2, 2)
    assert [(week.login, len(week.half_days)) for week in document.people] == [("login0001", 2), ("login0002", 1)]
    assert document.people[0].half_days[0].waited
    assert [(each.login, each.because.code) for each in document.waiting] == [("login0001", "lend_out_of_sight")]


def test_a_rotation_that_has_not_begun_is_named():
    """F23: before its start `surge rotation` said that no scenario with a rotation is in force."""
    scenario = Scenario(name="half days", waves=(), rotation=a_rotation())

    assert rotation_document(a_status(rotation=None), scenario).not_begun == "half days"
    assert rotation_document(a_status(), scenario).not_begun is None
    assert rotation_document(a_status(rotation=None)).not_begun is None


def test_without_a_rotation_it_says_so():
    document = rotation_document(a_status(rotation=None))

    assert (document.in_force, document.people, document.waiting) == (False, (), ())
    assert person_rotation(a_status(rotation=None), an_agent_id(1)) is None


def test_of_a_person_it_has_the_half_days_from_now_on():
    person = person_rotation(a_status(at=NOON + DAY), an_agent_id(1))

    assert person is not None
    assert ([half_day.waited for half_day in person.next], person.waits) == ([False], 2)
    assert person_rotation(a_status(), an_agent_id(9)) is None
    lines = list(_half_days(asdict(person)))
    assert lines[0].startswith("half-days: 20")
    assert lines[1].startswith("waits for a desktop: desktop vd-1")


def test_a_csv_has_a_line_for_each_person_and_half_day():
    document = asdict(rotation_document(a_status()))
    week = document["people"][0]["week"][:10]

    lines = list(_lines(_only(document, None, "")))

    assert [line[0] for line in lines] == ["login0001", "login0001", "login0002"]
    assert [line[0] for line in _lines(_only(document, None, "login0002"))] == ["login0002"]
    assert [line[0] for line in _lines(_only(document, _monday(week), ""))] == ["login0001", "login0001"]
