"""The role `certificates` on a guest: issued, unchanged, lost, renamed, renewed by its timer's service; and the site's own."""

import json
import ssl
from pathlib import Path
from typing import Any

import pytest

from tests.ansible.operated.test_recovery import inside
from tests.builders.ansible import Operator, Played, short_folder
from tests.servers.certificates import Authority
from tests.servers.nspawn import Guest, guest

pytestmark = pytest.mark.guest

FOLDER = "/etc/bascule-certificates"
WANTED = {
    "api": {"names": ["switch.example.org", "192.0.2.10", "2001:db8::10"], "group": "bascule"},
    "receiver": {"names": ["switch.example.org"], "restarts": ["of-a-test.service"]},
}
UNIT = """\
[Service]
ExecStart=sleep infinity
"""


class Site:
    """Somebody who plays certificates.yml on a machine."""

    def __init__(self, machine: Guest, operator: Operator) -> None:
        self.machine, self._operator = machine, operator
        self.printed = ""

    def play(self, *options: str, wanted: dict[str, Any] = WANTED, **variables: Any) -> Played:
        played = self._operator.plays("certificates.yml", {"certificates_wanted": wanted, **variables}, "--diff", *options)
        self.printed += played.text
        return played

    def sum_of(self, name: str) -> str:
        return self.machine.says("sha256sum", f"{FOLDER}/{name}")

    def serial(self, name: str) -> str:
        return self.machine.says("openssl", "x509", "-in", f"{FOLDER}/{name}.pem", "-noout", "-serial")

    def verified(self, name: str, *how: str) -> str:
        return self.machine.run("openssl", "verify", "-CAfile", f"{FOLDER}/ca.pem", *how, f"{FOLDER}/{name}.pem").stdout

    def started(self) -> str:
        """When the unit that has a copy was started last."""
        show = ("systemctl", "show", "--value", "--property=InvocationID", "of-a-test.service")
        return self.machine.says(*show)

    def shortens(self, name: str) -> None:
        """Less than a third of its life is left from now on."""
        asked = {"wanted": WANTED, "due": {name: ""}, "days": 0.2}
        asked["requests"] = json.loads(self._program("request", asked))
        asked["signed"] = json.loads(self._program("sign", asked))
        self._program("put", {**asked, "wanted": {name: {**WANTED[name], "restarts": []}}})

    def _program(self, order: str, asked: dict[str, Any]) -> str:
        inside(self.machine, "/root/asked").write_text(json.dumps(asked))
        return self.machine.says("sh", "-c", f"bascule-certificates {order} < /root/asked")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    home = tmp_path_factory.mktemp("certificates")
    (home / "guest").mkdir()
    with short_folder() as temp, guest(home / "guest") as machine:
        over_ssh = {"ansible_user": "root", "ansible_python_interpreter": "/usr/bin/python3"}
        over_ssh["ansible_ssh_common_args"] = f"-F {machine.ssh_config}"
        inside(machine, "/etc/systemd/system/of-a-test.service").write_text(UNIT)
        machine.says("systemctl", "start", "of-a-test.service")
        made = Site(machine, Operator(home, group="bascule", machine=over_ssh, temp=temp))
        made.foretold = made.play("--check").well()
        assert not inside(machine, FOLDER).exists()
        made.first = made.play("-v").well()
        yield made


def test_check_mode_foretells_what_is_issued_and_makes_nothing(site):
    assert "its key is not there" in site.foretold.text
    assert site.foretold.changed > 0


def test_they_are_issued_and_each_key_is_for_its_group_alone(site):
    listed = site.machine.says("find", FOLDER, "-type", "f", "-printf", "%P %u %g %m\\n").splitlines()

    assert sorted(line for line in listed if ".key" in line) == [
        "api.key root bascule 640",
        "private/ca.key root root 600",
        "receiver.key root root 600",
    ]
    assert ": OK" in site.verified("api", "-verify_ip", "2001:db8::10")
    assert ": OK" in site.verified("api", "-verify_hostname", "switch.example.org")
    assert ": OK" not in site.verified("api", "-verify_hostname", "other.example.org")
    context = ssl.create_default_context(cadata=inside(site.machine, f"{FOLDER}/ca.pem").read_text())
    assert len(context.get_ca_certs()) == 1  # Python's own check is strict about what an authority says


def test_a_second_run_changes_nothing_and_foretells_nothing(site):
    before = site.serial("api"), site.serial("receiver"), site.started()

    assert site.play("--check").well().changed == 0
    assert site.play().well().changed == 0
    assert (site.serial("api"), site.serial("receiver"), site.started()) == before


def test_a_lost_key_is_made_anew_and_what_has_a_copy_is_restarted(site):
    before, api = site.started(), site.serial("api")
    site.machine.says("rm", f"{FOLDER}/receiver.key")

    foretold, played = site.play("--check").well(), site.play().well()

    assert (foretold.changed, played.changed) == (1, 1)
    assert "its key is not there" in played.text
    assert ": OK" in site.verified("receiver")
    assert site.serial("api") == api
    assert site.started() != before
    assert site.play().well().changed == 0


def test_other_names_are_issued_anew_with_the_same_key(site):
    key = site.sum_of("api.key")
    wanted = {**WANTED, "api": {**WANTED["api"], "names": ["2001:db8::11", "switch.example.org"]}}

    assert "its names have changed" in site.play(wanted=wanted).well().text
    assert ": OK" in site.verified("api", "-verify_ip", "2001:db8::11")
    assert ": OK" not in site.verified("api", "-verify_ip", "192.0.2.10")
    assert site.sum_of("api.key") == key
    assert site.play().well().changed == 2  # the list, and the certificate


def test_the_timers_service_renews_what_is_due_and_nothing_else(site):
    site.shortens("receiver")
    key, before, started = site.sum_of("receiver.key"), site.serial("receiver"), site.started()
    api = site.serial("api")

    assert site.machine.says("systemctl", "is-enabled", "bascule-certificates-renew.timer") == "enabled"
    assert site.machine.says("systemctl", "is-active", "bascule-certificates-renew.timer") == "active"
    site.machine.says("systemctl", "start", "bascule-certificates-renew.service")

    log = site.machine.says("journalctl", "--unit", "bascule-certificates-renew", "--output", "cat", "--no-pager")
    assert "receiver is issued: less than a third of its life is left" in log
    assert (site.serial("receiver") != before, site.started() != started) == (True, True)
    assert (site.sum_of("receiver.key"), site.serial("api")) == (key, api)
    assert ": OK" in site.verified("receiver")
    assert site.play().well().changed == 0


def test_the_sites_own_take_their_place_and_no_key_is_printed(site, tmp_path):
    """Last: the authority here makes way for the site's own."""
    authority = Authority(tmp_path / "own")
    names = {"names": ("switch.example.org",), "addresses": ("192.0.2.10", "2001:db8::10")}
    files = {name: authority.issue(name, **names) for name in WANTED}
    given = {name: {"certificate": it.certificate.read_text(), "key": it.key.read_text()} for name, it in files.items()}
    own = {"certificates_given": given, "certificates_given_authority": authority.ca_file.read_text()}

    wrong = site.play(**own | {"certificates_given": {**given, "api": {**given["api"], "key": given["receiver"]["key"]}}})
    assert (wrong.exit_code != 0, wrong.changed) == (True, 0), wrong.text
    assert "the key that is given is not that of the certificate" in wrong.text

    site.play(**own).well()
    assert ": OK" in site.verified("api")
    assert site.play(**own).well().changed == 0
    assert site.machine.run("systemctl", "is-active", "bascule-certificates-renew.timer").stdout.strip() == "inactive"
    log = site.machine.says("journalctl", "--no-pager", "--output", "cat")
    for text in (site.printed, log):
        assert not [line for it in given.values() for line in it["key"].splitlines()[1:-1] if line in text]
        assert "PRIVATE KEY" not in text


def test_the_key_of_the_authority_was_in_no_run(site):
    key = inside(site.machine, f"{FOLDER}/private/ca.key")
    assert Path(key).read_text().splitlines()[1] not in site.printed
