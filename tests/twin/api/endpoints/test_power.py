"""Power, boots and the answers of the guest agent meanwhile. Texts are as recorded on pve-manager 9.2.11."""

import json
from dataclasses import replace
from itertools import pairwise

import pytest

from provisioner.model.machines.twin_spec import DeadGuestAgents, GuestSpec, LogOns
from provisioner.model.status_document import parse_status
from tests.builders.twin import EXACT, NODE, STORAGE, TEMPLATE, Lab, a_spec

VM = f"/nodes/{NODE}/qemu/101"
FILE_READ = f"{VM}/agent/file-read"


def test_a_desktop_alone_is_ready_after_its_start_boot_and_first_boot() -> None:
    lab = Lab().cloned(101)
    assert lab.start(101) == "OK"
    started = lab.events.now

    lab.wait(40 + 7.9)
    assert lab.truth.ready == 0
    lab.wait(0.2)
    assert lab.truth.ready == 1
    assert lab.twin.log[-1] == f"{started + 48 - lab.begin:.3f} guest 101 on {NODE}: ready"


@pytest.mark.parametrize(
    ("boots", "seconds"),
    [
        pytest.param(1, 40, id="alone"),
        pytest.param(8, 40, id="eight do not disturb each other"),
        pytest.param(16, 80, id="sixteen share the work of eight"),
        pytest.param(24, 24 * 40 / 8 / 0.92, id="beyond sixteen each costs one per cent of the throughput"),
    ],
)
def test_boots_share_a_node(boots: int, seconds: float) -> None:
    lab = Lab().cloned(*range(101, 101 + boots))
    for vmid in range(101, 101 + boots):
        lab.send("POST", f"/nodes/{NODE}/qemu/{vmid}/status/start")
    while lab.truth.ready < boots:
        lab.events.step()

    started = min(guest.started_at for guest in lab.twin.cluster.guests.values() if guest.running)
    assert lab.events.now - started == pytest.approx(seconds + 8, rel=0.02)


def test_a_desktop_that_is_stopped_leaves_its_share_to_the_others() -> None:
    lab = Lab(a_spec(durations=replace(EXACT, boots_width=1))).cloned(101, 102)
    lab.start(101)
    lab.start(102)
    lab.do("POST", f"/nodes/{NODE}/qemu/102/status/stop")

    lab.wait(52)

    assert lab.truth.ready == 1


def test_a_restart_is_a_new_boot() -> None:
    lab = Lab().cloned(101)
    lab.start(101)
    lab.wait(60)
    first = read_status(lab)
    assert lab.do("POST", f"{VM}/status/reboot") == "OK"

    assert lab.truth.ready == 0
    lab.wait(60)
    second = read_status(lab)
    assert second["booted_at"] > first["ready_at"]
    assert second["first_boot"] == "done"


def test_the_status_document_tells_what_the_desktop_is_at() -> None:
    lab = Lab(a_spec(log_ons=LogOns(concurrent=1, spread_s=0.0))).cloned(101)
    lab.start(101)
    lab.wait(41)
    early = parse_status(lab.get(FILE_READ, file="/run/bascule/status.json")["content"], read_at=lab.events.now, source="x")
    lab.wait(10)
    answer = lab.get(FILE_READ, file="/run/bascule/status.json")
    late = parse_status(answer["content"], read_at=lab.events.now, source="x")

    assert (early.ready, early.logon_port_open, early.sessions) == (False, False, ())
    assert late.ready
    assert [session.login for session in late.sessions] == ["agent101"]
    assert answer["bytes-read"] == len(answer["content"])


@pytest.mark.parametrize(
    ("running", "agent", "reason", "seconds"),
    [
        pytest.param(False, "1", "VM 101 is not running", 0.0, id="stopped: at once"),
        pytest.param(True, "0", "No QEMU guest agent configured", 0.0, id="not configured: at once"),
        pytest.param(True, "1", "QEMU guest agent is not running", 3.0, id="not up yet: after three seconds"),
    ],
)
@pytest.mark.parametrize(
    ("method", "command"), [("GET", "file-read"), ("POST", "ping"), ("GET", "get-users"), ("GET", "network-get-interfaces")]
)
def test_agent_errors(running: bool, agent: str, reason: str, seconds: float, method: str, command: str) -> None:
    lab = Lab().cloned(101)
    lab.ask("PUT", f"{VM}/config", agent=agent)
    if running:
        lab.start(101)
    asked_at = lab.events.now

    answer = lab.ask(method, f"{VM}/agent/{command}")

    assert (answer.status, answer.reason) == (500, reason)
    assert lab.events.now - asked_at == pytest.approx(seconds, abs=0.06)


def test_a_dead_guest_agent_never_answers_though_the_desktop_is_ready() -> None:
    lab = Lab(a_spec(faults=[DeadGuestAgents(share=1.0)])).cloned(101)
    lab.start(101)
    lab.wait(60)

    assert lab.truth.ready == 1
    assert lab.ask("POST", f"{VM}/agent/ping").reason == "QEMU guest agent is not running"


def test_a_paused_guests_agent_does_not_answer() -> None:
    lab = Lab().cloned(101)
    lab.start(101)
    lab.wait(60)
    assert lab.do("POST", f"{VM}/status/suspend") == "OK"
    current = lab.get(f"{VM}/status/current")

    assert (current["status"], current["qmpstatus"]) == ("running", "paused")
    assert lab.ask("POST", f"{VM}/agent/ping").reason == "QEMU guest agent is not running"
    assert lab.do("POST", f"{VM}/status/resume") == "OK"
    assert lab.ask("POST", f"{VM}/agent/ping").data == {"result": {}}


def test_a_reset_is_a_new_boot_without_a_new_start() -> None:
    lab = Lab().cloned(101)
    lab.start(101)
    lab.wait(60)
    assert lab.truth.ready == 1
    uptime = lab.get(f"{VM}/status/current")["uptime"]

    assert lab.do("POST", f"{VM}/status/reset") == "OK"

    assert lab.truth.ready == 0
    assert lab.get(f"{VM}/status/current")["uptime"] >= uptime
    assert lab.wait(50).truth.ready == 1


def test_a_shutdown_may_end_in_force() -> None:
    lab = Lab().cloned(101)
    lab.start(101)

    assert lab.do("POST", f"{VM}/status/shutdown", timeout=3, forceStop=1) == "OK"
    assert lab.truth.running == 0


def test_a_start_that_overtakes_a_delete_finds_no_vm() -> None:
    lab = Lab().cloned(101)
    deleted, started = lab.order("DELETE", VM), lab.order("POST", f"{VM}/status/start")

    assert lab.finish(deleted) == "OK"
    assert lab.finish(started) == "Configuration file 'nodes/pve1/qemu-server/101.conf' does not exist"


TASKS_THAT_FAIL = [
    pytest.param("start", TEMPLATE, "you can't start a vm if it's a template", id="a template is started"),
    pytest.param("start", 101, "VM 101 already running", id="a running VM is started"),
    pytest.param("start", 700, "VM is locked (backup)", id="a VM that is being backed up is started"),
    pytest.param(
        "start", 555, "Configuration file 'nodes/pve1/qemu-server/555.conf' does not exist", id="an unknown VM is started"
    ),
    pytest.param("stop", 555, "unable to find configuration file for VM 555 on node 'pve1'", id="an unknown VM is stopped"),
    pytest.param(
        "shutdown", 555, "unable to find configuration file for VM 555 on node 'pve1'", id="an unknown VM is shut down"
    ),
    pytest.param("shutdown", 101, "VM quit/powerdown failed - got timeout", id="a booting VM is shut down"),
    pytest.param("start", 702, "bridge 'vmbr99' does not exist", id="a VM on an unknown bridge is started"),
    pytest.param("start", 703, "start failed: QEMU exited with code 1", id="a VM without memory left for it is started"),
    pytest.param(
        "start", 704, "MAX 64 vcpus allowed per VM on this node", id="a VM with more vCPUs than its node has is started"
    ),
]


@pytest.mark.parametrize(("verb", "vmid", "status"), TASKS_THAT_FAIL)
def test_the_task_tells_what_was_wrong(verb: str, vmid: int, status: str) -> None:
    locked = GuestSpec(vmid=700, node=NODE, name="db", storage=STORAGE, running=False, lock="backup")
    huge = replace(locked, vmid=703, lock="", memory_mib=10**6)
    wide = replace(locked, vmid=704, lock="", vcpus=65)
    lab = Lab(a_spec(guests=[locked, replace(locked, vmid=702, lock=""), huge, wide])).cloned(101)
    lab.ask("PUT", f"/nodes/{NODE}/qemu/702/config", net0="virtio,bridge=vmbr99")
    lab.start(101)

    upid = lab.order("POST", f"/nodes/{NODE}/qemu/{vmid}/status/{verb}")

    assert lab.finish(upid) == status
    assert lab.log_of(upid)[-1] == f"TASK ERROR: {status}"


@pytest.mark.parametrize("verb", ["reboot", "reset", "suspend", "resume"])
def test_what_needs_a_running_vm_is_refused_at_once(verb: str) -> None:
    answer = Lab().cloned(101).ask("POST", f"{VM}/status/{verb}")

    assert (answer.status, answer.reason) == (500, "VM 101 not running")


@pytest.mark.parametrize("verb", ["stop", "shutdown"])
def test_stopping_a_stopped_vm_is_well_done(verb: str) -> None:
    assert Lab().cloned(101).do("POST", f"{VM}/status/{verb}") == "OK"


def test_shutdown_holds_the_vms_lock_and_stop_can_overrule_it() -> None:
    lab = Lab().cloned(101)
    lab.start(101)
    shutdown = lab.order("POST", f"{VM}/status/shutdown", timeout=60)

    refused = lab.ask("PUT", f"{VM}/config", description="z")
    assert refused.reason == "can't lock file '/var/lock/qemu-server/lock-101.conf' - got timeout"

    assert lab.do("POST", f"{VM}/status/stop", overrule__shutdown=1) == "OK"
    assert lab.finish(shutdown) == "VM quit/powerdown failed"
    assert lab.truth.running == 0


def test_a_ready_desktop_obeys_a_shutdown() -> None:
    lab = Lab(a_spec(durations=replace(EXACT, shutdown_s=5.0))).cloned(101)
    lab.start(101)
    lab.wait(60)

    assert lab.do("POST", f"{VM}/status/shutdown") == "OK"
    assert (lab.truth.running, lab.truth.ready) == (0, 0)


def read_status(lab: Lab) -> dict[str, float]:
    document: dict[str, float] = json.loads(lab.get(FILE_READ, file="/run/bascule/status.json")["content"])
    return document


def test_the_status_document_is_as_of_when_it_was_written() -> None:
    """A6: a log-on or log-off since the last writing is not in it yet."""
    lab = Lab(a_spec(log_ons=LogOns(concurrent=1, spread_s=0.0, stay_s=60.0))).cloned(101)
    lab.start(101)
    ready_at = None
    while ready_at is None:
        boot = lab.wait(0.5).twin.cluster.guests[101].boot
        ready_at = boot.ready_at if boot else None
    documents = []
    while lab.events.now < ready_at + 75:
        document = read_status(lab)
        came, went = ready_at <= document["written_at"], ready_at + 60 <= document["written_at"]
        documents.append((document["written_at"], bool(document["sessions"]), came and not went))
        lab.wait(0.9)

    assert [(at, listed) for at, listed, _ in documents] == [(at, true) for at, _, true in documents]
    assert max(at for at, _, _ in documents) - min(at for at, _, _ in documents) == pytest.approx(70.0)
    assert {round(later - at) for (at, *_), (later, *_) in pairwise(documents)} == {0, 10}, (
        "the timer of config/guest writes each 10 s"
    )


def test_a_file_that_is_not_there_cannot_be_read() -> None:
    """E5: the text is Proxmox VE's own, as recorded on qemu-server 9.2.6."""
    lab = Lab().cloned(101)
    lab.start(101)
    lab.wait(60)

    answer = lab.ask("GET", FILE_READ, file="/var/tmp/none")

    assert (answer.status, answer.reason) == (
        500,
        "Agent error: failed to open file '/var/tmp/none' (mode: 'r'): No such file or directory",
    )
