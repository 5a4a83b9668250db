"""observability.yml on a guest: a silent daemon is a mail, by TLS and passwords all the way."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from monitors.exposition import Exposition
from provisioner.settings.secret import Secret
from provisioner.settings.values import ExpositionSettings
from tests.ansible.operated.pages import pasted
from tests.ansible.operated.test_recovery import inside, typed
from tests.builders.ansible import Operator, Played, short_folder
from tests.builders.monitors import SetClock, a_recorder, a_status
from tests.builders.patience import comes
from tests.servers.certificates import Authority
from tests.servers.nspawn import Guest, guest
from tests.servers.smtp import Mailboxes, Manner, smtp_server

pytestmark = pytest.mark.guest

PASSWORD, OF_DAEMON = "of-the-pages-correct-horse", "of-the-daemon-correct-horse"
CERTIFICATES = "/etc/bascule-certificates"
ON_CALL, NAME = "astreinte@departement.example", "watch.example.org"
(BY_HAND,) = (block for block in pasted("ansible/README.md") if block.startswith("amtool"))
UNITS = ("prometheus.service", "prometheus-alertmanager.service")


class Watch:
    """Somebody who plays observability.yml, and a daemon's page, which is the machine's own here."""

    def __init__(self, machine: Guest, operator: Operator, boxes: Mailboxes, variables: dict[str, Any]) -> None:
        self.machine, self.operator, self.boxes, self.variables = machine, operator, boxes, variables
        self.printed = ""
        self.page: Exposition

    def play(self, *options: str, **variables: Any) -> Played:
        played = self.operator.plays("observability.yml", self.variables | variables, "--diff", *options)
        self.printed += played.text
        return played

    def files(self) -> str:
        listed = "find prometheus default/prometheus* -type f"
        return self.machine.says("sh", "-c", f"cd /etc; {listed} -printf '%p %M %u %g\\n'; {listed} -exec md5sum {{}} +")

    def running(self) -> str:
        return self.machine.says("systemctl", "show", "--value", "--property=InvocationID,ActiveState", *UNITS)

    def asks(self, path: str, *, port: int = 9090, password: str = PASSWORD) -> str:
        """What curl is answered, by the name of the certificate."""
        to = ("--cacert", f"{CERTIFICATES}/ca.pem", "--resolve", f"{NAME}:{port}:127.0.0.1")
        return self.machine.run("curl", "-sS", *to, "-u", f"bascule:{password}", f"https://{NAME}:{port}{path}").stdout

    def value(self, expression: str) -> str:
        """Of an instant query; empty: there is none."""
        result = json.loads(self.asks(f"/api/v1/query?query={expression}"))["data"]["result"]
        return result[0]["value"][1] if result else ""


def page_of(authority: Authority, port: int = 0) -> Exposition:
    clock = SetClock()
    recorder = a_recorder(clock)
    recorder.status(a_status(free=100))
    issued = authority.issue("metrics", names=("switch.example.org",))
    protected = {"certificate": issued.certificate, "key": issued.key, "user": "prometheus", "password": Secret(OF_DAEMON)}
    return Exposition(recorder, ExpositionSettings(port=port, **protected), clock=clock)


@pytest.fixture(scope="module")
def watch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    home: Path = tmp_path_factory.mktemp("observability")
    authority = Authority(home / "authority")
    (home / "guest").mkdir()
    with ExitStack() as stack:
        temp = stack.enter_context(short_folder())
        mail, boxes = stack.enter_context(smtp_server(lambda _, __: Manner.TAKE))
        machine = stack.enter_context(guest(home / "guest"))
        page = stack.enter_context(page_of(authority))
        over_ssh = {"ansible_user": "root", "ansible_python_interpreter": "/usr/bin/python3"}
        over_ssh["ansible_ssh_common_args"] = f"-F {machine.ssh_config}"
        variables = {
            "observability_daemon": page.url.removeprefix("https://").removesuffix("/"),
            "observability_daemon_authority": f"{CERTIFICATES}/ca.pem",
            "observability_daemon_user": "prometheus",
            "observability_daemon_password": OF_DAEMON,
            "observability_mail_server": f"127.0.0.1:{mail}",
            "observability_mail_from": "bascule@departement.example",
            "observability_mail_on_call": ON_CALL,
            "observability_mail_by_day": "exploitation@departement.example",
            "observability_mail_tls": False,
            "observability_password": PASSWORD,
            "observability_name": NAME,
            "observability_runbooks": "https://docs.departement.example",
        }
        made = Watch(machine, Operator(home, group="observability", machine=over_ssh, temp=temp), boxes, variables)
        made.page = page
        made.before = made.play()
        lay_down(machine, authority)
        yield made


def lay_down(machine: Guest, authority: Authority) -> None:
    """As certificates.yml does."""
    issued = authority.issue("observability", names=(NAME,))
    inside(machine, CERTIFICATES).mkdir()
    files = {"observability.pem": issued.certificate, "observability.key": issued.key, "ca.pem": authority.ca_file}
    for name, source in files.items():
        inside(machine, f"{CERTIFICATES}/{name}").write_text(source.read_text())
    machine.says("sh", "-c", f"cd {CERTIFICATES}; chmod 644 *.pem; chown root:prometheus *.key; chmod 640 *.key")


def test_without_a_certificate_nothing_is_changed(watch):
    assert watch.before.exit_code != 0
    assert "Play certificates.yml first" in watch.before.text
    assert watch.before.changed == 0


def test_it_is_foretold_played_and_then_nothing_changes(watch):
    before = watch.files()
    assert watch.play("--check").well().changed > 0
    assert watch.files() == before

    watch.first = watch.play().well()

    assert watch.play("--check").well().changed == 0
    assert watch.play().well().changed == 0
    assert watch.machine.says("systemctl", "is-enabled", *UNITS).split() == ["enabled", "enabled"]
    secret = [line for line in watch.files().splitlines() if "-r" in line and ("password" in line or "web.yml" in line)]
    assert [line.split()[1:] for line in secret] == [["-rw-r-----", "root", "prometheus"]] * 3, secret


def test_nobody_reads_it_without_password_or_by_http(watch):
    assert watch.value("up") == "1"
    assert "Unauthorized" in watch.asks("/api/v1/query?query=up", password="another")
    assert "Unauthorized" in watch.asks("/api/v2/alerts", port=9093, password="another")
    for port in (9090, 9093):
        assert "HTTP request to an HTTPS server" in watch.machine.run("curl", "-s", f"http://127.0.0.1:{port}/").stdout
    listening = watch.machine.says("ss", "-Hltn", "( sport = :9090 or sport = :9093 or sport = :9094 )").splitlines()
    assert sorted(line.split()[3] for line in listening) == ["127.0.0.1:9090", "127.0.0.1:9093"]


def test_an_alert_by_hand_arrives_by_the_pages_words(watch):
    typed(watch.machine, BY_HAND)

    assert comes(lambda: any("BasculeTest" in letter["Subject"] for letter in watch.boxes.letters(ON_CALL)), look_s=1)


def test_what_prometheus_would_refuse_changes_nothing(watch):
    before = watch.files(), watch.running()

    refused = watch.play(observability_runbooks="https://docs.example/{{ '{{' }} $broken ")

    assert refused.exit_code != 0
    assert "bascule.rules.yml" in refused.text
    assert (watch.files(), watch.running()) == before
    assert watch.machine.run("ls", "/run/bascule-observability").returncode != 0


def test_what_somebody_else_has_written_stays_unless_it_is_told(watch):
    theirs = "# ours\nscrape_configs: []\n"
    inside(watch.machine, "/etc/prometheus/prometheus.yml").write_text(theirs)

    refused = watch.play()

    assert (refused.exit_code != 0, refused.changed) == (True, 0)
    assert "/etc/prometheus/prometheus.yml: neither Debian's nor of this role" in " ".join(refused.text.split())
    assert inside(watch.machine, "/etc/prometheus/prometheus.yml").read_text() == theirs
    assert watch.play(observability_replaces=True).well().changed == 2  # the file, and a reload
    assert watch.play().well().changed == 0


def test_what_an_interrupted_run_has_brought_is_taken_up(watch):
    watch.machine.says("touch", "/run/bascule-observability-unfinished")
    before = watch.running()

    assert watch.play().well().changed == 3  # it is said, and both are restarted
    assert watch.running() != before
    assert watch.play().well().changed == 0


def test_another_password_and_french_alerts_are_taken_up(watch):
    new = "another-correct-horse"

    watch.play(observability_password=new, observability_language="fr").well()

    assert "Unauthorized" in watch.asks("/api/v1/query?query=up")
    rules = json.loads(watch.asks("/api/v1/rules", password=new))["data"]["groups"]
    down = next(rule for group in rules for rule in group["rules"] if rule["name"] == "BasculeDown")
    assert "ne répond pas" in down["annotations"]["summary"]
    assert down["annotations"]["runbook_url"].startswith("https://docs.departement.example/")
    watch.play().well()
    assert watch.value("up") == "1"


def test_dashboards_go_where_grafana_is_and_none_is_there_twice(watch):
    twice = inside(watch.machine, "/var/lib/grafana/dashboards/own")
    watch.machine.says("mkdir", "-p", "/etc/grafana/provisioning", "/var/lib/grafana/dashboards/own")
    (twice / "x.json").write_text('{"title": "x", "uid": "bascule-crisis-en"}')

    assert "own/x.json: the same dashboards" in " ".join(watch.play().text.split())

    (twice / "x.json").unlink()
    watch.play().well()
    assert watch.play().well().changed == 0
    assert len(watch.machine.says("ls", "/var/lib/grafana/dashboards/bascule").split()) == 9
    source = inside(watch.machine, "/etc/grafana/provisioning/datasources/bascule.yaml")
    assert watch.machine.says("stat", "-c", "%a", "/etc/grafana/provisioning/datasources/bascule.yaml") == "640"
    assert "url: https://127.0.0.1:9090" in source.read_text()


def test_a_daemon_that_does_not_answer_is_a_mail(watch):
    """Nearly last: the rule waits for two minutes, Alertmanager ten seconds more."""
    watch.page.close()

    assert comes(lambda: any("BasculeDown" in letter["Subject"] for letter in watch.boxes.letters(ON_CALL)), look_s=1)
    assert watch.value("prometheus_notifications_errors_total") in {"", "0"}
    said = watch.play()
    assert said.exit_code != 0
    assert "Prometheus does not read the daemon at https://" in " ".join(said.text.split())


def test_no_password_is_printed_or_in_a_journal(watch):
    journal = watch.machine.says("journalctl", "--no-pager", "--output", "cat")
    listed = watch.machine.says("sh", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '")
    for text in (watch.printed, journal, listed):
        assert [word for word in (PASSWORD, OF_DAEMON) if word in text] == []
