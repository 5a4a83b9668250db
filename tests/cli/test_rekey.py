"""`bascule directory rekey`: the same people under new ids, from the command through the store to the daemon's cycle."""

from contextlib import closing
from dataclasses import replace

import pytest

from provisioner.adapters.sql.store import SqlStore
from provisioner.demo.people import write_demo_directory
from provisioner.model.ids import AgentId
from provisioner.model.intents import IntentKind
from provisioner.model.people.agents import Roster
from provisioner.planning.roster.shown import shown_as
from provisioner.ports import Changes
from provisioner.settings.directory import DirectoryAttributes
from tests.builders.actions import a_reservation
from tests.builders.cli import a_lonely_site, bascule, journal_of, ordered_by
from tests.builders.cluster import NOW
from tests.builders.desk import bascule_here, ordered
from tests.builders.directory import FixedClock, a_directory
from tests.builders.reconciler import Site as Daemon
from tests.builders.records import a_step, change

PEOPLE = 40
FOUR = 4
"""As many leavers as the guard allows without an operator."""


@pytest.fixture
def site(tmp_path):
    """Forty agents in force, each with a desktop. Four had another id when they were accepted."""
    site = a_lonely_site(tmp_path, agents=PEOPLE)
    now = _read(site)
    before = [replace(agent, agent_id=_old(agent.agent_id)) for agent in sorted(now.agents.values(), key=_id)[:FOUR]]
    before += sorted(now.agents.values(), key=_id)[FOUR:]
    _keep(site, before)
    return site


def _old(agent_id):
    return AgentId(f"old-{agent_id}")


def _id(agent):
    return agent.agent_id


def _read(site):
    settings = site.load().directory
    return a_directory(urls=(), ldif=settings.ldif, base=settings.base).read()


def _store(site):
    return SqlStore(f"sqlite:///{site.folder}/bascule.db", clock=FixedClock())


def _keep(site, agents):
    roster = Roster(read_at=1.0, agents={agent.agent_id: agent for agent in agents})
    desktops = tuple(
        a_reservation(number, agent_id=agent.agent_id, profile="office", proven=True) for number, agent in enumerate(agents, 1)
    )
    with closing(_store(site)) as store:
        store.claim()
        store.commit(
            a_step(
                roster=roster,
                reserved=desktops,
                assignments={desktop.name: desktop.agent_id for desktop in desktops if desktop.agent_id},
                baseline_accepted=True,
            )
        )


def _run(site, *words):
    run = bascule_here if words[0] == "diff" else ordered
    return run(site, "directory", *words)


def _orders(site, kind=IntentKind.REKEY):
    return [intent for intent in _store(site).intents() if intent.kind is kind]


def _owners(site):
    return {reservation.agent_id for reservation in _store(site).load().reservations}


def _cycles(site):
    """Run the daemon on this store, with a cluster where every command succeeds, until nothing changes."""
    store = _store(site)
    daemon = Daemon(agents=_read(site), store=store)
    for reservation in store.load().reservations:
        daemon.cluster.notes[reservation.vmid] = reservation
    daemon.settle(cycles=4)
    daemon.store.close()
    return daemon


@pytest.mark.long
def test_diff_names_people_who_are_there_under_a_new_id_and_ends_with_1(site):
    """C2."""
    ended = _run(site, "diff")

    assert ended.code == 1
    assert "4 people under a new id: nothing is made for the new id and nothing is let go" in ended.out
    document = _run(site, "diff", "--json").document
    new = sorted(_read(site).agents)[:FOUR]
    assert [(pair["old id"], pair["new id"]) for pair in sorted(document["recreated"], key=str)] == [
        (_old(key), key) for key in new
    ]
    assert {pair["the same"] for pair in document["recreated"]} == {"login, name, mail"}
    assert {pair["differs"] for pair in document["recreated"]} == {"-"}
    assert document["unclear"] == []
    assert (document["left"], document["joined"]) == ([], [])


@pytest.mark.long
@pytest.mark.parametrize("match", [(), ("--match", "login"), ("--match", "mail"), ("--match", "employeeNumber")])
def test_rekey_orders_it_and_the_daemon_carries_everything_over(site, match):
    """C2."""
    if "employeeNumber" in match:
        _number_everybody(site)

    ended = _run(site, "rekey", "--yes", "--by", "claire", "--reason", "imported anew", *match)

    assert (ended.code, ended.err) == (0, "")
    assert "ordered: 4 agents go on under a new id" in ended.out
    (order,) = _orders(site)
    assert (order.by, order.reason, len(order.rekeys)) == (ordered_by("claire"), "imported anew", FOUR)
    assert str(journal_of(site.main)).count("4 agents go on under new ids") == 1
    daemon = _cycles(site)
    assert _owners(site) == set(_read(site).agents)
    kept = _store(site).load()
    assert kept.served == set(_read(site).agents)
    assert (_orders(site), kept.roster.rejected if kept.roster else None) == ([], ())
    assert _run(site, "diff").code == 0
    lines = journal_of(site.main)
    assert sum(line["what"] == "rekey" and line["result"] == "done" for line in lines) == FOUR
    assert daemon.cluster.guests == {}, "nothing was made"


def _number_everybody(site):
    """Give each person an employee number, in the accepted roster and in the directory."""
    text = (site.folder / "people.ldif").read_text(encoding="utf-8")
    people = text.split("\n\n")
    numbered = [f"{line}\nemployeeNumber: {index}" if "entryUUID" in line else line for index, line in enumerate(people)]
    (site.folder / "people.ldif").write_text("\n\n".join(numbered), encoding="utf-8")
    now = a_numbered_reading(site)
    before = sorted(now.agents.values(), key=_id)
    agents = [replace(agent, agent_id=_old(agent.agent_id)) for agent in before[:FOUR]] + before[FOUR:]
    with closing(_store(site)) as store:
        store.claim()
        store.commit(Changes(roster=Roster(read_at=2.0, agents={agent.agent_id: agent for agent in agents})))


def a_numbered_reading(site):
    settings = site.load().directory
    names = DirectoryAttributes(extra=("employeeNumber",))
    return a_directory(urls=(), ldif=settings.ldif, base=settings.base, attributes=names).read()


@pytest.mark.long
def test_another_agent_id_is_quarantined_shown_and_carried_over_by_the_old_id(site):
    """C2: all agents get another id; the old attribute identifies them, even if everything else has changed."""
    now = _read(site)
    _number_everybody(site)
    with closing(_store(site)) as store:
        store.claim()
        keep = {key: replace(agent, login=f"was-{agent.login}", mail="", display_name="?") for key, agent in now.agents.items()}
        owned = {
            desktop.agent_id: key for key, desktop in zip(sorted(now.agents), _in_order(store), strict=True) if desktop.agent_id
        }
        change(store, rekeyed=owned)
        store.commit(Changes(roster=Roster(read_at=3.0, agents=keep)))
    site.change("directory:\n", "directory:\n  attributes: {agent_id: employeeNumber}\n")

    ended = _run(site, "diff")
    assert ended.code == 1
    assert "quarantined: 40 of 40 entitled agents would leave" in ended.out

    assert _run(site, "rekey", "--yes", "--by", "claire").code == 1, "nobody has anything alike"
    ended = _run(site, "rekey", "--yes", "--by", "claire", "--match", "entryUUID")

    assert ended.code == 0
    (order,) = _orders(site)
    assert {rekey.old for rekey in order.rekeys} == set(now.agents)
    assert all(rekey.new.isdecimal() for rekey in order.rekeys)


def _in_order(store):
    return sorted(store.load().reservations, key=lambda reservation: reservation.name)


@pytest.mark.long
def test_ambiguous_people_are_named_and_not_carried_over(site):
    """C2: two old agents match one new entry."""
    kept = _store(site).load().roster
    assert kept is not None
    first, second, *rest = sorted(kept.agents.values(), key=_id)[-FOUR:]
    agents = {key: agent for key, agent in kept.agents.items() if key not in (first.agent_id, second.agent_id)}
    agents |= {agent.agent_id: agent for agent in (first, replace(second, login=first.login, mail=first.mail))}
    with closing(_store(site)) as store:
        store.claim()
        store.commit(Changes(roster=replace(kept, agents=agents)))

    ended = _run(site, "rekey", "--yes", "--by", "claire", "--match", "login")

    assert ended.code == 0
    assert "not carried over, for nobody can say who is who:" in ended.out
    assert f"{first.agent_id}, {second.agent_id}" in ended.out
    (order,) = _orders(site)
    assert not {rekey.old for rekey in order.rekeys} & {first.agent_id, second.agent_id}
    assert len(order.rekeys) == FOUR - 2
    assert rest


@pytest.mark.long
def test_pairs_may_be_written_down(site, tmp_path):
    """C2: for the case that only a list identifies the people, or the store was lost."""
    new = sorted(_read(site).agents)[:2]
    (tmp_path / "pairs").write_text(f"# old new\n{_old(new[0])} {new[0]}\n\n{_old(new[1])},{new[1]}\nghost {new[1]}\n")

    ended = _run(site, "rekey", "--yes", "--by", "claire", "--pairs", str(tmp_path / "pairs"))

    assert ended.code == 0
    (order,) = _orders(site)
    assert [tuple(rekey) for rekey in order.rekeys] == sorted((_old(key), key) for key in new)


@pytest.mark.long
@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        pytest.param((), 2, "--by", id="nobody answers for it"),
        pytest.param(("--by", " "), 2, "say who is responsible for the order", id="a blank"),
        pytest.param(("--by", "c", "--match", "(x=y)"), 2, "is not an attribute of a directory", id="a filter"),
        pytest.param(("--by", "c", "--match", "shoeSize"), 1, "nobody is carried over", id="an attribute that nobody has"),
        pytest.param(("--by", "c", "--pairs", "/nowhere"), 2, "cannot be read", id="no file"),
        pytest.param(("--by", "c", "--pairs", "/dev/null"), 2, "names nobody", id="an empty file"),
        pytest.param(("--by", "c", "--match", "login", "--pairs", "x"), 2, "not two of them", id="two ways"),
        pytest.param(("--by", "c", "--match", "login", "--renamed", "x"), 2, "not two of them", id="two other ways"),
        pytest.param(("--by", "c", "--renamed", "x"), 1, "nobody is carried over", id="an id that nobody doubts"),
    ],
)
def test_a_call_that_makes_no_sense_orders_nothing(site, words, code, says):
    ended = _run(site, "rekey", *words)

    assert (ended.code, says in ended.said) == (code, True)
    assert _orders(site) == []


@pytest.mark.long
def test_accept_lets_no_agent_through_who_has_a_new_id(site):
    """C2: it would make a second fleet."""
    ended = _run(site, "accept", "--yes", "--until", "2h", "--by", "claire")

    assert "4 people under a new id" in ended.out
    assert _orders(site, IntentKind.ACCEPT_DIRECTORY) == []


@pytest.mark.long
def test_distinct_says_that_somebody_is_new(site):
    """C2: the old agent leaves and the new agent joins, within the guard's limits."""
    new = sorted(_read(site).agents)[0]

    assert _run(site, "distinct", new.upper(), "--yes", "--by", "claire").code == 0

    assert [intent.target for intent in _orders(site, IntentKind.DISTINCT)] == [new]
    document = _run(site, "diff", "--json").document
    assert len(document["recreated"]) == FOUR - 1
    assert (len(document["left"]), len(document["joined"])) == (1, 1)


@pytest.mark.long
def test_an_order_that_is_outdated_when_the_daemon_runs_is_refused_with_a_reason(site):
    """C2: in the meantime one of the new ids got a desktop."""
    _run(site, "rekey", "--yes", "--by", "claire")
    new = sorted(_read(site).agents)[0]
    with closing(_store(site)) as store:
        store.claim()
        store.commit(a_step(reserved=(a_reservation(99, agent_id=new, profile="office", proven=True),)))

    daemon = _cycles(site)

    assert ("directory", f"{_old(new)} is not carried over to {new}: {new} has vd-5099 already") in daemon.heard.notices
    assert _owners(site) == set(_read(site).agents) | {_old(new)}


@pytest.mark.long
def test_status_says_who_waits_and_whose_notes_are_not_written_yet(site):
    """C2: the cluster of this site does not answer, so no note can be written."""
    write_demo_directory(site.folder / "people.ldif", PEOPLE)
    _cycles(site)
    ended = bascule("status", "--offline", "--config", str(site.main))
    assert "4 people are there under a new id: `bascule directory diff` names them" in ended.out

    _run(site, "rekey", "--yes", "--by", "claire")
    _cycles(site)

    ended = bascule("status", "--offline", "--config", str(site.main))
    assert "under a new id" not in ended.out
    assert "the notes of 4 desktops name an earlier id of the agent and are rewritten" in ended.out


@pytest.mark.long
@pytest.mark.parametrize(
    ("words", "asks"),
    [
        (("rekey",), "4 people would be the same as before, and have the desktops of these people ("),
        (("distinct", "{new}"), "would be somebody else than"),
    ],
)
def test_each_order_about_ids_shows_the_pairs_and_asks(site, words, asks):
    """G8: there is no terminal here, so nothing is ordered."""
    new = sorted(_read(site).agents)[0]

    ended = _run(site, *(word.format(new=new) for word in words), "--by", "claire")

    assert (ended.code, asks in ended.said) == (2, True)
    assert "`--yes` orders it without a question" in ended.said
    assert _old(new) in ended.said
    assert (_orders(site), _orders(site, IntentKind.DISTINCT)) == ([], [])


def _with_numbers_mixed_up(site):
    """Three agents as listed: the numbers of two were exchanged in the directory, and the third was given to somebody else."""
    _number_everybody(site)
    now = a_numbered_reading(site)
    site.change("directory:\n", "directory:\n  attributes: {agent_id: employeeNumber}\n")
    agents = sorted(now.agents.values(), key=_id)
    numbers = [AgentId(agent.attributes["employeenumber"][0]) for agent in agents]
    accepted = [replace(agent, agent_id=number, attributes={}) for agent, number in zip(agents, numbers, strict=True)]
    first, two, three = accepted[:3]
    accepted[:3] = [replace(two, agent_id=first.agent_id), replace(first, agent_id=two.agent_id)]
    accepted += [replace(three, login="gone", display_name="Long Gone", mail="gone@x.example", unit="ou=x", department="")]
    with closing(_store(site)) as store:
        store.claim()
        owned = {each.agent_id: agent.agent_id for each, agent in zip(_in_order(store), accepted, strict=True) if each.agent_id}
        change(store, rekeyed=owned)
        store.commit(Changes(roster=Roster(read_at=3.0, agents={agent.agent_id: agent for agent in accepted})))
    return first, two, replace(three, attributes={})


@pytest.mark.long
def test_another_person_under_the_same_id_is_shown_and_ordered_about(site):
    """G1: `agent_id: employeeNumber`."""
    first, two, three = _with_numbers_mixed_up(site)

    ended = _run(site, "diff")

    assert ended.code == 1
    assert "3 ids seem to show other people than before: the desktops stay with whoever had them" in ended.out
    others = {row["id"]: row for row in _run(site, "diff", "--json").document["others"]}
    assert {key: (row["known as"], row["case"]) for key, row in others.items()} == {
        first.agent_id: (two.agent_id, "exchanged or shifted"),
        two.agent_id: (first.agent_id, "exchanged or shifted"),
        three.agent_id: ("-", "another person"),
    }
    ended = _run(site, "rekey", "--renamed", three.agent_id, "--yes", "--by", "claire")
    assert (ended.code, [tuple(pair) for order in _orders(site) for pair in order.rekeys]) == (0, [(three.agent_id,) * 2])
    ended = _run(site, "distinct", three.agent_id, "--by", "claire")
    waits = f"an order about {three.agent_id} by {ordered_by('claire')} waits for the next reading: the new one takes its place"
    assert waits in ended.said
    assert f"{three.login} ({three.agent_id}) would be somebody else than gone: gone leaves" in ended.said
    (site.folder / "pairs").write_text(f"{first.agent_id} {two.agent_id}\n{two.agent_id} {first.agent_id}\n")
    assert _run(site, "rekey", "--pairs", str(site.folder / "pairs"), "--yes", "--by", "claire").code == 0
    assert {order.target: {tuple(pair) for pair in order.rekeys} for order in _orders(site)} == {
        "": {(first.agent_id, two.agent_id), (two.agent_id, first.agent_id)},
        three.agent_id: {(three.agent_id,) * 2},
    }


def _put_in_force(site, agent, **changed):
    """As the daemon does with the next reading."""
    with closing(_store(site)) as store:
        store.claim()
        if changed:
            change(store, **changed)
        roster = store.load().roster
        store.commit(Changes(roster=replace(roster, read_at=4.0, agents=dict(roster.agents) | {agent.agent_id: agent})))


@pytest.mark.long
def test_a_rename_that_was_carried_out_is_shown_and_taken_back(site):
    """G8: the question was about nobody, and the order did nothing."""
    _, _, three = _with_numbers_mixed_up(site)
    _put_in_force(site, three)

    ended = _run(site, "distinct", three.agent_id, "--by", "claire")

    (desktop,) = (each.name for each in _store(site).load().reservations if each.agent_id == three.agent_id)
    assert (
        f"{three.login} ({three.agent_id}) was declared to be the same person as gone, and has {desktop} of gone" in ended.said
    )
    assert "This is taken back: gone leaves" in ended.said
    assert _run(site, "distinct", three.agent_id, "--yes", "--by", "claire").code == 0
    (order,) = _orders(site, IntentKind.DISTINCT)
    gone = replace(three, login="gone", display_name="Long Gone", mail="gone@x.example")
    assert (order.target, order.terms.shown) == (three.agent_id, shown_as(three, gone))


@pytest.mark.long
@pytest.mark.parametrize("used", [False, True])
def test_a_distinct_that_was_carried_out_is_shown_and_taken_back_while_the_second_desktop_is_empty(site, used):
    """G8."""
    _, _, three = _with_numbers_mixed_up(site)
    former = AgentId(f"{three.agent_id}~former-1")
    second = a_reservation(99, agent_id=three.agent_id, profile="office", proven=True)
    _put_in_force(site, three, rekeyed={three.agent_id: former})
    with closing(_store(site)) as store:
        store.claim()
        reserved = a_step(reserved=(replace(second, reserved_at=NOW),)).desktops
        store.commit(Changes(desktops={second.name: replace(reserved[second.name], logged_on=used)}))

    ended = _run(site, "rekey", "--renamed", three.agent_id, "--yes", "--by", "claire")

    if used:
        assert (ended.code, _orders(site)) == (1, [])
        assert f"{three.agent_id} has vd-5099 already, and somebody may have been logged on to it: move its files" in ended.said
        return
    (first,) = (each.name for each in _store(site).load().reservations if each.agent_id == former)
    said = f"was declared to be somebody else than gone. This is taken back: {three.login} has {first} again"
    assert (ended.code, said in ended.said) == (0, True)
    (order,) = _orders(site)
    assert (order.target, order.rekeys) == (three.agent_id, ((former, three.agent_id), (three.agent_id, three.agent_id)))


@pytest.mark.long
@pytest.mark.parametrize(
    ("which", "says"),
    [("nobody", "nobody is listed under nobody: no order was given"), ("", "no roster that is kept shows another person")],
)
def test_distinct_of_somebody_whom_nobody_doubts_orders_nothing_and_says_what_else_to_do(site, which, says):
    """G8: an order about whoever comes next answered a question that nobody had asked."""
    well = sorted(_read(site).agents)[-1]

    ended = _run(site, "distinct", which or well, "--yes", "--by", "claire")

    assert (ended.code, says in ended.said, _orders(site, IntentKind.DISTINCT)) == (1, True, [])
    assert which or f"`bascule desktop quarantine {_desktop_of(site, well)}` keeps that desktop as it is" in ended.said


def _desktop_of(site, agent_id):
    return next(each.name for each in _store(site).load().reservations if each.agent_id == agent_id)
