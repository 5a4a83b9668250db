"""Accounts, tokens and desktops on a machine of the role's, with a site that `bascule init` has written, as the page says."""

import json
import ssl
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPSHandler, ProxyHandler, Request, build_opener

import pytest

from provisioner.receiver.intake import PATH
from tests.ansible.init_site import FOLDER, RECEIVER, InitSite
from tests.ansible.installed import BASCULE, Installed, installation
from tests.builders.patience import comes
from tests.packaging.wheels import LOCK
from tests.servers.nspawn import Guest
from tests.servers.processes import free_port
from tests.sessions.desktops import _push as guests_own

pytestmark = pytest.mark.guest

PEOPLE = {
    "ada": ("exploitation",),
    "bruno": ("direction", "bascule-users"),
    "claire": ("assistance", "bascule-users"),
    "vera": ("informatique", "bascule-users"),
    "gilles": ("bascule-users",),
    "zoe": ("assistance",),
}
"""Operator, board, help desk, viewer; in no group with a role; with a role, but not in the socket's group. The role of Ansible
brings its operators, ada, into that group."""
SERVICES = ("bascule.service", "bascule-receiver.service", "bascule-receiver-renew.timer")


def accounts(machine: Guest) -> None:
    """They are the site's."""
    for group in sorted({group for groups in PEOPLE.values() for group in groups}):
        machine.says("groupadd", group)
    for name, groups in PEOPLE.items():
        machine.says("useradd", "--groups", ",".join(groups), name)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    port = free_port()
    site = partial(InitSite, receiver_port=port)
    with installation(tmp_path_factory.mktemp("accounts"), site, accounts, receiver_port=port) as daemon:
        yield daemon


def said(installed: Installed, who: str, *words: str) -> tuple[int, str]:
    """What the command answers this account, in one line."""
    become = ("setpriv", f"--reuid={who}", f"--regid={who}", "--init-groups")
    done = installed.machine.run(*become, BASCULE, *words)
    return done.returncode, " ".join((done.stdout + done.stderr).split())


def desktops(installed: Installed) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(installed.machine.says(BASCULE, "desktop", "list", "--json"))["desktops"]
    return rows


def ready(installed: Installed) -> list[dict[str, Any]]:
    return [row for row in desktops(installed) if row["phase"] == "ready"]


def main_pid(installed: Installed, service: str) -> str:
    return installed.machine.says("systemctl", "show", "--value", "--property", "MainPID", service)


def asked_with(installed: Installed, token: str) -> int:
    """The status of an answer over TLS."""
    context = ssl.create_default_context(cafile=installed.site.api_ca)
    opener = build_opener(ProxyHandler({}), HTTPSHandler(context=context))
    url = f"https://localhost:{installed.site.api_port}/v1/figures"
    try:
        with opener.open(Request(url, headers={"Authorization": f"Bearer {token}"}), timeout=20) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code


def pushed(installed: Installed, desktop: dict[str, Any], who: str, folder: Path) -> None:
    """The desktop's own program says that somebody has logged on, over TLS, with what it knows of the receiver."""
    state = installed.site.twin.state
    ((token, secret),) = list(state.tokens.items())[:1]
    path = f"/api2/json/nodes/{desktop['node']}/qemu/{desktop['vmid']}/agent/file-read?file=/run/bascule/status.json"
    request = Request(f"{state.url}{path}", headers={"Authorization": f"PVEAPIToken={token}={secret}"})
    context = ssl.create_default_context(cafile=state.ca_file)
    with build_opener(ProxyHandler({}), HTTPSHandler(context=context)).open(request, timeout=20) as answer:
        document = json.loads(json.load(answer)["data"]["content"])
    key, now = document.pop("push_secret"), time.time()
    came_s, number = now - document["booted_at"], document["event_number"] + 1
    document |= {
        "sessions": [{"user": who, "state": "connected", "since": round(now, 3)}],
        "connections": 1,
        "written_at": round(now, 3),
        "sequence": int(came_s * 1e6),
        "event_number": number,
        "events": [{"number": number, "event": "logon", "user": who, "at_s": round(came_s, 3)}],
    }
    (folder / "ca.pem").write_text(installed.machine.says("cat", f"{FOLDER}/ca.pem"))
    url = f"https://127.0.0.1:{installed.site.receiver_port}{PATH}"
    pusher = guests_own.Pusher(guests_own.Receiver(url=url, ca_file=str(folder / "ca.pem"), vmid=desktop["vmid"]))
    body = json.dumps(document).encode()
    pusher.hand_in(body, secret=key, boot_id=document["boot_id"], sequence=document["sequence"], at_once=True)


def test_what_init_has_written_runs_where_the_role_installs_it(installed):
    """N3: the store was beside the configuration, where the unit may not write; the unit stayed disabled."""
    says = installed.machine.says

    assert says("systemctl", "is-active", *SERVICES).split() == ["active"] * 3
    assert says("systemctl", "is-enabled", *SERVICES).split() == ["enabled"] * 3
    assert says("find", "/var/lib/bascule", "-name", "bascule.db", "-printf", "%u") == "bascule"
    assert "result: 0 faults" in says(BASCULE, "check")


def test_keys_of_several_lines_are_secrets_as_they_are(installed):
    """N5: any PEM key was refused."""
    key = (Path(installed.site.folder).parent / "secrets" / "api-key").read_text()

    assert installed.machine.run("cat", "/etc/bascule/secrets/api-key").stdout == key
    assert "PRIVATE KEY" not in installed.printed


def test_each_account_may_do_what_its_groups_may(installed):
    """N1: with a group in `api` the daemon did not start, and roles by group had never been seen."""
    assert comes(lambda: len(ready(installed)) == len(desktops(installed)) == 3, look_s=1.0), desktops(installed)
    first, login = min((row["name"], row["login"]) for row in desktops(installed))
    answers = {who: said(installed, who, "status")[0] for who in PEOPLE}
    restarts = {who: said(installed, who, "desktop", "restart", first) for who in ("vera", "gilles", "bruno", "claire")}

    assert answers.pop("bruno") != 0, "the board reads numbers"
    assert {who for who, code in answers.items() if code == 0} == {"ada", "claire", "vera"}
    assert "has no role here" in said(installed, "gilles", "status")[1]
    assert "Permission denied" in said(installed, "zoe", "status")[1]
    assert {who: code == 0 for who, (code, _) in restarts.items()} == {
        "vera": False, "gilles": False, "bruno": False, "claire": True,
    }  # fmt: skip
    assert "vera has the role viewer, and this is for the role helpdesk" in restarts["vera"][1]
    assert "ordered by claire" in said(installed, "vera", "why", first)[1]
    assert first in said(installed, "claire", "person", login)[1]
    assert first not in said(installed, "bruno", "person", login)[1], "the board knows nobody"


def test_operators_by_a_group_freeze_and_thaw(installed):
    """N1: whoever may read neither configuration nor store."""
    assert said(installed, "claire", "freeze")[0] != 0
    code, text = said(installed, "ada", "freeze", "--reason", "smoke")
    assert (code, "frozen by the daemon" in text) == (0, True), text
    assert comes(lambda: "freeze ordered by ada" in said(installed, "vera", "status")[1], look_s=1.0)

    assert said(installed, "claire", "thaw")[0] != 0
    assert said(installed, "ada", "thaw")[0] == 0
    assert comes(lambda: "freeze ordered" not in said(installed, "vera", "status")[1], look_s=1.0)


def test_a_desktop_that_pushes_is_heard_over_the_receiver(installed, tmp_path):
    """N1: no test of the role had a receiver with a desktop that pushes."""
    assert comes(lambda: len(ready(installed)) > 0, look_s=1.0)
    desktop = ready(installed)[-1]
    pushed(installed, desktop, "somebody", tmp_path)

    def there() -> bool:
        row = next(row for row in desktops(installed) if row["name"] == desktop["name"])
        return (row["session"]["count"], row["session"]["source"]) == (1, "push")

    assert comes(there, look_s=0.5), desktops(installed)


def test_tokens_made_on_the_machine_last_over_the_next_run(installed):
    """N5: `bascule config token` was refused there, and the next run emptied the file."""
    token = installed.machine.run(BASCULE, "config", "token", "grafana", "--role", "board").stdout.strip()
    assert asked_with(installed, token) == 200
    pids = [main_pid(installed, service) for service in SERVICES[:2]]

    played = installed.play("-v").well()

    assert played.changed == 0, played.text
    assert (asked_with(installed, token), asked_with(installed, f"{token}x")) == (200, 401)
    assert [main_pid(installed, service) for service in SERVICES[:2]] == pids


def test_an_ended_certificate_is_renewed_by_the_timers_service_and_taken_up(installed):
    """F1, N4."""
    says, before = installed.machine.says, main_pid(installed, "bascule-receiver.service")
    listed = says("find", FOLDER, "-type", "f", "-printf", "%M %u %f\\n").splitlines()
    modes = {"receiver.pem": "-rw-r--r--", "receiver.key": "-rw-------", "ca.pem": "-rw-r--r--", "ca.key": "-rw-------"}
    assert sorted(listed) == sorted(f"{mode} root {name}" for name, mode in modes.items())
    serial = shown_by(installed)

    says("truncate", "--size", "0", f"{FOLDER}/receiver.pem")
    says("systemctl", "start", "bascule-receiver-renew.service")

    assert main_pid(installed, "bascule-receiver.service") not in (before, "0")
    assert comes(lambda: shown_by(installed) not in ("", serial), look_s=0.2)


def shown_by(installed: Installed) -> str:
    """The certificate that the receiver shows; empty: none."""
    try:
        return ssl.get_server_certificate(("127.0.0.1", installed.site.receiver_port))
    except OSError:
        return ""


def test_check_reads_what_is_meant_and_diff_shows_it_without_secrets(installed):
    """N8: `--check` passed a faulty configuration, and `--diff` named files only."""
    before = installed.files()
    installed.site.change(r"^  board: .*$", "  board: [direction, presse]")
    shown = installed.play("--check").well()
    installed.site.change(r"^  board: .*$", "  board: [direction]")

    assert "+  board: [direction, presse]" in shown.text
    assert "PRIVATE KEY" not in shown.text
    assert installed.files() == before


def test_a_store_where_the_installed_daemon_may_not_write_is_refused_with_check_too(installed):
    """N3, N8: as `bascule init` without --installed writes it."""
    before, url = installed.files(), "sqlite:////var/lib/bascule/bascule.db"
    installed.site.change(rf"url: {url}$", "url: sqlite:///bascule.db")
    refused = installed.play("--check")
    installed.site.change(r"url: sqlite:///bascule.db$", f"url: {url}")

    assert refused.exit_code != 0
    assert "this account cannot write to the folder /etc/bascule" in refused.text, refused.text[-2000:]
    assert installed.files() == before


def test_the_receiver_follows_the_release_and_its_section(installed, tmp_path):
    """N4: it went on with the earlier release, on the earlier port."""
    other, port = tmp_path / "requirements.lock", free_port()
    other.write_text(LOCK.read_text() + "# another release\n")
    installed.site.change(rf"^  port: {installed.site.receiver_port}$", f"  port: {port}")
    installed.site.receiver_port = port

    installed.play(bascule_requirements=str(other)).well()

    loaded = installed.machine.says("cat", f"/proc/{main_pid(installed, 'bascule-receiver.service')}/maps")
    assert installed.release() in loaded
    assert shown_by(installed) != ""


def test_a_receiver_that_the_inventory_has_no_more_is_stopped(installed):
    """N4."""
    installed.play(bascule_receiver={}).well()

    states = installed.machine.run("systemctl", "is-active", *SERVICES).stdout.split()
    assert states == ["active", "inactive", "inactive"]
    assert installed.machine.says("find", "/etc/systemd/system", "-name", "bascule-receiver*") == ""
    assert set(RECEIVER.values()) <= set(installed.machine.says("find", FOLDER).split()), "desktops know its authority"
