"""B7: the limits and the sandbox of the unit, judged by systemd-analyze."""

import os
import shlex
import subprocess
import time
from pathlib import Path

import jinja2
import pytest
import yaml

from tests.builders.ansible import ANSIBLE

pytestmark = pytest.mark.real

ROLE = ANSIBLE / "roles" / "bascule"
EXPOSURE, CHOWN = 12, 2
"""In tenths, of 100; and what it costs that the daemon may give its sockets to groups. What is left: it speaks to any address
of the network and to systemd, has no image of its own, and shares the accounts of the machine, for it has to know who asks."""


def the_unit(name: str = "bascule", **variables: object) -> str:
    """As the role lays it down with these variables in place of the defaults."""
    return rendered(f"{name}.service.j2", **variables)


def rendered(template: str, **variables: object) -> str:
    """A template of the role, without its last line's end."""
    defaults = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text())
    text = (ROLE / "templates" / template).read_text()
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, trim_blocks=True)  # noqa: S701 (a unit is not a page)
    environment.filters["dirname"] = os.path.dirname  # Ansible's
    return environment.from_string(text).render(defaults | {"ansible_managed": "by a test", "bascule_pushes": {}} | variables)


def directives(unit: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in unit.splitlines():
        name, given, value = line.partition("=")
        if given and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


def judged(unit: str, folder: Path, threshold: int) -> subprocess.CompletedProcess[str]:
    (folder / "bascule.service").write_text(unit)
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", f"--threshold={threshold}"]
    return subprocess.run([*command, str(folder / "bascule.service")], capture_output=True, text=True, timeout=60, check=False)


def test_systemd_finds_little_exposed(tmp_path: Path):
    """B7: a stated bound, so that no wall is taken down unseen."""
    judgement = judged(the_unit(), tmp_path, EXPOSURE + CHOWN)

    assert judgement.returncode == 0, judgement.stdout


def test_the_receiver_has_neither_secret_nor_account_in_common_with_the_daemon(tmp_path: Path):
    unit = the_unit("bascule-receiver", bascule_receiver={"certificate": "/etc/ssl/r.pem", "key": "/etc/ssl/private/r.key"})
    found, daemons = directives(unit), directives(the_unit(bascule_receiver={"certificate": "x", "key": "x"}))
    judgement = judged(unit, tmp_path, EXPOSURE)

    assert judgement.returncode == 0, judgement.stdout
    assert [value.partition(":")[0] for value in found["LoadCredential"]] == ["bascule.yaml", "certificate", "key"]
    assert (found["User"], daemons["User"]) == (["bascule-receiver"], ["bascule"])
    assert "SupplementaryGroups" not in found
    assert daemons["RuntimeDirectory"] == ["bascule bascule-receiver"]


def test_what_it_may_take_has_an_end_and_a_crash_leaves_no_secret():
    """B7: a core dump would hold the token, the note key and the agents of the directory."""
    found = directives(the_unit())

    assert found.get("LimitCORE") == ["0"]
    assert found.get("MemoryMax") == ["1G"]
    assert found.get("TasksMax") == ["512"]


def test_the_socket_has_a_folder_and_the_daemon_knows_who_asks():
    """Issue of the API: with PrivateUsers= the kernel would report every peer but root as nobody."""
    found = directives(the_unit())

    assert (found.get("RuntimeDirectory"), found.get("RuntimeDirectoryMode")) == (["bascule"], ["0750"])
    assert "PrivateUsers" not in found


def test_the_addresses_that_a_site_keeps_are_the_only_ones(tmp_path: Path):
    """B7: by default any, for clusters and directories are named by name."""
    unit = the_unit(bascule_ip_allow=["192.0.2.0/24", "2001:db8::53"])
    found = directives(unit)

    assert (found["IPAddressDeny"], found["IPAddressAllow"]) == (["any"], ["localhost", "192.0.2.0/24", "2001:db8::53"])
    assert "IPAddressDeny" not in directives(the_unit())
    assert judged(unit, tmp_path, EXPOSURE + CHOWN).returncode == 0


def test_each_setting_left_out_has_a_reason():
    """B7: next to where it would stand."""
    comments = [line for line in the_unit().splitlines() if line.startswith("# Not ")]

    assert [line.split()[2].rstrip(":") for line in comments] == ["ProcSubset=pid", "PrivateUsers=", "LoadCredential="]


RENEWED = {"certificate": "/etc/b/r.pem", "key": "/etc/b/private/r.key", "authority_key": "/etc/b/private/ca.key"}


def test_the_certificate_is_renewed_each_day_by_an_account_that_writes_nothing_else(tmp_path: Path):
    """F1: nobody has to think of it."""
    unit = the_unit("bascule-receiver-renew", bascule_receiver=RENEWED)
    found = directives(unit)
    timer = (ROLE / "templates" / "bascule-receiver-renew.timer.j2").read_text()

    assert found["ReadWritePaths"] == ["/etc/b /etc/b/private"]
    assert found["ExecStart"][0] == "/opt/bascule/current/bin/bascule guest receiver --renew"
    assert (directives(timer)["OnCalendar"], directives(timer)["Persistent"]) == (["daily"], ["true"])
    judgement = judged(unit, tmp_path, EXPOSURE + 5)
    assert judgement.returncode == 0, judgement.stdout


@pytest.mark.parametrize(
    ("age_min", "restarted"), [pytest.param(0, True, id="just renewed"), pytest.param(60, False, id="nothing was renewed")]
)
def test_the_receiver_is_restarted_only_after_a_renewal(tmp_path: Path, age_min: int, restarted: bool):
    certificate, said = tmp_path / "r.pem", tmp_path / "said"
    certificate.touch()
    os.utime(certificate, (time.time() - age_min * 60,) * 2)
    (tmp_path / "systemctl").write_text(f'#!/bin/sh\necho "$@" > {said}\n')
    (tmp_path / "systemctl").chmod(0o755)
    unit = the_unit("bascule-receiver-renew", bascule_receiver=RENEWED | {"certificate": str(certificate)})
    words = shlex.split(directives(unit)["ExecStart"][1])

    ended = subprocess.run(words, env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, check=False, timeout=60)

    assert (ended.returncode, said.exists()) == (0, restarted)
    assert not restarted or said.read_text() == "try-restart bascule-receiver.service\n"


@pytest.mark.parametrize("given", [{}, {"bascule_receiver": {"certificate": "x", "key": "x"}}, {"bascule_operators": ["ada"]}])
def test_the_daemon_may_give_its_sockets_to_their_groups(tmp_path: Path, given: dict[str, object]):
    """F1, N1: with `group` in the sections `receiver` or `api` it did not start: chown is among systemd's privileged calls, and
    was allowed for some variables of the role, whatever bascule.yaml said. Without capabilities it reaches its own groups.
    """
    unit = the_unit(**given)
    found = directives(unit)

    assert found["SystemCallFilter"] == ["@system-service", "~@privileged @resources", "@chown"]
    assert found["CapabilityBoundingSet"] == [""]
    assert judged(unit, tmp_path, EXPOSURE + CHOWN).returncode == 0


@pytest.mark.parametrize(
    ("pushes", "made"),
    [pytest.param({}, ["bascule"], id="none"), pytest.param({"port": 9819}, ["bascule bascule-receiver"], id="by hand")],
)
def test_the_socket_of_a_receiver_that_bascule_yaml_names_has_its_folder(pushes: dict[str, object], made: list[str]):
    """N1: also where the role runs none: without it the daemon would not start."""
    assert directives(the_unit(bascule_pushes=pushes))["RuntimeDirectory"] == made
