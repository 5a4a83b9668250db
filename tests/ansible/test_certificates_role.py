"""The program of the role `certificates` and its refusals; the whole role on a guest: operated/test_certificates.py."""

import json
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import jinja2
import pytest

from tests.ansible.test_unit import EXPOSURE, directives, judged
from tests.builders.ansible import ANSIBLE, played_here
from tests.servers.certificates import Authority

ROLE = ANSIBLE / "roles" / "certificates"
PROGRAM = ROLE / "files" / "bascule_certificates.py"
NAMES = ["switch.example.org", "192.0.2.10", "2001:DB8::10"]


class Machine:
    """A machine with an authority and the certificate `api`, in a folder here."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.wanted = folder, {"api": {"names": NAMES, "group": "root"}}
        (folder / "private").mkdir(mode=0o700)
        self.says("authority", authority="an authority: of a test")

    def asked(self, order: str, **more: Any) -> "subprocess.CompletedProcess[str]":
        text = json.dumps({"folder": str(self.folder), "wanted": self.wanted, **more})
        return subprocess.run(
            [sys.executable, PROGRAM, order], input=text, capture_output=True, text=True, timeout=60, check=False
        )

    def says(self, order: str, **more: Any) -> dict[str, str]:
        """What the program answers; it must end well."""
        done = self.asked(order, **more)
        assert done.returncode == 0, done.stderr
        answer: dict[str, str] = json.loads(done.stdout)
        return answer

    def issue(self, **more: Any) -> dict[str, str]:
        """As the role does, step by step."""
        due = self.says("look", **more)
        signed = self.says("sign", requests=self.says("request", due=due, **more), **more)
        return self.says("put", due=due, signed=signed, **more)

    def shown(self, *words: str) -> str:
        command = ["openssl", "x509", "-in", self.folder / "api.pem", "-noout", *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.long
def test_a_certificate_is_issued_for_all_its_names_and_issued_once(machine: Machine) -> None:
    assert machine.issue() == {"api": "its key is not there"}

    assert "switch.example.org" in machine.shown("-ext", "subjectAltName")
    assert "2001:DB8:0:0:0:0:0:10" in machine.shown("-ext", "subjectAltName")
    verified = [
        "openssl",
        "verify",
        "-CAfile",
        machine.folder / "ca.pem",
        "-verify_ip",
        "2001:db8::10",
        machine.folder / "api.pem",
    ]
    assert subprocess.run(verified, capture_output=True, timeout=60, check=False).returncode == 0
    assert [stat.S_IMODE((machine.folder / name).stat().st_mode) for name in ("api.key", "private/ca.key")] == [0o600, 0o600]
    assert machine.says("look") == {}


@pytest.mark.long
@pytest.mark.parametrize(
    ("harm", "why", "same_key"),
    [
        pytest.param(lambda it: (it.folder / "api.key").unlink(), "its key is not there", False, id="a lost key"),
        pytest.param(
            lambda it: (it.folder / "api.key").chmod(0o644), "could be read or changed by others", False, id="a known key"
        ),
        pytest.param(lambda it: (it.folder / "api.key").write_text("?"), "its key cannot be read", False, id="a broken key"),
        pytest.param(
            lambda it: (it.folder / "api.pem").unlink(), "its certificate is not there", True, id="a lost certificate"
        ),
        pytest.param(lambda it: it.wanted["api"]["names"].pop(), "its names have changed", True, id="another list of names"),
        pytest.param(lambda it: it.wanted["api"]["names"].append("2001:db8::11"), "its names", True, id="one more address"),
    ],
)
def test_what_is_lost_or_changed_is_issued_anew(machine: Machine, harm: Any, why: str, same_key: bool) -> None:
    machine.wanted = {"api": {"names": [*NAMES], "group": "root"}}
    machine.issue()
    key = (machine.folder / "api.key").read_text()

    harm(machine)

    assert why in machine.issue()["api"]
    assert ((machine.folder / "api.key").read_text() == key) is same_key
    assert machine.says("look") == {}


@pytest.mark.long
def test_it_is_renewed_with_the_same_key_once_less_than_a_third_of_its_life_is_left(machine: Machine) -> None:
    """A day ago it began: 0.4 days are less than a third of 1.4, and 0.6 days are more than one of 1.6."""
    machine.issue(days=0.6)
    key, before = (machine.folder / "api.key").read_text(), machine.shown("-serial")
    assert machine.says("look") == {}
    (machine.folder / "api.pem").unlink()
    machine.issue(days=0.4)

    assert machine.issue() == {"api": "less than a third of its life is left"}
    assert (machine.folder / "api.key").read_text() == key
    assert machine.shown("-serial") != before


@pytest.mark.long
def test_another_authority_issues_all_anew_and_half_of_one_is_refused(machine: Machine) -> None:
    machine.issue()
    (machine.folder / "private/ca.key").unlink()

    refused = machine.asked("authority", authority="another")
    assert (refused.returncode, "ca.key is not: bring it back" in refused.stderr) == (1, True)

    (machine.folder / "ca.pem").unlink()
    machine.says("authority", authority="another")
    assert machine.issue() == {"api": "it is of another authority"}


def given_by(authority: Authority, label: str = "api", **how: Any) -> dict[str, str]:
    files = authority.issue(label, **how)
    return {"certificate": files.certificate.read_text(), "key": files.key.read_text()}


@pytest.mark.long
def test_the_sites_own_are_laid_down_once_and_their_key_is_in_no_answer(machine: Machine) -> None:
    ours = given_by(Authority(machine.folder / "site"), names=(NAMES[0],), addresses=tuple(NAMES[1:]))

    assert machine.issue(given={"api": ours}) == {"api": "another is given"}
    assert (machine.folder / "api.key").read_text() == ours["key"]
    assert machine.says("look", given={"api": ours}) == {}
    assert "PRIVATE" not in machine.asked("look", given={"api": ours}).stdout


@pytest.mark.long
@pytest.mark.parametrize(
    ("how", "said"),
    [
        pytest.param(
            {"names": ("other.example.org",), "addresses": tuple(NAMES[1:])}, "is not for switch.example.org", id="names"
        ),
        pytest.param({"names": (NAMES[0],), "addresses": ("192.0.2.10",)}, "is not for 2001:db8::10", id="an address"),
        pytest.param(
            {"names": (NAMES[0],), "addresses": tuple(NAMES[1:]), "expired": True}, "has ended", id="one that has ended"
        ),
    ],
)
def test_what_could_not_serve_is_refused(machine: Machine, how: dict[str, Any], said: str) -> None:
    ours = given_by(Authority(machine.folder / "site"), **how)

    refused = machine.asked("look", given={"api": ours})

    assert (refused.returncode, said in refused.stderr) == (1, True), refused.stderr
    assert not (machine.folder / "api.key").exists()


def test_the_key_of_another_certificate_is_refused(machine: Machine) -> None:
    authority = Authority(machine.folder / "site")
    ours = given_by(authority) | {"key": given_by(authority, "other")["key"]}

    refused = machine.asked("look", given={"api": ours})

    assert "the key that is given is not that of the certificate" in refused.stderr
    assert "PRIVATE" not in refused.stderr


def test_its_unit_writes_the_certificates_and_nothing_else(tmp_path: Path) -> None:
    template = (ROLE / "templates" / "bascule-certificates-renew.service.j2").read_text()
    unit = jinja2.Template(template, undefined=jinja2.StrictUndefined).render(ansible_managed="x", certificates_folder="/etc/c")
    judgement = judged(unit, tmp_path, EXPOSURE + 5)

    assert directives(unit)["ReadWritePaths"] == ["/etc/c"]
    assert judgement.returncode == 0, judgement.stdout


@pytest.mark.real
@pytest.mark.parametrize(
    ("variables", "said"),
    [
        pytest.param({"certificates_wanted": {"ca": {"names": ["a"]}}}, "and not ca", id="the authority's name"),
        pytest.param({"certificates_wanted": {"api": {"group": "root"}}}, "needs a list `names`", id="no names"),
        pytest.param({"certificates_wanted": {"api": {"names": []}}}, "needs a list `names`", id="an empty list"),
        pytest.param(
            {"certificates_wanted": {"api": {"names": ["a"], "grup": "x"}}}, "names, group and restarts alone", id="a typo"
        ),
        pytest.param(
            {"certificates_wanted": {"api": {"names": ["a"], "group": "no-such-group"}}}, "does not know", id="an unknown group"
        ),
        pytest.param(
            {"certificates_given": {"api": {}}}, "gives what certificates_wanted does not name", id="given for nothing"
        ),
        pytest.param({"certificates_days": "many"}, "certificates_days", id="a number that is not"),
    ],
)
def test_a_wrong_input_is_said_and_changes_nothing(tmp_path: Path, variables: dict[str, Any], said: str) -> None:
    played = played_here(tmp_path, "certificates.yml", "bascule", variables)

    assert played.exit_code != 0
    assert said in " ".join(played.text.split()), played.text
    assert played.changed == 0
