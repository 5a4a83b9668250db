"""What is meant by a part of a name."""

from dataclasses import replace

import pytest

from provisioner.views.why.document import MOST_MATCHES, nothing_matches, why_document
from provisioner.views.why.search import letters
from tests.builders.core import a_desktop, an_agent
from tests.builders.views import a_publication
from tests.views.test_why import nothing_in_the_journal
from tests.views.test_why_places import LATE

PEOPLE = (
    an_agent(1, login="zdurand", display_name="Zoé DURAND", mail="zoe.durand@dep.example"),
    an_agent(2, login="jdupont", display_name="Jean-François Dupont"),
    an_agent(3, login="cœur", display_name="Anne Cœur"),
    an_agent(4, login="late", display_name="Zoé Petit"),
)
SITE = a_publication(a_desktop(1), a_desktop(7), wanted=1, agents=PEOPLE, waves=[LATE])


def asked(of, published=SITE):
    return why_document(published, of, nothing_in_the_journal)


@pytest.mark.parametrize(
    ("of", "found"),
    [
        pytest.param("zdurand", ["zdurand"], id="a login"),
        pytest.param("ZDurand", ["zdurand"], id="in any case"),
        pytest.param("  durand ", ["zdurand"], id="a part of a name"),
        pytest.param("durand zoe", ["zdurand"], id="every word of it, in any order, without accents"),
        pytest.param("jean françois", ["jdupont"], id="a blank for a hyphen"),
        pytest.param("francois-dupont", ["jdupont"], id="a hyphen for a blank"),
        pytest.param("coeur", ["cœur"], id="a ligature"),
        pytest.param("ZOE", ["late", "zdurand"], id="several"),
        pytest.param("zoe.durand@dep.example", ["zdurand"], id="a mail address"),
        pytest.param("agent-0002", ["jdupont"], id="an id"),
        pytest.param("vd-5001", ["zdurand"], id="a desktop is its agent's"),
        pytest.param("5001", ["zdurand"], id="a VMID"),
        pytest.param("pve/5007", ["vd-5007"], id="a VM"),
        pytest.param("n1", ["pve/n1"], id="a node without its cluster"),
        pytest.param("PVE/N2", ["pve/n2"], id="a node with its cluster"),
        pytest.param("pve/", ["pve/n1", "pve/n2"], id="nodes"),
        pytest.param("late", ["late", "late"], id="an agent and a wave of the same name"),
        pytest.param("", [], id="nothing"),
        pytest.param("500", ["vd-5007", "zdurand"], id="a part of a desktop's name"),
    ],
)
def test_what_is_found(of, found):
    assert sorted(match.name for match in asked(of).matches) == found


def test_only_a_single_match_is_explained():
    assert asked("zdurand").seat is not None
    several = asked("zoe")
    assert (several.seat, several.node, several.wave, several.entry) == (None, None, None, None)


@pytest.mark.parametrize(
    ("of", "near"),
    [
        pytest.param("dupond", ("jdupont",), id="a slip in a word of a name"),
        pytest.param("zdurant", ("zdurand",), id="a slip in a login"),
        pytest.param("vd-5011", ("vd-5001", "vd-5007"), id="a slip in a desktop's name"),
        pytest.param("xxxxxxxx", (), id="like nothing"),
    ],
)
def test_names_like_it_are_proposed_if_nothing_matches(of, near):
    document = asked(of)

    assert document.near == near
    assert nothing_matches(document).code == ("nothing_like" if near else "nothing_matches")


def test_a_long_list_is_cut_and_counted():
    crowd = a_publication(agents=[an_agent(number) for number in range(1, MOST_MATCHES + 6)])
    document = asked("login", crowd)

    assert (document.matching, len(document.matches)) == (MOST_MATCHES + 5, MOST_MATCHES)


def test_whoever_has_left_and_has_no_desktop_is_not_found():
    roster = SITE.status.roster
    departed = {key: agent for key, agent in roster.agents.items() if agent.login == "jdupont"}
    agents = {key: agent for key, agent in roster.agents.items() if key not in departed}
    status = replace(SITE.status, roster=replace(roster, agents=agents, departed=departed))

    assert asked("jdupont", replace(SITE, status=status)).matching == 0


def test_letters_are_the_same_however_unicode_writes_them():
    assert letters("Zoe\u0301") == letters("ZOÉ") == letters(" zoe ") == "zoe"
