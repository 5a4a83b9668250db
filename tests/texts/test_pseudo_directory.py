"""`bascule directory` is translated, except for ids, names and values."""

import re
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from provisioner.adapters.sql.store import SqlStore
from provisioner.demo.people import PEOPLE_BASE, demo_people, write_demo_directory
from provisioner.model.ids import AgentId
from provisioner.model.people.agents import Agent, Roster
from tests.builders.actions import a_reservation
from tests.builders.cli import a_lonely_site, ordered_by
from tests.builders.desk import a_daemon
from tests.builders.directory import FixedClock, a_directory
from tests.builders.pseudo import pseudo, untranslated
from tests.builders.records import a_step
from tests.builders.settings import Site

PEOPLE = 30
UUID = re.compile(r"(old-)?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NAMES = {
    *(name for person in demo_people(PEOPLE) for name in (person.given_name, person.surname, person.login)),
    *(value for person in demo_people(PEOPLE) for value in (person.department, person.site)),
    *(
        PEOPLE_BASE,
        "services",
        "other",
        "Other",
        "entryUUID",
        "pairs.txt",
        "No such file or directory",
        "Errno",
        ordered_by("claire"),
        "Europe",
        "Paris",
    ),
}
"""Names, also of the zone, the beginning of a group's name, and words of the operating system."""
CALL = {"bascule", "directory", "Usage", "OPTIONS", "TEXT", "ID"}
"""Words that a complaint about the command line quotes."""


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Thirty agents in force: three with another id before, one with another name before, and two with the same login."""
    site = a_lonely_site(tmp_path, agents=PEOPLE)
    agents = sorted(_read(site).agents.values(), key=lambda agent: agent.agent_id)
    former = [replace(agent, agent_id=AgentId(f"old-{agent.agent_id}")) for agent in agents[:3]]
    twins = [replace(agents[3], agent_id=AgentId(f"0{number}")) for number in range(2)]
    renamed = replace(agents[4], login="other", display_name="Other", unit="x", department="y", site="z")
    _keep(site, [*former, *twins, renamed, *agents[5:]])
    return site


def _read(site: Site) -> Roster:
    settings = site.load().directory
    return a_directory(urls=(), ldif=settings.ldif, base=settings.base).read()


def _keep(site: Site, agents: list[Agent]) -> None:
    roster = Roster(read_at=1.0, agents={agent.agent_id: agent for agent in agents})
    desktops = tuple(
        a_reservation(number, agent_id=agent.agent_id, profile="office", proven=True) for number, agent in enumerate(agents, 1)
    )
    with closing(SqlStore(f"sqlite:///{site.folder}/bascule.db", clock=FixedClock())) as store:
        store.claim()
        store.commit(a_step(roster=roster, reserved=desktops, baseline_accepted=True))


def _untranslated(site: Site, *words: str, code: int) -> list[str]:
    """The untranslated words of a run that ends with this exit code."""
    with a_daemon(site) as at:
        ended = pseudo("directory", *words, "--config", str(site.main), BASCULE_SOCKET=str(at))
    assert ended.code == code, ended.said
    return untranslated(UUID.sub("", ended.out + ended.err).replace(str(site.folder), ""), names=NAMES)


@pytest.mark.long
def test_diff_of_people_under_new_ids_and_of_renamed_people(site: Site) -> None:
    assert _untranslated(site, "diff", "--all", code=1) == []


@pytest.mark.long
@pytest.mark.parametrize("count", [PEOPLE - 1, 5])
def test_diff_and_accept_of_people_who_leave(site: Site, count: int) -> None:
    agents = _read(site).agents.values()
    _keep(site, [*agents])
    write_demo_directory(site.folder / "people.ldif", count)

    assert _untranslated(site, "diff", code=0 if count > 5 else 1) == []
    assert _untranslated(site, "accept", "--yes", "--until", "2h", "--by", "claire", code=0) == []
    assert _untranslated(site, "diff", code=0) == []


@pytest.mark.long
def test_diff_of_a_site_without_a_roster(tmp_path: Path) -> None:
    assert _untranslated(a_lonely_site(tmp_path), "diff", code=0) == []


@pytest.mark.long
def test_rekey_and_distinct(site: Site) -> None:
    assert _untranslated(site, "rekey", "--yes", "--by", "claire", code=0) == []
    assert _untranslated(site, "distinct", "00", "--yes", "--by", "claire", code=1) == []


@pytest.mark.long
@pytest.mark.parametrize(
    "words",
    [
        ("accept", "--by", "claire"),
        ("accept", "--until", "2h", "--by", " "),
        ("accept", "--until", "0s", "--by", "claire"),
        ("accept", "--yes", "--until", "8d", "--by", "claire"),
        ("accept", "--until", "12", "--by", "claire"),
        ("rekey", "--by", " "),
        ("rekey", "--by", "claire", "--match", "(=)"),
        ("rekey", "--by", "claire", "--pairs", "pairs.txt"),
        ("rekey", "--by", "claire", "--match", "login", "--pairs", "pairs.txt"),
        ("distinct", "--by", "claire"),
    ],
)
def test_a_call_that_makes_no_sense(site: Site, words: tuple[str, ...]) -> None:
    assert set(_untranslated(site, *words, code=2)) <= {words[0], *CALL}
