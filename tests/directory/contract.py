"""What every directory of the 1,700 invented agents must do, served from memory or by a real server."""

from collections import Counter
from collections.abc import Callable

import pytest

from provisioner.adapters.demo_people import CRISIS_CELL, ESSENTIAL, EVERYONE, demo_people
from provisioner.adapters.ldap_directory import LdapDirectory
from provisioner.adapters.ldap_entries import LdapAttributes
from provisioner.errors import DirectoryError, DirectoryIncomplete, DirectoryRefused
from tests.builders_directory import READ_AT

MakeDirectory = Callable[..., LdapDirectory]
CRISIS_FILTER = f"(memberOf=cn={CRISIS_CELL},ou=groups,dc=departement,dc=example)"


class DirectoryContract:
    """Run by a subclass whose module has a fixture `directory`: settings to change -> adapter."""

    def test_every_agent_is_read_with_what_the_directory_says(self, directory: MakeDirectory):
        roster = directory().read()

        by_login = {agent.login: agent for agent in roster.agents.values()}
        assert (len(by_login), roster.rejected, roster.read_at) == (1_700, (), READ_AT)
        for person in demo_people():
            agent = by_login[person.login]
            assert agent.display_name == f"{person.given_name} {person.surname}"
            assert (agent.department, agent.site, agent.groups) == (person.department, person.site, frozenset(person.groups))
            assert agent.mail.isascii()
            assert agent.enabled

    def test_a_second_reading_gives_the_same_agents_under_the_same_ids(self, directory: MakeDirectory):
        assert directory().read() == directory().read()

    def test_groups_carry_the_waves(self, directory: MakeDirectory):
        groups = Counter(group for agent in directory().read().agents.values() for group in agent.groups)

        assert groups == {EVERYONE: 1_700, ESSENTIAL: 400, CRISIS_CELL: 40}

    @pytest.mark.parametrize(
        ("page_size", "expected"),
        [
            pytest.param(1, 40, id="one entry a page"),
            pytest.param(40, 40, id="one page, exactly full"),
            pytest.param(20, 40, id="pages without a rest"),
            pytest.param(39, 40, id="a last page of one"),
        ],
    )
    def test_no_entry_is_lost_between_pages(self, directory: MakeDirectory, page_size, expected):
        assert len(directory(page_size=page_size, filter=CRISIS_FILTER).read().agents) == expected

    def test_further_attributes_are_kept_under_lower_case_names(self, directory: MakeDirectory):
        roster = directory(filter=CRISIS_FILTER, attributes=LdapAttributes(extra=("givenName", "title"))).read()

        for agent in roster.agents.values():
            assert agent.display_name.startswith(agent.attributes["givenname"][0])
            assert agent.attributes["title"] == ()

    @pytest.mark.parametrize(
        ("settings", "error", "words"),
        [
            pytest.param({"base": "ou=elsewhere,dc=departement,dc=example"}, DirectoryRefused, "ou=elsewhere", id="wrong base"),
            pytest.param({"base": "people"}, DirectoryRefused, "'people'", id="a base that is no DN"),
            pytest.param({"filter": "(uid=nobody)"}, DirectoryIncomplete, "no entry at all", id="nobody matches"),
            pytest.param({"filter": "(noSuchAttribute=1)"}, DirectoryIncomplete, "no entry at all", id="unknown attribute"),
            pytest.param({"filter": "(uid=*"}, DirectoryRefused, "the filter (uid=* is no LDAP filter", id="open bracket"),
            pytest.param({"filter": ""}, DirectoryRefused, "filter", id="no filter"),
            pytest.param(
                {"attributes": LdapAttributes(agent_id="objectGUID")},
                DirectoryRefused,
                "none of 1700 entries is usable",
                id="an id attribute that nobody has",
            ),
        ],
    )
    def test_a_wrong_question_gives_one_clear_error(self, directory: MakeDirectory, settings, error, words):
        with pytest.raises(DirectoryError) as caught:
            directory(**settings).read()

        assert type(caught.value) is error
        assert words in str(caught.value)
        assert "\n" not in str(caught.value)
