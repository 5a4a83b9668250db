"""Issue 35, point 3: who else moves our VMs while a node is evacuated. HA, CRS and a balancer, on the twin.

What Proxmox VE says of a move was not recorded: it is *assumed* from the source of qemu-server and pve-ha-manager.
"""

from dataclasses import dataclass, field

import pytest

from provisioner.model.actions import Outcome, Result
from provisioner.model.ids import ClusterId, NodeKey, NodeName
from provisioner.model.intents import Intent, IntentKind
from provisioner.planning.steps.evacuate import MOVES
from provisioner.pve.wire import ApiRequest, ApiResponse
from provisioner.reasons.reason import act_of
from provisioner.reconciler import run
from provisioner.reconciler.orders import Withdrawal
from provisioner.rehearsal.rehearse import Rehearsal
from provisioner.twin.api.endpoints.ha_manager import join
from provisioner.views.nodes import nodes_document
from tests.builders.rehearsal import a_stage
from tests.builders.twin import a_spec

pytestmark = pytest.mark.long
AWAY = NodeKey(ClusterId("lab"), NodeName("pve1"))
_EVENING_S = 2400.0


@dataclass
class Heard:
    """The ends of moves, in order."""

    moves: list[Outcome] = field(default_factory=list)

    def outcome(self, outcome: Outcome) -> None:
        self.moves += [outcome] if outcome.action == "migrate" else []

    def api_call(self, call: object) -> None: ...

    def directory_read(self, roster: object, error: str) -> None: ...

    def status(self, status: object) -> None: ...

    def notice(self, subject: str, text: str) -> None: ...


class Evening(Rehearsal):
    """Four desktops on three nodes that share their storage; then pve1 is evacuated."""

    def __init__(self, agents: int = 4) -> None:
        self.heard = Heard()
        super().__init__(a_stage(a_spec(nodes=3, shared=True), agents=agents, listeners=(self.heard,)))
        self.run()
        self.twin = self.twins[AWAY.cluster]
        self.there = sorted(guest.vmid for guest in self.twin.cluster.guests.values() if guest.desktop and guest.node == "pve1")
        assert self.there
        self.balances = True

    def evacuate(self) -> "Evening":
        order = Intent(kind=IntentKind.EVACUATE, by="zoe", at=self.events.now, target=str(AWAY))
        assert not self.reconciler.obey(order)
        return self

    def take_back(self) -> "Evening":
        """`bascule node uncordon`."""
        assert not self.reconciler.obey(Withdrawal(kind=IntentKind.EVACUATE, by="zoe", at=self.events.now, target=str(AWAY)))
        return self

    def wait(self, seconds: float) -> "Evening":
        until = self.events.now + seconds
        run(self.reconciler, self.calls, until=lambda: self.events.now >= until)
        return self

    def balancer(self, *, every_s: float, home: str = "pve1") -> None:
        """Something that wants them on pve1, and looks now and then."""

        def look() -> None:
            for vmid in self.there if self.balances else ():
                self.order_move(vmid, home)
            self.events.after(every_s, look)

        look()

    def order_move(self, vmid: int, target: str) -> None:
        """By somebody else."""
        guest = self.twin.cluster.guests[vmid]
        if guest.node == target or guest.lock:
            return
        path = f"/nodes/{guest.node}/qemu/{vmid}/migrate"
        params = {"target": target, "online": int(guest.running)}
        self.twin.request(ApiRequest(method="POST", path=path, endpoint=path, params=params), _ignored)

    def nodes(self) -> set[str]:
        return {self.twin.cluster.guests[vmid].node for vmid in self.there}

    @property
    def waits(self) -> dict[str, str]:
        assert self.reconciler.status is not None
        return {each.what: str(each.reason) for each in self.reconciler.status.plan.singles}

    def all_is_well(self) -> None:
        truth = self.twin.truth()
        assert (truth.duplicates, len(truth.orphans)) == (0, 0)
        assert sum(guest.ready for guest in self.twin.cluster.guests.values() if guest.desktop) == 4


def _ignored(_: ApiResponse) -> None:
    """Whoever else asks."""


def test_without_anybody_else_each_is_moved_once():
    evening = Evening().evacuate().wait(900)

    assert "pve1" not in evening.nodes()
    assert len(evening.heard.moves) == len(evening.there)
    evening.all_is_well()


def test_a_balancer_that_moves_them_back_is_followed_three_times_and_then_it_is_said():
    """No ping-pong without end: each move interrupts people for a moment."""
    evening = Evening()
    evening.balancer(every_s=60.0)

    evening.evacuate().wait(_EVENING_S)

    done = [move.desktop for move in evening.heard.moves if move.result is Result.DONE]
    assert max(map(done.count, done)) == MOVES
    for vmid in evening.there:
        assert "something else moves it back" in evening.waits[f"vd-{vmid}"]
    evening.all_is_well()


def test_another_order_tries_again_and_stays_once_the_balancer_leaves_them_out():
    evening = Evening()
    evening.balancer(every_s=60.0)
    evening.evacuate().wait(_EVENING_S)
    evening.balances = False

    evening.take_back().evacuate().wait(600)

    assert "pve1" not in evening.nodes()


def test_who_is_moved_back_at_once_is_not_waited_for_for_an_hour():
    """Between two observations it is there again: the task has ended well, and nothing shows it."""
    evening = Evening()
    evening.balancer(every_s=1.0)

    evening.evacuate().wait(1200)

    assert all("something else moves it back" in evening.waits.get(f"vd-{vmid}", "") for vmid in evening.there), evening.waits
    evening.all_is_well()


def test_a_scheduler_that_moves_one_on_to_a_third_node_has_not_undone_it():
    """CRS moves it once more: away is away."""
    evening = Evening()

    def on() -> None:
        for vmid in evening.there:
            guest = evening.twin.cluster.guests[vmid]
            if guest.node not in ("pve1", "pve3"):
                evening.order_move(vmid, "pve3")
        evening.events.after(0.5, on)

    on()
    evening.evacuate().wait(900)

    assert evening.nodes() == {"pve3"}
    assert {move.result for move in evening.heard.moves} == {Result.DONE}
    evening.all_is_well()


def test_what_ha_has_is_left_to_it_and_what_to_do_is_said():
    evening = Evening()
    for vmid in evening.there:
        join(evening.twin.cluster, evening.twin.cluster.guests[vmid])

    evening.evacuate().wait(300)

    assert evening.nodes() == {"pve1"}
    assert not evening.heard.moves
    for vmid in evening.there:
        assert "ha-manager crm-command node-maintenance enable pve1" in _act(evening, f"vd-{vmid}")


def test_what_ha_takes_over_between_look_and_order_goes_by_hamigrate_and_is_ordered_once():
    """Its task only notes the request: it has ended before the VM has moved."""
    evening = Evening().evacuate()
    cluster = evening.twin.cluster
    request = evening.twin.api.request

    def taken_over(sent: ApiRequest, reply, *, auth=None) -> None:
        if sent.method == "POST" and sent.path.endswith("/migrate"):
            join(cluster, cluster.guests[int(sent.path.split("/")[4])])
        request(sent, reply, auth=auth)

    evening.twin.api.request = taken_over  # type: ignore[method-assign]
    evening.wait(900)

    kinds = [line.split()[2] for line in evening.twin.log if "migrate" in line and " task " in f" {line} "]
    assert kinds.count("hamigrate") == len(evening.there)
    assert "pve1" not in evening.nodes()
    assert {move.result for move in evening.heard.moves} == {Result.DONE}
    evening.all_is_well()


def _act(evening: Evening, desktop: str) -> str:
    assert evening.reconciler.status is not None
    (reason,) = (each.reason for each in evening.reconciler.status.plan.singles if each.what == desktop)
    return str(act_of(reason))


def test_k6_of_a_paused_evacuation_the_pause_is_named_first():
    """Twelve of sixteen waited "after others", and these for the quorum: `node list` named the others."""
    evening = Evening(agents=60).evacuate().wait(20)
    evening.twin.cluster.quorate = False

    evening.wait(60)

    assert evening.reconciler.status is not None
    stay = nodes_document(evening.reconciler.status).nodes[0].stay
    assert [count.example.code for count in stay] == ["cut", "move_after_others"]
    assert stay[0].count < stay[1].count
