"""Every command and every YAML block of five pages, run or taken up on a guest as the account that the page names.

A block that is added is noticed where a page is unpacked. docs/en/recovery.md is played by test_recovery.py, what brings a dump
of PostgreSQL back by test_postgresql.py, and the alert by hand by test_observability.py.
"""

import json
import re
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
import yaml

from provisioner.settings.twins import load_twin
from tests.ansible.operated.conftest import FILES
from tests.ansible.operated.control import ControlMachine
from tests.ansible.operated.pages import ROOT, filled_in, pasted
from tests.ansible.operated.test_recovery import REVOKED, inside, typed

pytestmark = pytest.mark.guest

INSTALL, LOOKS, SITE, STORE, _, _, SURGE, RECEIVER_VARIABLES, WHEELHOUSE = pasted("ansible/README.md")
UPGRADE, DESPITE, ROLL_BACK, GO_BACK = pasted("docs/en/upgrade.md")
FIGURES, API, TCP, HOLD = pasted("docs/en/api.md")
GUEST_FILES, RECEIVER, PUSHES, RULES = pasted("docs/en/sessions.md")
TRIED = "/run/tried"


@pytest.fixture(scope="module")
def control(operated, tmp_path_factory):
    """The control machine's part of ansible/README.md: a copy of this checkout, and a node with a twin behind its `pveum`."""
    with ControlMachine(tmp_path_factory.mktemp("control"), operated) as machine:
        machine.types(filled_in(INSTALL, **machine.own_part()))
        yield machine


def test_the_five_steps_install_what_runs(control, operated):
    """The wheel is built there, the token is made, the secrets are encrypted, and the daemon takes them."""
    assert (control.folder / "ansible/secrets/node-token").read_text().startswith("$ANSIBLE_VAULT")
    assert (control.folder / "ansible/secrets/note-key").read_text().startswith("$ANSIBLE_VAULT")
    assert len(operated.machine.says("cat", "/etc/bascule/secrets/note-key")) == 64
    assert "result: 0 faults" in typed(operated.machine, LOOKS)


@pytest.mark.parametrize("block", [UPGRADE, DESPITE])
def test_the_release_in_force_again_is_no_upgrade(control, block):
    """Another: test_upgrade.py and test_upgrade_phases.py."""
    played = control.types(f"cd ansible\n{block}").stdout

    assert re.findall(r"changed=(\d+)", played) == ["0"] * played.count("PLAY RECAP")


def test_the_whole_site_in_one_run_and_then_nothing_changes(control):
    control.types(f"cd ansible\n{SITE}")

    played = control.types(f"cd ansible\n{SITE}").stdout
    assert set(re.findall(r"changed=(\d+)", played)) == {"0"}, played[-6000:]


def test_a_surge_whose_scenario_is_not_configured_is_not_begun(control):
    """Begun for real: test_surge_and_teardown.py."""
    refused = control.tries(f"cd ansible\n{SURGE}")

    assert refused.returncode != 0
    assert "Nothing was started" in " ".join(refused.stdout.split())


def test_the_release_before_comes_back_and_goes_again(control, operated):
    """The five steps have built another wheel. With nothing to go back to: test_upgrade_phases.py."""
    newer = operated.release()

    played = control.types(f"cd ansible\n{ROLL_BACK}").stdout
    assert operated.release() != newer
    assert f"Back to {newer}" in " ".join(played.split())

    control.types(f"cd ansible\n{UPGRADE}")
    assert operated.release() == newer


def test_the_dependencies_are_fetched_for_a_machine_without_an_index(control):
    control.types(f"cd ansible\n{WHEELHOUSE}")

    listed = subprocess.run(
        ["tar", "-tf", control.folder / "ansible/wheelhouse.tar"], capture_output=True, text=True, check=True
    )
    assert "pydantic" in listed.stdout


def test_the_receivers_variables_are_those_that_the_tests_play():
    assert yaml.safe_load(RECEIVER_VARIABLES) == {"bascule_receiver": FILES}
    assert "bin/bascule store restore /var/backups/bascule-before-" in GO_BACK


def test_a_lost_machines_token_is_revoked_on_a_node(control):
    control.types(REVOKED)

    assert control.types("pveum user token list bascule@pve --output-format json").stdout.strip() == "[]"


def test_the_api_answers_root(operated):
    until = (datetime.now(UTC) + timedelta(hours=6)).isoformat(timespec="seconds")
    figures = json.loads(typed(operated.machine, FIGURES.replace("curl", "curl --silent")))
    answer = typed(operated.machine, filled_in(HOLD.replace("curl", "curl --silent"), **{"2026-12-01T18:00:00+01:00": until}))
    operated.machine.says("bascule", "hold", "end")

    assert "desktops" in json.dumps(figures)
    assert '"hold"' in answer


def accepted(operated, edit, *, before=""):
    """What `check` says to the configuration with a change, laid beside the one in force."""
    machine = operated.machine
    machine.says("sh", "-ec", f"rm -rf {TRIED}; cp -a /etc/bascule {TRIED}")
    file = inside(machine, f"{TRIED}/bascule.yaml")
    document = json.loads(file.read_text())
    edit(document)
    file.write_text(json.dumps(document))
    machine.says("sh", "-ec", f"cd {TRIED}\n{before}:\nchown -R root:bascule .; chmod -R u=rwX,g=rX,o= .")
    return machine.run("bascule", "check", "--offline", "--config", f"{TRIED}/bascule.yaml")


def test_the_api_is_configured_by_the_pages_blocks(operated):
    groups = yaml.safe_load(API)["api"]
    for group in (groups["group"], *(name for role in ("viewer", "helpdesk", "operator") for name in groups[role])):
        operated.machine.says("groupadd", "--force", group)
    operated.machine.says("usermod", "--append", "--groups", groups["group"], "bascule")
    over_tcp = yaml.safe_load(filled_in(TCP, **{"192.0.2.10": "127.0.0.1"}))["api"]
    make = "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=x -addext subjectAltName=IP:127.0.0.1 -days 9"
    make += " -keyout secrets/api.key -out api.pem; install -m 0640 /dev/null api-tokens\n"

    said = accepted(operated, lambda document: document.update(api={**groups, **over_tcp, "port": 9818}), before=make)

    assert "result: 0 faults" in said.stdout, said.stdout


def test_the_receiver_and_the_rules_are_configured_by_the_pages_blocks(operated):
    section = yaml.safe_load(filled_in(RECEIVER, **{"192.0.2.10": "127.0.0.1"}))["receiver"]
    rules = yaml.safe_load(RULES)["profiles"]["shared"]["session_rules"]
    standard = json.loads(operated.machine.says("cat", "/etc/bascule/profiles/standard.yaml"))
    profiles = {"standard": standard | {"session_rules": rules}}
    make = f"bascule guest receiver --renew --config {TRIED}/bascule.yaml\n"

    said = accepted(operated, lambda document: document.update(receiver=section, profiles=profiles), before=make)

    assert "result: 0 faults" in said.stdout, said.stdout


def test_a_store_on_a_server_is_configured_by_the_pages_block(operated):
    section = yaml.safe_load(STORE)["store"]
    make = "printf correct-horse-battery > secrets/store-password\n"

    said = accepted(operated, lambda document: document.update(store=section), before=make)

    assert "result: 0 faults" in said.stdout, said.stdout


def test_what_a_golden_image_needs_is_laid_out_by_root(operated):
    """N7: the wrapper had become an account that may not write there."""
    operated.machine.says("mkdir", "-p", "/mnt/image")
    typed(operated.machine, GUEST_FILES)

    found = operated.machine.says("find", "/mnt/image", "-name", "bascule-guest*")
    assert "multi-user.target.wants/bascule-guest.service" in found
    assert operated.machine.says("find", "/mnt/image", "!", "-user", "root") == ""


def test_a_twins_file_takes_the_pages_push(tmp_path):
    file = tmp_path / "twin.yaml"
    file.write_text((ROOT / "config/twins/evening.yaml").read_text() + PUSHES)
    (tmp_path / "receiver-ca.pem").touch()

    assert load_twin(file).push.obeys
