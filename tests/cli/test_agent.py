"""`bascule agent who` and `agent forget`, as an operator calls them."""

from contextlib import closing
from dataclasses import replace

import pytest

from provisioner.adapters.sql.store import SqlStore
from provisioner.daemon.composition import naming_of
from provisioner.model.guard import GuardRecord, RosterMove
from provisioner.model.ids import AgentId
from provisioner.model.people.agents import Rejected, Roster
from provisioner.model.scenario.surges import SurgeChange, SurgeRun, SurgeState, moved
from provisioner.ports import Changes
from tests.builders.cli import Ended, a_lonely_site, bascule, journal_of, ordered_by
from tests.builders.records import a_step
from tests.builders.settings import Site
from tests.builders.store import NOON, StillClock, a_name, a_reservation, a_roster, an_outcome

pytestmark = pytest.mark.long

GONE = Changes(outcomes=(an_outcome(reason="uid=parti,dc=x is gone"),))


@pytest.fixture
def site(tmp_path) -> Site:
    return a_lonely_site(tmp_path)


def _keep(site: Site, *steps: Changes) -> None:
    with closing(SqlStore(f"sqlite:///{site.folder}/bascule.db", clock=StillClock())) as store:
        store.claim()
        for changes in steps:
            store.commit(changes)


def _agents(site: Site, *words: str) -> Ended:
    return bascule("agent", *words, "--config", str(site.main))


def test_who_has_left_is_forgotten_and_the_journal_says_so(site):
    _keep(site, Changes(roster=a_roster("zoé", "parti")), GONE, Changes(roster=a_roster("zoé")))
    pseudonym = naming_of(site.load()).of("id-parti")

    ended = _agents(site, "forget", "PARTI", "--by", "ann", "--reason", "asked for")

    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("forgotten: 1 journal line, 1 roster, 0 standing orders, 0 other rows; ")
    newest, older = journal_of(site.main)
    assert (newest["what"], newest["subject"]) == ("forget", pseudonym)
    assert newest["reason"] == f"by {ordered_by('ann')}: asked for (1 journal lines, 1 rosters, 0 orders)"
    assert older["reason"] == f"uid={pseudonym},dc=x is gone"
    again = _agents(site, "forget", "parti")
    assert (again.code, again.out) == (2, "")
    assert "nobody called parti is known" in again.err


@pytest.mark.parametrize(
    ("kept", "words"),
    [
        pytest.param([Changes(roster=a_roster("parti"))], "parti is in the roster in force", id="still there"),
        pytest.param(
            [
                Changes(roster=a_roster("parti")),
                Changes(
                    roster=Roster(
                        read_at=NOON,
                        agents=a_roster("zoé").agents,
                        rejected=(Rejected(entry="uid=x,dc=y", reason="has no uid", agent_id=AgentId("id-parti")),),
                    )
                ),
            ],
            "parti is still in the directory",
            id="there and unusable",
        ),
        pytest.param(
            [
                Changes(roster=a_roster("parti")),
                a_step(roster=a_roster("zoé"), reserved=(a_reservation(1001, agent_id=AgentId("id-parti")),)),
            ],
            "parti still has vd-1001: wait until the desktop is deleted",
            id="a desktop",
        ),
        pytest.param(
            [
                Changes(roster=a_roster("parti")),
                a_step(
                    roster=a_roster("zoé"),
                    reserved=(a_reservation(1001),),
                    assignments={a_name(1001): AgentId("id-parti")},
                ),
            ],
            "parti still has vd-1001",
            id="a desktop lent",
        ),
        pytest.param(
            [
                Changes(roster=a_roster("parti")),
                Changes(roster=a_roster("zoé"), guard=GuardRecord(left={AgentId("id-parti"): RosterMove(at=NOON)})),
            ],
            "after the longer of `directory.guard.window` and `directory.guard.slow_window`",
            id="left just now",
        ),
    ],
)
def test_an_agent_who_is_still_known_is_not_forgotten(site, kept, words):
    _keep(site, *kept, GONE)

    ended = _agents(site, "forget", "parti", "--by", "ann")

    assert ended.code == 2
    assert words in ended.said
    assert "uid=parti,dc=x is gone" in str(journal_of(site.main))


def test_a_freeze_file_that_names_somebody_hinders(site):
    """G2: the daemon follows the file: the name was back in the store with its next cycle, and in the next backup."""
    _keep(site, Changes(roster=a_roster("zoé", "parti")), GONE, Changes(roster=a_roster("zoé")))
    file = site.folder / "freeze"
    file.write_text('{"by": "ann", "at": 1, "reason": "the desktop of parti"}')

    ended = _agents(site, "forget", "parti", "--by", "ann")

    assert (ended.code, "the order freeze still stands and names parti" in ended.said) == (2, True)
    assert "uid=parti,dc=x is gone" in str(journal_of(site.main))
    file.write_text('{"by": "ann", "at": 1, "reason": "a desktop"}')
    assert _agents(site, "forget", "parti", "--by", "ann").code == 0


@pytest.mark.parametrize(
    "entry",
    [
        "CN=DURAND\\, Zoé,OU=Social,DC=x",
        "cn=DURAND\\2C Zoé,ou=social,dc=x",
        "cn=DURAND\\2C Zo\\C3\\A9,ou=social,dc=x",
        "CN=Zoé DURAND,DC=x",
    ],
)
def test_a_name_with_a_comma_is_forgotten_in_dns_too(site, entry):
    """C11: the RDN is `NOM, Prénom`, and a server escapes its comma."""
    person = replace(a_roster("parti").agents[AgentId("id-parti")], display_name="DURAND, Zoé")
    there = Roster(read_at=NOON, agents={person.agent_id: person})
    gone = an_outcome(reason=f"'{entry}' is gone")
    _keep(site, Changes(roster=there), Changes(outcomes=(gone,)), Changes(roster=a_roster("léa")))

    assert _agents(site, "forget", "parti", "--by", "ann").code == 0

    journal = str(journal_of(site.main))
    assert "DURAND" not in journal
    assert "Social" not in entry or "OU=Social" in journal, "where the entry lay names nobody"


def test_a_login_that_two_people_have_had_has_to_be_an_id(site):
    successor = replace(a_roster("parti").agents[AgentId("id-parti")], agent_id=AgentId("id-second"))
    again = Roster(read_at=NOON, agents={successor.agent_id: successor})
    _keep(site, Changes(roster=a_roster("parti")), Changes(roster=again), Changes(roster=a_roster("zoé")))

    ended = _agents(site, "forget", "parti")

    assert ended.code == 2
    assert "several people are, or were, called parti: say which by id (id-parti, id-second)" in ended.said
    assert _agents(site, "forget", "id-parti").code == 0


def test_a_pseudonym_of_the_log_is_looked_up(site):
    _keep(site, Changes(roster=a_roster("zoé")))

    ended = _agents(site, "who", naming_of(site.load()).of("id-zoé"))

    assert (ended.code, ended.out) == (0, "zoé, Zoé « zoé » (id-zoé)\n")
    assert _agents(site, "who", "person-000000000000").code == 1


def test_an_earlier_id_is_forgotten_with_the_person(site):
    """C2, C11: the journal records which id became which."""
    went_on = an_outcome(reason="its agent id-before continues as id-parti, by order of claire")
    roster = a_roster("parti")
    _keep(
        site, Changes(rekeyed={AgentId("id-before"): AgentId("id-parti")}), Changes(roster=roster), Changes(outcomes=(went_on,))
    )
    _keep(site, Changes(roster=a_roster("zoé")))

    assert _agents(site, "forget", "parti", "--by", "ann").code == 0

    assert "id-before" not in str(journal_of(site.main))


def test_for_programs_both_are_documents(site):
    _keep(site, Changes(roster=a_roster("zoé", "parti")), GONE, Changes(roster=a_roster("zoé")))
    pseudonym = naming_of(site.load()).of("id-parti")

    known = _agents(site, "who", pseudonym, "--json").document
    first, second = (_agents(site, "forget", "parti", "--json") for _ in range(2))

    assert known["agent"]["login"] == "parti"
    erased = {"lines": 1, "rosters": 1, "orders": 0, "others": 0, "unclear": []}
    assert first.document == {"pseudonym": pseudonym, "erased": erased}
    assert second.code == 2
    assert _agents(site, "who", pseudonym, "--json").document == {"agent": None}


def _years_ago(site: Site) -> None:
    """Somebody who had a desktop under an earlier id, and is in none of the kept rosters."""
    parti, before = AgentId("id-parti"), AgentId("id-before")
    agent = replace(a_roster("parti").agents[parti], display_name="Zoé DURAND", rdn="cn=DURAND Zoé", unit="ou=gens,dc=x")
    _keep(
        site,
        Changes(roster=Roster(read_at=NOON, agents={before: replace(agent, agent_id=before)})),
        a_step(reserved=(a_reservation(1001, agent_id=before),)),
        Changes(rekeyed={before: parti}),
        Changes(roster=Roster(read_at=NOON, agents={parti: agent}), outcomes=(an_outcome(reason="DURAND Zoé: id-before"),)),
        Changes(desktops={a_name(1001): None}),
        *(Changes(roster=a_roster("léa", f"autre{number}")) for number in range(12)),
    )


@pytest.mark.parametrize(
    "who",
    ["id-parti", "id-before", "PARTI", "DURAND Zoé", "zoe durand", "cn=DURAND Zoé,ou=gens,dc=x", "parti@departement.example"],
)
def test_who_is_in_no_kept_roster_is_forgotten_by_any_name_under_one_pseudonym(site, who):
    """G2: it said `forgotten`, and the name, the mail and the ids stayed; the pseudonym was that of what was typed."""
    _years_ago(site)
    pseudonym = naming_of(site.load()).of("id-parti")
    assert _agents(site, "who", pseudonym).out == "parti, Zoé DURAND (id-parti)\n"

    ended = _agents(site, "forget", who, "--by", "ann", "--reason", "Mme Durand a demandé")

    assert (ended.code, ended.err) == (0, "")
    assert pseudonym in ended.out
    newest, older = journal_of(site.main)
    assert (newest["subject"], older["reason"]) == (pseudonym, f"{pseudonym}: {pseudonym}")
    kept = b"".join(path.read_bytes() for path in site.folder.glob("bascule.db*")).lower()
    assert [name for name in (b"durand", b"id-parti", b"id-before", b"parti@") if name in kept] == []
    assert _agents(site, "who", pseudonym).code == 1


def test_all_that_stands_in_the_way_is_said_at_once(site):
    """G2."""
    _keep(
        site,
        Changes(roster=a_roster("parti")),
        a_step(roster=a_roster("parti"), reserved=(a_reservation(1001, agent_id=AgentId("id-parti")),)),
    )

    ended = _agents(site, "forget", "parti")

    assert ended.code == 2
    assert "parti is in the roster in force" in ended.err
    assert "parti still has vd-1001" in ended.err


def test_texts_that_may_name_somebody_else_are_shown_and_decided_by_the_operator(site):
    """G2: neither changed in silence, nor left in silence."""
    _years_ago(site)
    _keep(site, Changes(outcomes=(an_outcome(reason="vu avec Mme Durand"),)))

    asked = _agents(site, "forget", "parti", "--by", "ann")

    assert asked.code == 2
    assert "vu avec Mme Durand" in asked.out
    assert "1 texts may name parti, or somebody else with the same name: nothing was erased" in asked.err
    assert "DURAND Zoé" in str(journal_of(site.main))
    assert _agents(site, "forget", "parti", "--by", "ann", "--unclear", "perhaps").code == 2
    assert _agents(site, "forget", "parti", "--by", "ann", "--unclear", "erase").code == 0
    assert "durand" not in str(journal_of(site.main)).lower()


def test_somebody_who_is_not_known_is_looked_for_under_the_names_that_are_given(site):
    """G2: nobody is said to be forgotten of whom only one name is known."""
    _keep(site, Changes(roster=a_roster("léa"), outcomes=(an_outcome(reason="DURAND Zoé, zdurand"),)))

    assert _agents(site, "forget", "zdurand").code == 2
    ended = _agents(site, "forget", "zdurand", "--also", "Zoé Durand", "--by", "ann")

    assert ended.code == 0
    pseudonym = naming_of(site.load()).of("zdurand")
    assert journal_of(site.main)[1]["reason"] == f"{pseudonym}, {pseudonym}"


def test_no_export_and_no_report_names_who_was_forgotten(site):
    """G2: all that commands say afterwards, also with names and in free words."""
    _years_ago(site)
    _run_by_zoe(site)
    reports = ("report surge --names", "report surge --json --names")
    exports = ("report journal --offline --json", "agent list --offline --json")
    said = [_say(site, words) for words in (*reports, *exports)]
    assert sum("durand" in text.lower() for text in said) == 3, "there was something to erase"

    assert _agents(site, "forget", "parti", "--by", "ann", "--reason", "Zoé Durand a demandé").code == 0

    for words in (*reports, *exports):
        text = _say(site, words).lower()
        assert [name for name in ("durand", "id-parti", "id-before", "parti@") if name in text] == [], words


def _say(site: Site, words: str) -> str:
    return bascule(*words.split(), "--config", str(site.main)).said


def _run_by_zoe(site: Site) -> None:
    run = SurgeRun.begun("night", NOON, number=1)
    for state in (SurgeState.PAUSED, SurgeState.ENDED):
        run = moved(run, state, by="DURAND Zoé", at=NOON)
        _keep(site, Changes(surge=SurgeChange(run=run, what="x", by="DURAND Zoé", at=NOON, why="vu avec Zoe Durand")))
