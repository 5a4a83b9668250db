"""F22, F15: who is not found, what is old, and whose history is shown."""

import shlex
from dataclasses import replace

import pytest

from provisioner.model.demand import NotWanted
from provisioner.model.guard import GuardRecord, HeldInput, Quarantine
from provisioner.model.ids import DesktopName
from provisioner.model.intents import IntentKind
from provisioner.model.people.agents import Rejected
from provisioner.ports import JournalEntry
from provisioner.reasons import person
from provisioner.reasons.directory import LOGIN_MISSING, SAME_PERSON
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.targets import NO_ENTITLEMENT
from provisioner.views.person.document import person_document
from tests.builders.actions import an_agent_id
from tests.builders.cluster import NOW
from tests.builders.core import a_desktop, a_roster, a_session, an_agent
from tests.builders.person import WITHIN_S, asked, published_by
from tests.builders.pools import with_desk
from tests.builders.reconciler import Site, ready_since_long
from tests.builders.views import a_publication
from tests.views.person_calls import NOBODY_WAITS, order, the_directory_fails
from tests.views.test_why import nothing_in_the_journal

HELD = GuardRecord(
    quarantine=Quarantine(
        since=NOW - 3600, read_at=NOW, reason=Reason("600 would leave"), leavers=600, joiners=0, of=HeldInput.DIRECTORY
    )
)


def of(published, who, journal=nothing_in_the_journal):
    return person_document(published, who, journal, now=NOW, within_s=WITHIN_S)


def rostered(*people, rejected=(), **changed):
    """A site with these people, without desktops."""
    published = a_publication(**changed)
    roster = replace(a_roster(people), rejected=tuple(rejected))
    return replace(published, status=replace(published.status, roster=roster))


NAMED = rostered(an_agent(1, login="jdupont", display_name="Zoé Dupont"), an_agent(2, login="cmartin", display_name="Camille"))


@pytest.mark.parametrize("who", ["jdupont", "JDUPONT", "zoe", "Zoé Dupont", "dupont"])
def test_somebody_is_found_by_a_login_or_a_part_of_a_name(who):
    assert of(NAMED, who).card.agent.login == "jdupont"


def test_a_slip_of_the_pen_proposes_a_name():
    assert (
        of(NAMED, "jdupnt")
        == "nobody is called 'jdupnt' in the directory, as it was read at 2027-01-15T07:50:00Z: did you mean jdupont?"
    )


def test_of_nobody_it_is_said_when_the_directory_was_read():
    assert of(NAMED, "xyzzy") == "nobody is called 'xyzzy' in the directory, as it was read at 2027-01-15T07:50:00Z"


def test_a_reading_that_is_held_back_may_have_the_person():
    held = replace(NAMED, status=replace(NAMED.status, guard=HELD))

    assert of(held, "xyzzy").code == person.NOBODY_HELD.code


def test_a_directory_that_cannot_be_read_may_have_the_person():
    found = asked(the_directory_fails(), "xyzzy")

    assert found.code == person.NOBODY_OLD.code


def test_before_a_roster_was_accepted_nobody_is_known():
    published = a_publication()
    unread = replace(published, status=replace(published.status, roster=None))

    assert of(unread, "jdupont").code == "no_roster_yet"


def test_several_who_match_are_named_and_none_is_described():
    document = of(a_publication(), "login")

    assert (document.matching, document.card) == (3, None)
    assert [match.name for match in document.matches] == ["login0001", "login0002", "login0003"]


def test_a_desktop_of_the_person_means_the_person_and_another_thing_means_nobody():
    published = a_publication(a_desktop(1), wanted=1)

    assert of(published, "vd-5001").card.agent.login == "login0001"
    assert isinstance(of(published, "n1"), Reason)


def test_an_entry_of_somebody_who_is_an_agent_is_shown_with_the_agent():
    again = Rejected(
        entry="uid=jdupont,ou=new",
        login="jdupont",
        reason=SAME_PERSON(login="jdupont", old=an_agent_id(1), by="login"),
        same_as=(an_agent_id(1),),
    )
    card = of(rostered(an_agent(1, login="jdupont"), rejected=[again]), "jdupont").card

    assert (card.agent.login, card.entry.code) == ("jdupont", SAME_PERSON.code)


def test_an_entry_without_a_login_is_found_by_its_name():
    nameless = Rejected(entry="cn=Zoé Durand,ou=people", reason=LOGIN_MISSING(name="uid"))
    card = of(rostered(an_agent(1), rejected=[nameless]), "zoe durand").card

    assert card.says.text == (
        "cn=Zoé Durand,ou=people gets no desktop: the entry in the directory cannot be used "
        "(has no uid, and needs one to log on with)"
    )
    assert (card.standing, card.in_the_way, card.commands) == ("none", True, ())


def test_a_daemon_that_hangs_says_how_old_it_is_and_takes_no_order():
    card = asked(ready_since_long(1), "login0001", later_s=WITHIN_S + 1)["card"]

    assert card["says"]["text"] == (
        "nothing is known after 2027-01-15T08:08:20Z, as no cycle has ended since; as it was then, Agent 1 has a desktop that "
        "is ready: connect to vd-5001"
    )
    assert (card["standing"], card["in_the_way"], card["commands"]) == ("unknown", True, [])


def test_a_held_reading_says_that_an_absence_may_be_over():
    config = a_publication(agents=1)
    left_out = NotWanted(agent_id=an_agent_id(1), login="login0001", reason=NO_ENTITLEMENT())
    demand = replace(config.status.demand, not_wanted=(left_out,))
    held = replace(config, status=replace(config.status, guard=HELD, demand=demand))

    assert of(held, "login0001").card.says.text == (
        "a newer reading of the directory is held back since 2027-01-15T07:00:00Z: by the one before, Agent 1 is not entitled "
        "to a desktop: department, site and groups in the directory give none"
    )


# -- F15 -----------------------------------------------------------------------------------------------------------------


def a_line(sequence: int, what: str, *, age_s: float, subject: str = "vd-5001") -> JournalEntry:
    return JournalEntry(
        at=NOW - age_s, what=what, subject=subject, result="done", reason=NONE, because=NONE, sequence=sequence
    )  # fmt: skip


def test_the_history_is_of_this_desktop_and_not_of_the_one_that_had_its_number_before():
    published = a_publication(a_desktop(1, reserved_at=NOW - 3600), wanted=1)
    lines = {
        "vd-5001": [a_line(4, "start", age_s=600), a_line(3, "clone", age_s=3600), a_line(2, "delete", age_s=7200)],
        "agent-0001": [a_line(1, "distinct", age_s=9000, subject="agent-0001")],
    }
    card = of(published, "login0001", lambda subject: lines.get(subject, ())).card

    assert [line.what for line in card.journal] == ["start", "clone", "distinct"]
    assert card.theirs_since == "2027-01-15T07:00:00.000Z"


def test_who_is_logged_on_is_said_with_whether_it_is_the_person():
    published = a_publication(a_desktop(1), wanted=1)
    state = published.status.desktops[DesktopName("vd-5001")]
    sessions = (a_session("login0001", since=NOW - 60), a_session("bob", since=NOW - 30))
    on = replace(published.status, desktops={DesktopName("vd-5001"): replace(state, sessions=sessions)})

    card = of(replace(published, status=on), "login0001").card

    assert [(each.login, each.own) for each in card.on] == [("login0001", True), ("bob", False)]


def test_what_became_of_the_earlier_desktop_is_in_the_rest_too():
    site = order(ready_since_long(1), IntentKind.QUARANTINE, "vd-5001")
    site.settle()
    (earlier,) = asked(site, "login0001")["card"]["earlier"]

    assert (earlier["desktop"], earlier["quarantined"], earlier["since"] is not None) == ("vd-5001", True, True)


def test_without_a_daemon_no_order_is_shown():
    published = replace(published_by(ready_since_long(1)), refusal=None, lendable={})
    found = person_document(published, "login0001", nothing_in_the_journal, now=published.status.at, within_s=WITHIN_S)

    assert found.card.commands == ()


@pytest.mark.parametrize("login", ["o'hara", "a b", "-x"])
def test_a_login_is_one_word_of_the_shell(login):
    site = Site(agents=a_roster([an_agent(1, login=login)]), config=with_desk(), scenario=NOBODY_WAITS)
    site.settle()
    (command,) = asked(site, login)["card"]["commands"]

    assert [word for word in shlex.split(command["command"]) if word != "--"] == ["bascule", "pool", "lend", login]
