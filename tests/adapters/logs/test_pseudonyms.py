"""Pseudonyms in the log: one for each person, for every form of the name, without exception."""

import io
import json
import logging
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from provisioner.adapters.logs.messages import LineEvents
from provisioner.adapters.logs.pseudonyms import PREFIX, Pseudonyms
from provisioner.adapters.logs.structured import LIBRARIES, StructuredLog, configure
from provisioner.model.ids import AgentId
from provisioner.model.kept.known_people import KnownPerson
from provisioner.model.machines.ownership import NoteKey
from provisioner.model.people.agents import Agent, Rejected, Roster
from provisioner.rehearsal.rehearse import Rehearsal
from tests.builders.rehearsal import a_stage
from tests.builders.twin import a_spec

KEY = NoteKey(installation="lab", secret=b"a secret of sixteen and more")
READER = "cn=reader,dc=example"
JEAN = Agent(
    agent_id=AgentId("0f8fad5b-d9cb-469f-a165-70867728950e"),
    login="jdupont",
    display_name="Jean Dupont",
    mail="jean.dupont@example.org",
    groups=frozenset({"Télétravail, tous"}),
)
PAUL = Agent(agent_id=AgentId("7c9e6679-7425-40de-944b-e07fc1f90ae7"), login="pmartin", display_name="Paul d'Été-Martin")


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """Logging belongs to the process."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in LIBRARIES}
    yield
    logging.captureWarnings(False)
    structlog.reset_defaults()
    root.handlers[:], root.level = handlers, level
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)


def a_roster(*agents: Agent, rejected: tuple[Rejected, ...] = ()) -> Roster:
    return Roster(read_at=0.0, agents={agent.agent_id: agent for agent in agents}, rejected=rejected)


def names_of(*agents: Agent, rejected: tuple[Rejected, ...] = (), key: NoteKey = KEY) -> Pseudonyms:
    names = Pseudonyms(key, spared=(READER,))
    names.learn(a_roster(*agents, rejected=rejected))
    return names


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        pytest.param("wanted by jdupont", "wanted by {}", id="a login"),
        pytest.param("JDupont's desktop", "{}'s desktop", id="in another case"),
        pytest.param("of Jean Dupont: ready", "of {}: ready", id="a name, not its parts"),
        pytest.param("mail to jean.dupont@example.org", "mail to {}", id="a mail address"),
        pytest.param(f"agent {JEAN.agent_id} left", "agent {} left", id="an id"),
        pytest.param("jdupont2 and xjdupont", "jdupont2 and xjdupont", id="somebody else's login"),
        pytest.param("entry uid=jdupont,ou=people,dc=x", "entry uid={},ou=people,dc=x", id="in a DN"),
        pytest.param(f"the bind as {READER} failed", f"the bind as {READER} failed", id="the account that reads"),
        pytest.param(
            r"group cn=Télétravail\, tous,ou=groups,dc=x", r"group cn=Télétravail\, tous,ou=groups,dc=x", id="a group"
        ),
        pytest.param("desktop vd-0042: 3 of 12 ready", "desktop vd-0042: 3 of 12 ready", id="nobody"),
    ],
)
def test_one_person_is_one_pseudonym(text: str, hidden: str):
    names = names_of(JEAN, PAUL)

    assert names.hide(text) == hidden.format(names.of(JEAN.agent_id))


MARIE = KnownPerson(
    agent_id=AgentId("7d8fad5b-d9cb-469f-a165-708677289500"),
    earlier_ids=frozenset({AgentId("matricule-1234")}),
    logins=("mcurie", "msklodowska"),
    display_names=("CURIE Marie",),
    mails=("marie.curie@example.org",),
    entries=("cn=Curie\\, Marie (labo),ou=labo,dc=x",),
)
_FORMS = [
    "7d8fad5b-d9cb-469f-a165-708677289500", "matricule-1234", "mcurie", "MSKLODOWSKA", "CURIE Marie", "Marie Curie",
    "CURIE, Marie", "Marie, Curie", "marie.curie@example.org", "uid=mcurie", "cn=Curie\\, Marie (labo)", "CN=Marie CURIE",
    "cn=Curie\\2C Marie",
]  # fmt: skip


@pytest.mark.parametrize("form", _FORMS)
def test_whatever_names_a_person_the_pseudonym_is_of_the_present_id(form: str):
    """G2: `NOM Prénom`, DNs, and earlier ids and names had pseudonyms of their own; after a restart too."""
    names = Pseudonyms(KEY)
    names.recall([MARIE])

    (found,) = re.findall(PREFIX + r"[0-9a-f]{12}", names.hide(f"entry {form},ou=labo,dc=x is gone"))
    assert found == names.of(MARIE.agent_id)


def test_a_person_under_a_new_id_has_its_pseudonym_under_every_name():
    """G2: while the daemon runs on."""
    names = names_of(JEAN, PAUL)
    new = replace(JEAN, agent_id=AgentId("e-77"))
    names.learn(a_roster(new, PAUL))

    assert {names.hide(text) for text in ("e-77", JEAN.agent_id, "jdupont", "DUPONT Jean")} == {names.of("e-77")}
    assert names.hide("pmartin") == names.of(PAUL.agent_id)


def test_two_people_are_two():
    names = names_of(JEAN, PAUL)

    first, second = re.findall(PREFIX + r"[0-9a-f]{12}", names.hide("jdupont, Paul d'Été-Martin"))
    assert first != second


def test_another_secret_gives_another_pseudonym():
    other = NoteKey(installation="lab", secret=b"another secret, just as long")

    assert names_of(JEAN).hide("jdupont") != names_of(JEAN, key=other).hide("jdupont")


def test_an_unknown_person_is_hidden_in_a_dn_too():
    hidden = names_of().hide(r"entry cn=Curie\, Marie,ou=labo,dc=x has no uid; uid=mcurie,ou=labo,dc=x too")

    assert "urie" not in hidden
    assert hidden.count(PREFIX) == 2
    assert ",ou=labo,dc=x" in hidden, "where to look stays"


@pytest.mark.parametrize(
    "dn",
    [
        "employeeNumber=curie7,ou=labo,dc=x",
        "uid=curie7+sn=Curie,ou=labo,dc=x",
        "givenName=Curie+SN=curie7,ou=labo,dc=x",
        "displayName=Marie Curie,ou=labo,dc=x",
        "userid=curie7,ou=labo,dc=x",
        "krbPrincipalName=curie7@X,ou=labo,dc=x",
        "0.9.2342.19200300.100.1.1=curie7,ou=labo,dc=x",
        "2.5.4.3=Marie Curie,2.5.4.11=x,ou=labo,dc=x",
    ],
)
def test_whatever_attribute_names_an_unknown_person_in_a_dn_is_hidden(dn: str):
    """G2: only five attributes were; an entry may be named by another, by several, or by its number."""
    hidden = names_of().hide(f"entry {dn} has no uid")

    assert "curie" not in hidden.lower()
    assert ",ou=labo,dc=x has no uid" in hidden


def test_a_rejected_entry_and_the_agent_it_is_are_one():
    rejected = Rejected(entry="uid=pmartin-old,ou=people,dc=x", reason="has no uid", agent_id=PAUL.agent_id)
    names = names_of(PAUL, rejected=(rejected,))

    assert names.hide(f"entry {rejected.entry}") == f"entry uid={names.of(PAUL.agent_id)},ou=people,dc=x"


def test_a_leaver_stays_hidden():
    names = names_of(JEAN, PAUL)
    names.learn(a_roster(JEAN))

    assert "pmartin" not in names.hide("pmartin would go")


NAMES = st.text(st.characters(codec="utf-8", categories=("L", "N", "Zs", "Pd", "Po")), min_size=1, max_size=12)


@pytest.mark.long
@given(logins=st.lists(NAMES.filter(lambda name: any(map(str.isalnum, name))), min_size=1, max_size=4), around=st.data())
def test_no_name_gets_through_whatever_it_is_made_of(logins: list[str], around: st.DataObject):
    agents = [replace(JEAN, agent_id=AgentId(f"id-{n}"), login=login, display_name=login) for n, login in enumerate(logins)]
    names = names_of(*agents)

    for login in logins:
        text = f"{around.draw(st.sampled_from(['', 'by ', 'a «', '(']))}{login}{around.draw(st.sampled_from(['', '»', ': x']))}"
        assert PREFIX in names.hide(text)
        assert names.hide(names.hide(text)) == names.hide(text) or "person" in {login.casefold().strip() for login in logins}


@pytest.mark.long
def test_a_whole_switch_logs_no_name():
    """With rejected entries, a leaver, a failing storage, and every log level."""
    agents = [
        replace(JEAN, agent_id=AgentId(f"{n:08}-d9cb-469f-a165-70867728950e"), login=f"jdupont{n}", mail=f"j{n}@example.org")
        for n in range(6)
    ]
    refused = tuple(
        Rejected(entry=f"uid=refused{n},ou=people,dc=x", reason=f"has the same login jdupont{n} as uid=other{n},dc=x")
        for n in range(3)
    )
    names = Pseudonyms(KEY)
    configure(format="json", level="debug", stream=(stream := io.StringIO()), names=names)
    log, plain = StructuredLog(names), []
    stage = a_stage(a_spec(nodes=2), roster=a_roster(*agents, rejected=refused), listeners=(log, LineEvents(plain.append)))

    Rehearsal(stage).run()
    log.directory_read(None, "the first, uid=refused1,ou=people,dc=x: has the same login jdupont1 as uid=other1,dc=x")
    logging.getLogger("ldap3.core").warning("cannot decode %s", "Jean Dupont")

    said = stream.getvalue()
    assert any("jdupont1" in str(line) or "refused1" in str(line) for line in plain), "there was something to hide"
    assert len(said.splitlines()) > len(plain)
    for name in ("jdupont", "Dupont", "refused", "other", "example.org", "-d9cb-"):
        assert name not in said
    subjects = {json.loads(line)["subject"].partition(" ")[0] for line in said.splitlines()}
    assert {"directory", "desktop", "cycle", "library"} <= subjects
