"""A node is evacuated: refused where the others cannot hold it, and done once however often the daemon is killed."""

from dataclasses import replace

import pytest

from provisioner.model.commands import Observe
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.machines.cluster import Power
from tests.builders.cluster import NOW, a_profile, a_storage, a_template
from tests.builders.core import a_config, a_session
from tests.builders.reconciler import Cluster, ready

PROFILE = a_profile(templates=(a_template("n1", storage="ceph"),))


class Shared(Cluster):
    """One storage for all nodes; a move takes effect at once, and its QEMU process is new."""

    shared = True

    def view(self, look: Observe, at: float):
        storages = tuple(a_storage(name, storage="ceph", shared=self.shared) for name in self.online)
        return replace(super().view(look, at), storages=storages)

    def do(self, action, at):
        if action.word == "migrate":
            self.move(action.key.vmid, action.target)
            if self.guests[action.key.vmid].power is Power.RUNNING:
                self.booted[action.key.vmid] = at
            return f"UPID:migrate:{action.key.vmid}"
        return super().do(action, at)

    def come_out(self) -> None:
        """A clone is moved to its node at its end."""
        for task in self.tasks:
            vmid = int(task.upid.rsplit(":", 1)[-1])
            self.move(vmid, self.notes[vmid].node)
        super().come_out()

    def report(self, vmid: int, at: float):
        """The system inside goes on: it was booted long ago."""
        return replace(super().report(vmid, at), booted_at=NOW, ready_at=NOW + 50)


def a_site(agents=6, cluster=None):
    return ready(agents, clusters=[cluster or Shared()], config=a_config(PROFILE))


def evacuate(node="pve/n1"):
    return Intent(kind=IntentKind.EVACUATE, by="zoe", at=NOW, target=node)


def on(site, node):
    return sorted(vmid for vmid, guest in site.cluster.guests.items() if guest.node == node and not guest.template)


def test_all_desktops_are_moved_and_stay_ready_with_their_sessions():
    site = a_site()
    there = on(site, "n1")
    site.cluster.sessions[there[0]] = (a_session(),)
    assert len(there) == 3

    assert site.reconciler.obey(replace(evacuate(), at=site.clock.at)) == ""
    site.settle(cycles=10)

    assert (on(site, "n1"), len(on(site, "n2"))) == ([], 6)
    assert set(site.phases.values()) == {"ready"}
    assert sum(len(desktop.sessions or ()) for desktop in site.status.desktops.values()) == 1
    words = [outcome.action for outcome in site.heard.outcomes]
    assert (words.count("migrate"), words.count("stop"), words.count("ready")) == (3, 0, 6)


def test_each_is_moved_once_however_often_the_daemon_is_killed():
    site = a_site()
    site.reconciler.obey(replace(evacuate(), at=site.clock.at))
    moved = []
    for _ in range(12):
        actions = site.look(after=20)
        moved += [action.desktop for action in actions if action.word == "migrate"]
        site.carry_out(actions)
        site.restart()

    assert sorted(moved) == sorted(set(moved))
    assert (on(site, "n1"), len(moved)) == ([], 3)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param(lambda site: site.cluster.online.update(n1=False), "evacuate_node_away", id="the node is offline"),
        pytest.param(lambda site: site.cluster.online.update(n2=False), "evacuate_no_other_node", id="the other is offline"),
        pytest.param(lambda site: setattr(site.cluster, "shared", False), "evacuate_none_can_move", id="local disks"),
    ],
)
def test_what_cannot_be_evacuated_is_refused(change, code):
    site = a_site()
    change(site)
    site.settle(cycles=2)

    assert site.reconciler.obey(replace(evacuate(), at=site.clock.at)).code == code


def test_what_does_not_fit_on_the_others_is_refused_with_the_numbers():
    site = a_site()
    status = site.reconciler.status
    nodes = {key: replace(left, memory_mib=4096.0) for key, left in status.headroom.nodes.items()}
    site.reconciler.board.status = replace(status, headroom=replace(status.headroom, nodes=nodes))

    refused = site.reconciler.obey(replace(evacuate(), at=site.clock.at))

    assert (refused.code, refused.arguments["fit"], refused.arguments["count"]) == ("evacuate_too_much", 1, 3)
