"""What the adapter must read of the town from any server. The expected values come from the town's facts."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from ldap3.utils.dn import parse_dn

from provisioner.errors import DirectoryError, DirectoryIncomplete, DirectoryRefused
from provisioner.model.people.agents import AccountStatus, Agent, Roster
from provisioner.model.people.distinguished_names import is_below
from provisioner.settings.directory import DirectoryAttributes, DirectoryBase
from tests.adapters.ldap.served import ServedTown
from tests.adapters.ldap.town import (
    AGENTS,
    BASES,
    CRISIS_CELL,
    EVERYONE,
    ON_CALL,
    PEOPLE,
    RELIEF,
    ROADS,
    ROUNDS,
    SCHOOLS,
    Flaw,
    Inhabitant,
    Town,
)
from tests.builders.directory import SERVED_AT as READ_AT

Change = Callable[[Town], Town]
WORDS = {
    Flaw.NO_LOGIN: ("has no ", "needs one to log on with"),
    Flaw.TWO_LOGINS: ("has 2 uid", "needs one to log on with"),
    Flaw.SAME_LOGIN: ("has the same login",),
    Flaw.LONG_LOGIN: ("is not a login",),
}


class DirectoryContract:
    """Run by a subclass whose module has a fixture `served`: a ServedTown."""

    def test_every_agent_is_read_with_what_the_directory_says(self, served: ServedTown):
        roster = served.roster()

        assert wrong_about(served, roster) == {}
        assert (roster.read_at, roster.full_at) == (READ_AT, READ_AT)

    def test_agents_of_every_standing_are_there(self, served: ServedTown):
        standings = Counter(agent.standing for agent in served.roster().agents.values())

        assert standings == Counter(agent.standing for agent in served.town.agents())
        assert min(standings[standing] for standing in AccountStatus) > 20

    def test_an_unusable_entry_is_rejected_with_the_reason(self, served: ServedTown):
        roster = served.roster()

        reasons = {plain(entry.entry): entry.reason for entry in roster.rejected}
        expected = {plain(served.words.dn(person)): person.flaw for person in served.town.flawed()}
        assert reasons.keys() == expected.keys()
        assert {flaw for flaw in expected.values() if flaw} == served.flaws
        for dn, flaw in expected.items():
            assert flaw is not None
            assert all(words in reasons[dn] for words in WORDS[flaw]), reasons[dn]

    def test_the_ids_equal_the_output_of_the_servers_own_tools(self, served: ServedTown):
        ids = served.ids()

        agents = served.roster().agents
        assert {agent_id: ids[agent.login] for agent_id, agent in agents.items()} == {key: key for key in agents}

    def test_a_rejected_entry_still_says_whose_it_is(self, served: ServedTown):
        rejected = served.roster().rejected

        ids = {entry.agent_id for entry in rejected}
        assert None not in ids
        assert len(ids) == len(rejected)
        assert not ids & served.roster().agents.keys()

    def test_groups_within_groups_count(self, served: ServedTown):
        outer, _, inner = RELIEF
        only_inner = served.town.groups[inner].people - served.town.groups[outer].people
        logins = {agent.login for agent in served.town.agents() if agent.number in only_inner}

        indirect = {agent.login for agent in served.roster().agents.values() if {outer, inner} <= agent.groups}
        assert logins
        assert logins <= indirect

    def test_groups_that_hold_each_other_end(self, served: ServedTown):
        members = {name: {a.login for a in served.roster().agents.values() if name in a.groups} for name in ROUNDS}

        everyone = set().union(*(served.town.groups[name].people for name in ROUNDS))
        expected = {agent.login for agent in served.town.agents() if agent.number in everyone}
        assert members == dict.fromkeys(ROUNDS, expected)

    def test_direct_membership_alone_can_be_asked_for(self, served: ServedTown):
        roster = served.directory(groups=None).read()

        assert wrong_about(served, roster, nested=False) == {}

    def test_a_second_reading_gives_the_same(self, served: ServedTown):
        again = served.directory().read()

        assert (again.agents, again.rejected) == (served.roster().agents, served.roster().rejected)

    def test_a_person_outside_the_bases_is_not_read(self, served: ServedTown):
        outside = {person.login for person in served.town.people.values() if not person.is_read}

        assert len(outside) > 20
        assert not outside & {agent.login for agent in served.roster().agents.values()}

    def test_an_entry_below_two_bases_counts_once(self, served: ServedTown):
        bases = tuple(DirectoryBase(base=served.words.place(unit)) for unit in (*BASES, ROADS, AGENTS))

        again = served.directory(bases=bases).read()

        assert (again.agents, again.rejected) == (served.roster().agents, served.roster().rejected)

    def test_each_base_may_have_a_filter_of_its_own(self, served: ServedTown):
        schools = DirectoryBase(base=served.words.place(SCHOOLS))
        person = served.town.some()
        login = served.attributes.login
        bases = (schools, DirectoryBase(base=served.words.place(AGENTS), filter=f"({login}={person.login})"))

        found = {agent.login for agent in served.directory(bases=bases).read().agents.values()}

        assert found & {agent.login for agent in served.town.agents() if agent.unit != SCHOOLS} == {person.login}

    def test_units_are_compared_as_an_operator_writes_them(self, served: ServedTown):
        below = {unit: set[str]() for unit in (AGENTS, ROADS, SCHOOLS)}
        for agent in served.roster().agents.values():
            for unit, logins in below.items():
                if is_below(agent.unit, served.words.place(unit)):
                    logins.add(agent.login)

        assert below == {
            unit: {agent.login for agent in served.town.agents() if agent.unit[: len(unit)] == unit} for unit in below
        }

    @pytest.mark.parametrize(
        "page_size",
        [
            pytest.param(1, id="one entry a page"),
            pytest.param(40, id="one page, exactly full"),
            pytest.param(20, id="pages without a rest"),
            pytest.param(39, id="a last page of one"),
        ],
    )
    def test_no_entry_is_lost_between_pages(self, served: ServedTown, page_size):
        crisis = f"(memberOf={served.words.group_dn(CRISIS_CELL)})"

        roster = served.directory(page_size=page_size, filter=crisis, groups=None).read()

        assert len(roster.agents) == len(served.town.groups[CRISIS_CELL].people) == 40

    def test_further_attributes_are_kept_under_lower_case_names(self, served: ServedTown):
        attributes = replace(served.attributes, extra=("givenName", "title"))

        roster = served.directory(attributes=attributes, groups=None).read()

        for agent in roster.agents.values():
            assert agent.display_name.startswith(agent.attributes["givenname"][0])
            assert agent.attributes["title"] == ()

    @pytest.mark.parametrize(
        ("settings", "error", "words"),
        [
            pytest.param({"base": "ou=elsewhere,dc=departement,dc=example"}, DirectoryRefused, "ou=elsewhere", id="wrong base"),
            pytest.param({"base": "people"}, DirectoryRefused, "'people'", id="a base that is no DN"),
            pytest.param({"filter": "(sn=nobody)"}, DirectoryIncomplete, "no entry at all", id="nobody matches"),
            pytest.param({"filter": "(noSuchAttribute=1)"}, DirectoryIncomplete, "no entry at all", id="unknown attribute"),
            pytest.param({"filter": "(uid=*"}, DirectoryRefused, "the filter (uid=* is not an LDAP filter", id="open bracket"),
            pytest.param({"filter": ""}, DirectoryRefused, "filter", id="no filter"),
            pytest.param(
                {"attributes": DirectoryAttributes(agent_id="noSuchId")},
                DirectoryRefused,
                "entries is usable",
                id="an id attribute that nobody has",
            ),
        ],
    )
    def test_a_wrong_question_gives_one_clear_error(self, served: ServedTown, settings, error, words):
        with pytest.raises(DirectoryError) as caught:
            served.directory(**settings).read()

        assert type(caught.value) is error
        assert words in str(caught.value)
        assert "\n" not in str(caught.value)


class ChangesContract:
    """How readings follow changes on the server."""

    def test_a_new_surname_login_and_place_leave_the_same_person(self, served: ServedTown):
        person = served.town.some()
        before = id_of(served.roster(), person.login)
        new = replace(person, surname="D'Été, veuve Noël", login="nouveau", mail="nouveau@departement.example", unit=SCHOOLS)

        served.become(lambda town: town.with_person(new))

        assert id_of(served.roster(), "nouveau") == before
        assert wrong_about(served, served.roster()) == {}

    def test_a_login_given_to_somebody_new_is_not_the_old_person(self, served: ServedTown):
        person = served.town.some()
        before = id_of(served.roster(), person.login)
        heir = replace(person, number=PEOPLE + 500, given_name="Jeanne", surname="Héritière", unit=SCHOOLS)

        served.become(lambda town: town.without(person.number).with_person(heir))

        assert id_of(served.roster(), person.login) != before
        assert wrong_about(served, served.roster()) == {}

    def test_a_leaver_is_missing_from_the_next_full_reading(self, served: ServedTown):
        person = served.town.some()

        served.become(lambda town: town.without(person.number))

        assert wrong_about(served, served.directory().read()) == {}


class EveryChangeContract:
    """For a directory that is always read in full."""

    def test_every_change_is_read(self, served: ServedTown):
        for change in CHANGES.values():
            served.become(change)

        assert wrong_about(served, served.roster()) == {}

    def test_a_reading_since_another_is_a_whole_one(self, served: ServedTown):
        first = served.roster()

        assert first.mark is None
        assert served.directory().read(since=first) == first


class IncrementalContract:
    """For a server that supports reading changes only."""

    def test_readings_of_changes_lead_to_what_a_full_reading_finds(self, served: ServedTown):
        first = roster = served.directory().read()
        in_part = set()
        for at, (name, change) in enumerate(CHANGES.items(), start=1):
            served.become(change)
            roster = served.directory(now=READ_AT + at).read(since=roster)
            assert wrong_about(served, roster) == {}, name
            if roster.full_at < roster.read_at:
                in_part.add(name)

        full = served.directory().read()
        assert first.mark is not None
        assert (roster.agents, roster.rejected) == (full.agents, full.rejected)
        assert in_part >= OF_THE_PERSON_ALONE


def _newcomer(town: Town) -> Town:
    new = replace(town.some(), number=PEOPLE + 600, given_name="Ève", surname="Nouvelle", login="enouvelle")
    return town.with_person(replace(new, mail="enouvelle@departement.example")).joined(EVERYONE, people=[new.number])


def _changed(**facts: Any) -> Change:
    return lambda town: town.with_person(replace(town.some(), **facts))


def _standing(old: AccountStatus, new: AccountStatus) -> Change:
    def change(town: Town) -> Town:
        person = next(person for person in town.agents() if person.standing is old and person.unit == AGENTS)
        return town.with_person(replace(person, standing=new))

    return change


CHANGES: dict[str, Change] = {
    "somebody comes": _newcomer,
    "somebody has a new surname": _changed(surname="Changé"),
    "somebody logs on by another name": _changed(login="autrement"),
    "somebody moves to another part": _changed(unit=ROADS),
    "somebody changes department and site": _changed(department="Voirie", site="Nemours"),
    "somebody is disabled": _standing(AccountStatus.ACTIVE, AccountStatus.DISABLED),
    "somebody is enabled again": _standing(AccountStatus.DISABLED, AccountStatus.ACTIVE),
    "an account expires": _standing(AccountStatus.ACTIVE, AccountStatus.EXPIRED),
    "an account is locked": _standing(AccountStatus.ACTIVE, AccountStatus.LOCKED),
    "an account is opened again": _standing(AccountStatus.LOCKED, AccountStatus.ACTIVE),
    "somebody joins a group": lambda town: town.joined(RELIEF[0], people=[town.some().number]),
    "somebody joins a group in a group in a group": lambda town: town.joined(RELIEF[2], people=[town.some().number]),
    "somebody leaves a group in a group in a group": lambda town: town.left(
        RELIEF[2], people=[min(town.groups[RELIEF[2]].people & {agent.number for agent in town.agents()})]
    ),
    "a group joins a group": lambda town: town.joined(RELIEF[1], groups=[ROUNDS[0]]),
    "a group leaves a group": lambda town: town.left(RELIEF[1], groups=[ROUNDS[0]]),
    "many join a group with an odd name": lambda town: town.joined(
        ON_CALL, people=sorted(agent.number for agent in town.agents())[:50]
    ),
}
"""Successive changes, without leavers: only a full reading finds leavers."""
OF_THE_PERSON_ALONE = {
    "somebody changes department and site",
    "somebody is disabled",
    "somebody is enabled again",
    "an account expires",
    "an account is locked",
    "an account is opened again",
}
"""Changes that touch no group entry, so that few entries are read."""


def wrong_about(served: ServedTown, roster: Roster, *, nested: bool = True) -> dict[str, tuple[object, object]]:
    """Agents that differ from the town, by login: (expected, found)."""
    expected = {agent.login: _facts(served, agent, nested=nested) for agent in served.town.agents()}
    found = {agent.login: _read_facts(agent) for agent in roster.agents.values()}
    logins = expected.keys() | found.keys()
    return {login: (expected.get(login), found.get(login)) for login in logins if expected.get(login) != found.get(login)}


def id_of(roster: Roster, login: str) -> str:
    """The id of the agent with this login."""
    (found,) = (agent.agent_id for agent in roster.agents.values() if agent.login == login)
    return found


def plain(dn: str) -> tuple[tuple[str, str], ...]:
    """A DN in normal form."""
    return tuple((name.lower(), _unescaped(value)) for name, value, _ in parse_dn(dn, strip=True))


def _unescaped(value: str) -> str:
    raw, at = bytearray(), 0
    while at < len(value):
        if value[at] != "\\":
            raw += value[at].encode()
            at += 1
        elif all(digit in "0123456789abcdefABCDEF" for digit in value[at + 1 : at + 3]) and len(value) > at + 2:
            raw.append(int(value[at + 1 : at + 3], 16))
            at += 3
        else:
            raw += value[at + 1].encode()
            at += 2
    return raw.decode().casefold()


def _facts(served: ServedTown, person: Inhabitant, *, nested: bool) -> tuple[object, ...]:
    groups = served.town.groups_around(person.number) if nested else served.town.groups_of(person.number)
    named = (person.display_name, person.mail, person.department, person.site)
    return (*named, person.standing, plain(served.words.place(person.unit)), groups | served.primary_groups)


def _read_facts(agent: Agent) -> tuple[object, ...]:
    named = (agent.display_name, agent.mail, agent.department, agent.site)
    return (*named, agent.standing, plain(agent.unit), agent.groups)
