"""The role that installs the daemon, on a guest with a real systemd: each test starts from an installed, running daemon."""

import time
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

import pytest

from tests.ansible.installed import BASCULE, installation
from tests.ansible.site import AWKWARD
from tests.packaging.wheels import LOCK
from tests.servers.processes import free_port

pytestmark = pytest.mark.guest


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    with installation(tmp_path_factory.mktemp("role")) as daemon:
        yield daemon


def test_the_daemon_is_up_enabled_and_alive(installed):
    assert installed.shows("ActiveState") == "active"
    assert installed.machine.says("systemctl", "is-enabled", "bascule.service") == "enabled"
    assert installed.logs("cycle:")

    url = f"http://127.0.0.1:{installed.site.document['exposition']['port']}/healthz"
    with build_opener(ProxyHandler({})).open(url, timeout=10) as answer:
        assert answer.status == 200
        assert answer.read().decode().strip() == "alive"


def test_environment_values_arrive_unchanged(installed):
    (held,) = (line for line in installed.environment() if line.startswith("BASCULE_NOTE_KEY="))
    assert held == f"BASCULE_NOTE_KEY={AWKWARD}"


def test_a_second_run_changes_nothing(installed):
    before = installed.shows("MainPID"), installed.files()

    assert installed.play("-v").well().changed == 0
    assert (installed.shows("MainPID"), installed.files()) == before


def test_the_doctor_finds_all_in_order_and_root_leaves_nothing_in_the_store(installed):
    said = installed.machine.says(BASCULE, "check")

    assert "result: 0 faults" in said
    assert "the token has all" in said
    assert installed.machine.says(BASCULE, "hold", "--reason", "test").startswith("held")
    assert installed.machine.says("find", "/var/lib/bascule", "!", "-user", "bascule") == ""


def test_only_root_and_the_daemon_read_secrets_and_only_root_changes_code(installed):
    listed = installed.machine.says("find", "/etc/bascule", "-printf", "%M %u %g %P\\n").splitlines()
    modes = {line.split()[0] for line in listed}

    assert {tuple(line.split()[1:3]) for line in listed} == {("root", "bascule")}
    assert modes == {"drwxr-x---", "-rw-r-----"}
    assert {"-rw-r----- root bascule secrets/token", "-rw-r----- root bascule environment"} <= set(listed)
    code = ["find", "-L", "/opt/bascule", "/usr/local/bin/bascule", "/etc/systemd/system/bascule.service"]
    assert installed.machine.says(*code, "(", "!", "-user", "root", "-o", "-perm", "/022", ")") == ""


def test_systemd_finds_no_fault_in_the_unit_and_little_exposed(installed):
    verified = installed.machine.run("systemd-analyze", "verify", "--man=no", "bascule.service")
    assert (verified.returncode, [line for line in verified.stderr.splitlines() if "bascule" in line]) == (0, [])

    # In tenths: 1.5 of 10 is what a service that speaks to the network can be brought to.
    judged = installed.machine.run("systemd-analyze", "security", "--no-pager", "--threshold=15", "bascule.service")
    assert judged.returncode == 0, judged.stdout


def test_a_wrong_configuration_is_reported_with_its_place_and_changes_nothing(installed):
    before = installed.shows("MainPID"), installed.files()
    installed.site.change(lambda document: document.update({"budgett": {"clones_per_local_domain": 3}}))

    refused = installed.play()
    installed.site.change(lambda document: document.pop("budgett"))

    assert refused.exit_code != 0
    assert "bascule.yaml:" in refused.text
    assert "budgett" in refused.text
    assert "Traceback" not in refused.text
    assert (installed.shows("MainPID"), installed.files()) == before
    assert installed.machine.says("find", "/run", "-maxdepth", "1", "-name", "bascule-*") == ""


def test_a_changed_profile_is_taken_up_by_the_daemon_that_runs(installed):
    before = installed.shows("MainPID")
    profile = installed.site.folder / "profiles" / "standard.yaml"
    profile.write_text(profile.read_text().replace('"vcpus": 2', '"vcpus": 3'))

    played = installed.play().well()
    assert (played.changed, installed.shows("MainPID")) == (2, before), played.text
    assert installed.logs("settings: reloaded")


def test_another_release_is_put_in_force_beside_the_one_before_and_back(installed, tmp_path):
    first, before = installed.release(), installed.shows("MainPID")
    other = tmp_path / "requirements.lock"
    other.write_text(LOCK.read_text() + "# another release\n")

    installed.play(bascule_requirements=str(other)).well()
    second = installed.release()
    assert second != first
    assert (installed.shows("ActiveState"), installed.shows("MainPID") != before) == ("active", True)

    back = installed.play().well()
    assert installed.release() == first
    assert back.changed == 2, back.text
    assert set(installed.machine.says("ls", "/opt/bascule/releases").split()) == {Path(first).name, Path(second).name}


OF_RECEIVER = "/etc/bascule-receiver"
MADE = {name: f"{OF_RECEIVER}/{name}" for name in ("receiver.pem", "receiver.key", "ca.pem", "ca.key")}


def test_the_receiver_has_its_certificate_from_the_machine_and_a_renewal_restarts_it(installed):
    """F1."""
    section = {"address": "127.0.0.1", "port": free_port(), "group": "bascule-receiver", "name": "127.0.0.1"}
    files = {"certificate": MADE["receiver.pem"], "key": MADE["receiver.key"], "authority_key": MADE["ca.key"]}
    installed.site.change(lambda document: document.update(receiver={**section, **files, "authority": MADE["ca.pem"]}))
    says = installed.machine.says

    played = installed.play(bascule_receiver=files)
    assert played.exit_code == 0, played.text.partition("[ERROR]")[2] + "\n".join(installed.log().splitlines()[-9:])

    assert says("systemctl", "is-active", "bascule-receiver.service", "bascule-receiver-renew.timer").split() == ["active"] * 2
    assert says("systemctl", "is-enabled", "bascule-receiver-renew.timer") == "enabled"
    listed = says("find", OF_RECEIVER, "-type", "f", "-printf", "%M %u %f\\n").splitlines()
    modes = {"receiver.pem": "-rw-r--r--", "receiver.key": "-rw-------", "ca.pem": "-rw-r--r--", "ca.key": "-rw-------"}
    assert sorted(listed) == sorted(f"{mode} root {name}" for name, mode in modes.items())
    before = says("systemctl", "show", "--value", "--property", "MainPID", "bascule-receiver.service")
    says("truncate", "--size", "0", MADE["receiver.pem"])
    says("systemctl", "start", "bascule-receiver-renew.service")
    assert says("systemctl", "show", "--value", "--property", "MainPID", "bascule-receiver.service") not in (before, "0")
    assert "-----BEGIN CERTIFICATE-----" in says("cat", MADE["receiver.pem"])
    assert installed.play("-v", bascule_receiver=files).well().changed == 0


ASK = """#!/usr/bin/python3 -IS
import http.client, socket

asked = http.client.HTTPConnection("bascule", timeout=30)
asked.sock = socket.socket(socket.AF_UNIX)
asked.sock.connect("/run/bascule/api.sock")
headers = {"Idempotency-Key": "k", "Content-Type": "application/json"}
asked.request("POST", "/v1/intents", b'{"kind": "restart", "target": "nothing"}', headers)
answer = asked.getresponse()
print(answer.status, answer.read().decode())
"""
"""Orders about a desktop that is not there."""


def test_a_help_desk_orders_by_a_further_group_and_nobody_else(installed):
    """H4: the unit as it is shipped, and accounts whose first group has no role."""
    says, people = installed.machine.says, ("claire", "gilles")
    says("groupadd", "assistance")
    says("useradd", "--groups", "assistance", "claire")
    says("useradd", "gilles")
    installed.machine.put("/usr/local/bin/ask-bascule", ASK)
    installed.site.change(lambda document: document.update(api={"group": "bascule-operators", "helpdesk": ["assistance"]}))
    played = installed.play(bascule_operators=people)
    assert played.exit_code == 0, played.text.partition("[ERROR]")[2] + "\n".join(installed.log().splitlines()[-9:])

    become = {name: ("setpriv", f"--reuid={name}", f"--regid={name}", "--init-groups") for name in people}
    said = {name: says(*command, "ask-bascule") for name, command in become.items()}

    assert {name: text[:3] for name, text in said.items()} == {"claire": "409", "gilles": "403"}
    assert "has no role here" in said["gilles"]


def test_no_secret_is_printed_logged_or_in_the_process_list(installed):
    visible = installed.printed + installed.log() + installed.machine.says("sh", "-c", "cat /proc/[0-9]*/cmdline")

    for secret in (installed.site.secrets["token"], AWKWARD):
        assert secret not in visible


def test_it_stops_in_order_and_in_time(installed):
    began = time.monotonic()
    installed.machine.says("systemctl", "stop", "bascule.service")
    took = time.monotonic() - began
    ended = [installed.shows(name) for name in ("ActiveState", "Result", "ExecMainStatus")]
    installed.machine.says("systemctl", "start", "bascule.service")

    assert ended == ["inactive", "success", "0"]
    assert took < 12
