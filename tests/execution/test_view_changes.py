"""What guest reports and cluster views change in the store."""

from dataclasses import replace

import pytest

from provisioner.execution.view_changes import view_changes
from provisioner.model.actions import Result
from provisioner.model.ids import Vmid
from provisioner.model.machines.cluster import Power
from provisioner.model.machines.desktops import Phase
from tests.builders.actions import a_key, a_name, a_start, nothing_in_flight
from tests.builders.cluster import INSTALLATION, NOW, a_view
from tests.builders.core import RUNNING_SINCE, a_desktop, a_memory, a_report
from tests.builders.execution import TRIED_ONCE, effects_on
from tests.builders.records import changes_by_part

STARTING = a_desktop(1, Phase.STARTING).but(attempts=TRIED_ONCE)


def test_a_desktop_becomes_ready_once():
    report = a_report(read_at=NOW, ready_at=NOW - 2)

    changes = effects_on(a_memory([STARTING]), report=(a_name(), report))

    (outcome,) = changes.outcomes
    assert (outcome.action, outcome.result) == ("ready", Result.DONE)
    assert (outcome.started_at, outcome.ended_at) == (STARTING.started_at, NOW - 2)
    assert (changes.reports, changes.attempts) == ({a_name(): report}, {a_name(): None})


@pytest.mark.parametrize(
    ("report", "started_at", "ended_at"),
    [
        pytest.param(a_report(read_at=NOW, ready_at=NOW + 3600), NOW - 12, NOW, id="the guest's clock is ahead"),
        pytest.param(a_report(read_at=NOW, ready_at=NOW - 3600), NOW - 12, NOW - 12, id="the guest's clock is behind"),
        pytest.param(a_report(read_at=NOW, ready_at=None), NOW - 12, NOW, id="it does not say when"),
    ],
)
def test_becoming_ready_is_dated_sensibly_whatever_the_guests_clock(report, started_at, ended_at):
    (outcome,) = effects_on(a_memory([STARTING]), report=(a_name(), report)).outcomes

    assert (outcome.started_at, outcome.ended_at) == (started_at, ended_at)


def test_a_desktop_adopted_while_it_runs_has_no_start_to_count_from():
    adopted = a_desktop(1, Phase.STARTING).but(started_at=None)

    (outcome,) = effects_on(a_memory([adopted]), report=(a_name(), a_report(read_at=NOW, ready_at=NOW - 2))).outcomes

    assert (outcome.started_at, outcome.ended_at) == (NOW - 2, NOW - 2)


@pytest.mark.parametrize(
    ("desktops", "report", "kept"),
    [
        pytest.param([a_desktop(1)], a_report(read_at=NOW), True, id="ready before: only its report is newer"),
        pytest.param([STARTING], a_report(logon_port_open=False), True, id="not ready yet: its report is kept"),
        pytest.param([], a_report(), False, id="released meanwhile: nothing is kept"),
    ],
)
def test_a_report_that_makes_no_desktop_ready(desktops, report, kept):
    changes = effects_on(a_memory(desktops), report=(a_name(), report))

    assert changes.reports == ({a_name(): report} if kept else {})
    assert (changes.outcomes, changes.attempts) == ((), {})


OFF = a_desktop(1).guest
OFF = replace(OFF, power=Power.STOPPED)


@pytest.mark.parametrize(
    ("ready", "view", "in_flight", "void"),
    [
        pytest.param(a_desktop(1), a_view(guests=(OFF,)), nothing_in_flight(), True, id="off: its last report is void"),
        pytest.param(a_desktop(1), a_view(guests=(a_desktop(1).guest,)), nothing_in_flight(), False, id="it runs"),
        pytest.param(a_desktop(1), a_view(), nothing_in_flight(), False, id="not to be seen"),
        pytest.param(a_desktop(1), a_view(guests=(OFF,)), {a_key(): a_start()}, False, id="being started"),
        pytest.param(
            a_desktop(1),
            a_view(guests=(OFF,), taken_at=RUNNING_SINCE + 15),
            nothing_in_flight(),
            False,
            id="started so lately that the listing may be older",
        ),
        pytest.param(a_desktop(1), a_view(guests=(OFF,), cluster="lyon"), nothing_in_flight(), False, id="another cluster"),
    ],
)
def test_a_desktop_seen_off_has_no_boot(ready, view, in_flight, void):
    records = a_memory([ready]).desktops
    changes = changes_by_part(view_changes([view], a_memory([ready]), in_flight, installation=INSTALLATION), records)

    nothing = {a_name(): None} if void else {}
    assert (changes.reports, changes.started) == (nothing, nothing)


BARE = replace(OFF, tags=frozenset())
GONE, HIDDEN = (replace(a_view(), existence={Vmid(5001): there}) for there in (False, True))


@pytest.mark.parametrize(
    ("view", "in_flight", "fresh", "void"),
    [
        pytest.param(GONE, nothing_in_flight(), True, True, id="gone: whatever comes next under its VMID is another"),
        pytest.param(GONE, {a_key(): a_start()}, True, True, id="gone while it was being started"),
        pytest.param(a_view(), nothing_in_flight(), True, False, id="not listed: whether it is there is asked first"),
        pytest.param(HIDDEN, nothing_in_flight(), True, False, id="not listed, and there all the same"),
        pytest.param(a_view(guests=(BARE,)), nothing_in_flight(), False, True, id="without our tag: perhaps another"),
        pytest.param(a_view(guests=(BARE,)), nothing_in_flight(), True, False, id="without our tag yet, proven just now"),
        pytest.param(a_view(guests=(OFF,)), nothing_in_flight(), False, False, id="with our tag"),
        pytest.param(a_view(cluster="lyon"), nothing_in_flight(), False, False, id="another cluster"),
    ],
)
def test_a_proof_is_void_once_another_vm_may_stand_there(view, in_flight, fresh, void):
    ready = replace(a_desktop(1), reservation=replace(a_desktop(1).reservation, proven=True))

    proved = {a_name(): NOW - 5} if fresh else {a_name(): NOW - 31}
    changes = view_changes([view], a_memory([ready]), in_flight, installation=INSTALLATION, proved=proved)

    assert changes_by_part(changes, a_memory([ready]).desktops).unproven == ((a_name(),) if void else ())
