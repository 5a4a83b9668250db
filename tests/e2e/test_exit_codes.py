"""D5: `status` ends with 1 when something is not as it should be, so that a script need not read the table."""

from contextlib import closing

import pytest

from provisioner.adapters.sql.store import SqlStore
from provisioner.cli.clocks import TWIN_STATE
from provisioner.daemon.composition import outside_of
from provisioner.model.ids import ClusterId, DesktopName, NodeName, ProfileName, Vmid
from provisioner.model.machines.desktops import Attempts, Reservation
from provisioner.model.machines.seats import seat_of
from provisioner.settings.bascule import load_settings
from tests.builders.cli import Ended, bascule
from tests.builders.records import a_step
from tests.builders.store import NOON, StillClock
from tests.e2e.switch import Switch

pytestmark = pytest.mark.real

AGENTS = 4
REASON = "gave up after 2 tries: no physical interface on bridge 'vmbr7'"


@pytest.fixture(scope="module")
def switch(tmp_path_factory: pytest.TempPathFactory):
    with Switch(tmp_path_factory.mktemp("site"), agents=AGENTS, scale=1) as switch:
        switch.change_config(lambda document: document.pop("scenario"))
        yield switch


def status(switch: Switch, *words: str) -> Ended:
    return bascule("status", "--offline", *words, "--config", str(switch.config), **{TWIN_STATE: str(switch.twin.state_file)})


def keep(switch: Switch, *, failed: int, superseded: int = 0) -> None:
    """A store in which the desktops of so many agents were given up; so many of them have another by now."""
    switch.forget()
    settings = load_settings(switch.config, environment={})
    with closing(outside_of(settings, clock=StillClock(), on_call=lambda _: None)) as outside:
        roster = outside.directory.read()
    reserved = [
        Reservation(
            name=DesktopName(f"vd-{vmid}"),
            cluster=ClusterId(next(iter(settings.clusters))),
            vmid=Vmid(vmid),
            profile=ProfileName("standard"),
            seat=seat_of(agent),
            address=f"10.40.0.{vmid - 10_000 + 10}",
            node=NodeName("pve01"),
            reserved_at=NOON,
        )
        for vmid, agent in enumerate([*roster.agents, *list(roster.agents)[:superseded]], 10_001)
    ]
    gave_up = Attempts(count=2, reason=REASON, gave_up=True)
    with closing(SqlStore(settings.store.url, clock=StillClock())) as store:
        store.claim()
        store.commit(
            a_step(
                roster=roster,
                baseline_accepted=True,
                reserved=tuple(reserved),
                attempts={reservation.name: gave_up for reservation in reserved[:failed]},
                superseded={reserved[n].name: reserved[AGENTS + n].name for n in range(superseded)},
            )
        )


def test_everything_failed_is_no_success(switch: Switch):
    """D5: every desktop was given up."""
    keep(switch, failed=AGENTS)

    ended, programs = status(switch), status(switch, "--json")

    assert (ended.code, programs.code) == (1, 1)
    said = f"{AGENTS} desktops have failed: `bascule desktop list` says why; `bascule desktop retry` tries again"
    assert said in ended.out
    assert [reason["text"] for reason in programs.document["status"]["wrong"]] == [said]


def test_nothing_failed_is_a_success(switch: Switch):
    """D5: desktops that are still to be made are not a fault."""
    keep(switch, failed=0)

    assert status(switch).code == 0


def test_what_has_another_in_its_place_is_a_success(switch: Switch):
    """D5: the desktop that its agent has counts."""
    keep(switch, failed=1, superseded=1)

    assert status(switch).code == 0
