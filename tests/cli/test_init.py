"""`bascule init` on a served twin, and on the directories that people have."""

import fcntl
import os
import pty
import select
import signal
import socket
import ssl
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from provisioner.adapters.ldap.ldif import write_ldif
from provisioner.demo.people import PEOPLE_BASE, write_demo_directory, write_server_ldif
from provisioner.model.machines.twin_spec import NodeSpec
from provisioner.settings.bascule import load_settings
from provisioner.setup.certificates import fingerprint
from tests.adapters.ldap.town_ldif import record
from tests.builders.cli import bascule, files_of
from tests.builders.english import english_in
from tests.builders.patience import FUSE_S
from tests.builders.private import a_secret_file
from tests.builders.twin_http import Served, a_twin_spec, serve
from tests.servers.certificates import Authority
from tests.servers.ds389 import READER as DS389_READER
from tests.servers.ds389 import SUFFIX as DS389_SUFFIX
from tests.servers.ds389 import ds389
from tests.servers.samba import PASSWORD as SAMBA_PASSWORD
from tests.servers.samba import READER as SAMBA_READER
from tests.servers.samba import samba
from tests.servers.slapd import PASSWORD, READER, slapd
from tests.setup.test_languages import comments

pytestmark = pytest.mark.real

TOKEN = "root@pam!full"
PEOPLE = 12
BASCULE = str(Path(sys.executable).with_name("bascule"))


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("init")


@pytest.fixture(scope="module")
def twin(home):
    with serve(a_twin_spec(), home) as served:
        a_secret_file(home / "token", f"{served.twin.spec.tokens[0].secret}\n")
        write_demo_directory(home / "people.ldif", PEOPLE)
        yield served


def of_cluster(twin: Served, home: Path, **changes: str) -> list[str]:
    usual = {
        "endpoint": twin.url,
        "token_id": TOKEN,
        "token_secret_file": str(home / "token"),
        "ca_file": twin.ca,
        "template": "tmpl-two",
    }
    return options(**{**usual, **changes})


def options(**given: str) -> list[str]:
    return [word for name, value in given.items() if value for word in (f"--{name.replace('_', '-')}", value)]


def of_file(home: Path) -> list[str]:
    return options(ldif=str(home / "people.ldif"), ldap_base=PEOPLE_BASE)


def test_what_it_writes_is_what_check_accepts(twin, home, tmp_path):
    ended = bascule("init", str(tmp_path / "site"), *of_cluster(twin, home), *of_file(home), "--group", "teletravail", "--yes")
    assert (ended.code, ended.err) == (0, ""), ended.said
    assert "image tmpl-two, VMIDs 20000 to 20999, desktops for teletravail" in ended.said

    checked = bascule("check", "--json", "--config", str(tmp_path / "site" / "bascule.yaml"))

    assert [finding for finding in checked.document if finding["grade"] == "bad"] == []
    assert checked.code == 0
    settings = load_settings(tmp_path / "site" / "bascule.yaml", environment={})
    assert (settings.installation, list(settings.clusters)) == ("lab", ["lab"])


def test_a_site_for_the_ansible_role_names_the_places_of_its_machine(twin, home, tmp_path):
    """N3: the store of a site of `init` lay beside its configuration, where the daemon that the role installs may not write."""
    words = (*of_cluster(twin, home), *of_file(home), "--installed", "--receiver", "bascule.example.org:9900", "--yes")
    ended = bascule("init", str(tmp_path / "site"), *words)
    assert ended.code == 0, ended.said
    assert "bascule_secrets in the inventory the files note-key, token" in " ".join(ended.said.split())

    settings = load_settings(tmp_path / "site" / "bascule.yaml", environment={})

    places = (
        settings.store.url.removeprefix("sqlite:///"),
        settings.freeze_file,
        settings.api.socket,
        settings.receiver.socket,
    )
    assert {str(Path(place).parent) for place in places} == {"/var/lib/bascule", "/run/bascule", "/run/bascule-receiver"}
    receiver = settings.receiver
    assert (receiver.address, receiver.port, receiver.group) == ("0.0.0.0", 9900, "bascule-receiver")
    files = (receiver.certificate, receiver.key, receiver.authority, receiver.authority_key)
    assert [str(file) for file in files] == [
        f"/etc/bascule-receiver/{name}" for name in ("receiver.pem", "receiver.key", "ca.pem", "ca.key")
    ]
    assert not [name for name in files_of(tmp_path) if "receiver" in str(name)]
    laid = bascule("guest", "files", str(tmp_path / "image"), "--config", str(tmp_path / "site" / "bascule.yaml"))
    assert (laid.code, "ask for the authority when they boot" in laid.said) == (0, True), laid.said


def test_a_french_init_writes_french_comments(twin, home, tmp_path):
    """F21: the comments were English for everybody."""
    site = tmp_path / "site"
    asked = ("init", str(site), *of_cluster(twin, home), *of_file(home), "--yes")
    ended = bascule("--lang", "fr", *asked)

    assert (ended.code, ended.err) == (0, ""), ended.said
    for path in (site / "bascule.yaml", *sorted((site / "scenarios").iterdir())):
        assert english_in("\n".join(comments(path.read_text(encoding="utf-8")))) == []
    assert load_settings(site / "bascule.yaml", environment={}).scenario.waves[0].name == "tout le monde"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({"template": ""}, "say which image: --template with one of tmpl-", id="several images"),
        pytest.param({"template": "none"}, "there is no image none", id="an image that is not there"),
        pytest.param({"ca_file": ""}, "nothing vouches for the certificate", id="nobody vouches"),
        pytest.param({"ca_file": "", "fingerprint": "AB:CD"}, "shows another certificate", id="another certificate"),
        pytest.param({"endpoint": ""}, "say: --endpoint", id="no address"),
        pytest.param({"token_secret_file": "/nowhere"}, "/nowhere: No such file", id="no secret"),
        pytest.param({"token_id": "root@pam!other"}, "Authentication failed!", id="another token"),
        pytest.param({"group": "nobody"}, "nobody is in a group nobody; the largest groups: teletravail", id="no such group"),
        pytest.param({"vmids": "9000-9001"}, "9000-9001 holds VMs that exist: 9000, 9001", id="a range that is taken"),
        pytest.param({"vmids": "9"}, "two numbers", id="no range"),
        pytest.param({"receiver": "here:99999"}, "--receiver: a name or an address", id="no port"),
        pytest.param({"receiver": "https://here"}, "--receiver: a name or an address", id="no name"),
        pytest.param(
            {"cluster": "No Name"},
            "site/bascule.yaml:21:3 clusters.No Name: must be at most 31 lower-case",
            id="a name that is none",
        ),
    ],
)
def test_what_cannot_be_is_one_message_and_nothing_is_written(twin, home, tmp_path, changes, said):
    ended = bascule("init", str(tmp_path / "site"), *of_cluster(twin, home, **changes), *of_file(home), "--yes")

    assert (ended.code in (2, 3), said in ended.said, "Traceback" in ended.said) == (True, True, False), ended.said
    assert files_of(tmp_path) == set()


def test_people_in_a_file_need_a_base_and_nothing_waits_for_it(twin, home, tmp_path):
    file = options(ldif=str(home / "people.ldif"))

    ended = bascule("init", str(tmp_path / "site"), *of_cluster(twin, home), *file, "--yes")

    assert (ended.code, "say: --ldap-base" in ended.said, files_of(tmp_path)) == (2, True, set()), ended.said


def test_a_fingerprint_that_was_compared_is_enough(twin, home, tmp_path):
    pinned = fingerprint((home / "server.pem").read_text())

    ended = bascule(
        "init", str(tmp_path / "site"), *of_cluster(twin, home, ca_file="", fingerprint=pinned), *of_file(home), "--yes"
    )

    assert ended.code == 0, ended.said
    assert bascule("check", "--config", str(tmp_path / "site" / "bascule.yaml")).code == 0


@pytest.mark.parametrize("option", ["token_secret_file", "ldap_password_file"])
@pytest.mark.parametrize(
    ("mode", "said"), [(0o644, "everyone may read {file}: chmod o-rwx"), (0o660, "may write to {file}: chmod go-w")]
)
def test_a_secret_of_everybody_is_refused_as_in_a_configuration(twin, home, tmp_path, option, mode, said):
    """H10: init wrote it where everyone may not read it, and never said who had read it before."""
    file = a_secret_file(tmp_path / "secret", PASSWORD)
    file.chmod(mode)
    words = of_cluster(twin, home) if option == "ldap_password_file" else of_cluster(twin, home, token_secret_file=str(file))
    directory = options(ldap="ldap://127.0.0.1:1", ldap_user=READER, ldap_password_file=str(file), ldap_base=PEOPLE_BASE)
    ended = bascule("init", str(tmp_path / "site"), *words, *directory, "--yes")

    assert (ended.code, said.format(file=file) in ended.said) == (2, True), ended.said
    assert not (tmp_path / "site").exists()


def test_openldap_is_recognised(twin, home, tmp_path):
    authority = Authority(tmp_path / "ca")
    write_server_ldif(tmp_path / "people.ldif", PEOPLE)
    a_secret_file(tmp_path / "password", PASSWORD)
    with slapd(tmp_path / "slapd", certificate=authority.issue("server"), ldif=tmp_path / "people.ldif") as server:
        words = options(ldap=server.ldaps, ldap_user=READER, ldap_password_file=str(tmp_path / "password"))
        words += options(ldap_base=PEOPLE_BASE, ldap_ca=str(authority.ca_file), group="teletravail")
        ended = bascule("init", str(tmp_path / "site"), *of_cluster(twin, home), *words, "--yes")
        assert ended.code == 0, ended.said
        assert f"directory: OpenLDAP, {PEOPLE} people with a usable account" in ended.said

        checked = bascule("check", "--config", str(tmp_path / "site" / "bascule.yaml"))

    assert checked.code == 0, checked.said
    assert f"{PEOPLE} agents are entitled" in checked.said


def test_389_directory_server_is_recognised(twin, home, tmp_path):
    people = f"ou=people,{DS389_SUFFIX}"
    entries = [record(DS389_SUFFIX, objectClass=("domain",), dc=("departement",))]
    entries += [
        record(place, objectClass=("organizationalUnit",), ou=(place[3:9],)) for place in (people, f"ou=groups,{DS389_SUFFIX}")
    ]
    person = record(f"uid=a,{people}", objectClass=("inetOrgPerson",), uid=("a",), cn=("A",), sn=("A",))
    group = record(
        f"cn=teletravail,ou=groups,{DS389_SUFFIX}", objectClass=("groupOfNames",), cn=("teletravail",), member=(person.dn,)
    )
    write_ldif(tmp_path / "site.ldif", [*entries, person, group])
    a_secret_file(tmp_path / "password", PASSWORD)
    with ds389(tmp_path / "ds389", ldif=tmp_path / "site.ldif") as server:
        words = options(ldap=server.ldap, ldap_user=DS389_READER, ldap_password_file=str(tmp_path / "password"))
        words += options(ldap_base=people, group="teletravail")
        ended = bascule("init", str(tmp_path / "site"), *of_cluster(twin, home), *words, "--yes")
        assert ended.code == 0, ended.said
        assert "directory: 389 Directory Server, 1 person with a usable account" in ended.said

        checked = bascule("check", "--config", str(tmp_path / "site" / "bascule.yaml"))

    assert checked.code == 0, checked.said


def test_active_directory_is_recognised(twin, home, tmp_path):
    """Samba as its domain controller."""
    authority = Authority(tmp_path / "ca")
    a_secret_file(tmp_path / "password", SAMBA_PASSWORD)
    (tmp_path / "group.ldif").write_text(
        "dn: cn=teletravail,cn=Users,dc=departement,dc=example\nobjectClass: group\nsAMAccountName: teletravail\n"
        f"member: {SAMBA_READER}\n"
    )
    with samba(tmp_path / "samba", authority=authority, ldif=tmp_path / "group.ldif") as server:
        words = options(ldap=server.ldaps, ldap_user=SAMBA_READER, ldap_password_file=str(tmp_path / "password"))
        words += options(ldap_base="dc=departement,dc=example", ldap_ca=str(authority.ca_file), group="teletravail")
        ended = bascule("init", str(tmp_path / "site"), *of_cluster(twin, home), *words, "--yes")
        assert ended.code == 0, ended.said
        assert "directory: Samba (Active Directory)" in ended.said
        settings = load_settings(tmp_path / "site" / "bascule.yaml", environment={}).directory

        checked = bascule("check", "--config", str(tmp_path / "site" / "bascule.yaml"))

    assert (settings.attributes.agent_id, settings.attributes.login) == ("objectGUID", "sAMAccountName")
    assert (settings.filter, settings.groups.nested) == ("(&(objectCategory=person)(objectClass=user))", True)
    assert checked.code == 0, checked.said
    assert "1 agents are entitled" in checked.said or "1 agent is entitled" in checked.said


class AtTerminal:
    """The command at a terminal of 80 columns: each answer is typed when a question ends with a colon."""

    def __init__(self, *words: str, folder: Path) -> None:
        self.screen, other = pty.openpty()
        self.shown = ""
        environment = {**os.environ, "COLUMNS": "80", "TERM": "dumb", "BASCULE_LANG": "en"}
        self.process = subprocess.Popen(
            [BASCULE, *words],
            stdin=other,
            stdout=other,
            stderr=other,
            cwd=folder,
            env=environment,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(other)

    def answer(self, question: str, text: str) -> None:
        """Type it once this was asked."""
        end, known = time.monotonic() + FUSE_S, len(self.shown)
        while question not in self.shown[known:] or not self.shown.rstrip(" ").endswith(":"):
            assert self._read(), self.shown
            assert time.monotonic() < end, self.shown
        os.write(self.screen, text.encode())

    def interrupt(self) -> None:
        """Ctrl-C until it is noticed: Python misses a signal that comes between its prompt and its wait for a line."""
        end = time.monotonic() + FUSE_S
        while self.process.poll() is None:
            assert time.monotonic() < end, self.shown
            os.write(self.screen, b"\x03")
            select.select([], [], [], 0.5)

    def end(self) -> int:
        """The exit code, once everything was read."""
        while self._read():
            pass
        os.close(self.screen)
        return self.process.wait(30)

    def _read(self) -> bool:
        readable, _, _ = select.select([self.screen], [], [], 30)
        try:
            part = os.read(self.screen, 4096) if readable else b""
        except OSError:  # the other side was closed
            part = b""
        self.shown += part.decode().replace("\r\n", "\n")
        return bool(part)


def test_it_asks_for_what_it_was_not_told(twin, home, tmp_path):
    secret = twin.twin.spec.tokens[0].secret
    asked = AtTerminal("init", "site", *of_file(home), folder=tmp_path)
    asked.answer("Address of a node", f"{twin.url}\n")
    asked.answer("empty: compare a fingerprint", "\n")
    asked.answer("say the same?", "y\n")
    asked.answer("API token", f"{TOKEN}\n")
    asked.answer("Its secret", f"{secret}\n")
    asked.answer("Golden image", "tmpl-two\n")
    asked.answer("Who gets a desktop", "teletravail\n")
    asked.answer("A name for the cluster", "\n")
    asked.answer("A name for the installation", "oise\n")
    asked.answer("VMIDs", "\n")
    asked.answer("127.0.0.1:9819", "127.0.0.1:9900\n")

    assert asked.end() == 0, asked.shown
    assert secret not in asked.shown
    assert fingerprint((home / "server.pem").read_text()) in "".join(asked.shown.split())
    settings = load_settings(tmp_path / "site" / "bascule.yaml", environment={})
    assert (settings.installation, settings.receiver.port) == ("oise", 9900)


@pytest.mark.parametrize(
    ("wish", "name", "port"),
    [
        pytest.param("", "127.0.0.1", 9819, id="the usual"),
        pytest.param("bascule.example.org", "bascule.example.org", 9819, id="a name"),
        pytest.param("bascule.example.org:443", "bascule.example.org", 443, id="a name and a port"),
        pytest.param("[2001:db8::1]:443", "2001:db8::1", 443, id="an address of IPv6 and a port"),
        pytest.param("2001:db8::1", "2001:db8::1", 9819, id="an address of IPv6"),
    ],
)
def test_desktops_report_by_themselves_unless_somebody_says_no(twin, home, tmp_path, wish, name, port):
    """F1: `init` wrote no `receiver`, so that desktops were only read, each after a quarter of an hour."""
    ended = bascule(
        "init", str(tmp_path / "site"), *of_cluster(twin, home), *of_file(home), *options(receiver=wish), "--yes"
    )  # fmt: skip

    assert (ended.code, f"desktops report to {name}, port {port}:" in ended.said) == (0, True), ended.said
    settings = load_settings(tmp_path / "site" / "bascule.yaml", environment={}).receiver
    assert (settings.name, settings.port) == (name, port)
    checked = bascule("check", "--json", "--config", str(tmp_path / "site" / "bascule.yaml"))
    assert [finding for finding in checked.document if "receiver" in str(finding) and finding["grade"] != "good"] == []


def test_desktops_are_only_read_if_somebody_says_so(twin, home, tmp_path):
    ended = bascule("init", str(tmp_path / "site"), *of_cluster(twin, home), *of_file(home), "--receiver", "none", "--yes")

    assert (ended.code, "desktops report" in ended.said) == (0, False), ended.said
    assert load_settings(tmp_path / "site" / "bascule.yaml", environment={}).receiver is None
    assert not [name for name in files_of(tmp_path) if "receiver" in str(name)]


def test_ctrl_c_leaves_nothing(twin, home, tmp_path):
    asked = AtTerminal("init", "site", *of_cluster(twin, home), *of_file(home), folder=tmp_path)
    asked.answer("Who gets a desktop", "")
    asked.interrupt()

    assert asked.end() in (130, -signal.SIGINT), "a second Ctrl-C may end it at once"
    assert files_of(tmp_path) == set()


def test_k7_every_node_that_answers_under_the_same_authority_becomes_an_endpoint(tmp_path):
    """K7: of a cluster of four one node was written. The third has another authority, the fourth does not answer."""
    nodes = tuple(NodeSpec(name=f"pve{number}", cores=16, memory_mib=65536) for number in (1, 2, 3, 4))
    with (
        another_server("127.0.0.3", tmp_path) as port,
        taken("127.0.0.4", port),
        serve(a_twin_spec(nodes=nodes), tmp_path, port=port) as twin,
    ):
        a_secret_file(tmp_path / "token", f"{twin.twin.spec.tokens[0].secret}\n")
        write_demo_directory(tmp_path / "people.ldif", PEOPLE)
        ended = bascule("init", str(tmp_path / "site"), *of_cluster(twin, tmp_path), *of_file(tmp_path), "--yes")
        settings = load_settings(tmp_path / "site" / "bascule.yaml", environment={})

        (cluster,) = settings.clusters.values()
        assert (ended.code, list(cluster.endpoints)) == (0, [twin.url, f"https://127.0.0.2:{twin.port}"]), ended.said
        assert "node pve3 is left out of the endpoints: what vouches for the first does not vouch for" in ended.said
        assert "node pve4 is left out of the endpoints: https://127.0.0.4" in ended.said


@contextmanager
def another_server(address: str, folder: Path) -> Iterator[int]:
    """Answers there by TLS, with a certificate of another authority; its port."""
    files = Authority(folder / "another").issue("server", addresses=(address,))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.key)
    with socket.create_server((address, 0)) as listening:
        answers = threading.Thread(target=_shake_hands, args=(listening, context))
        answers.start()
        try:
            yield listening.getsockname()[1]
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            answers.join(10)


def _shake_hands(listening: socket.socket, context: ssl.SSLContext) -> None:
    with suppress(OSError):  # it is shut down
        while True:
            connection, _ = listening.accept()
            with suppress(OSError), connection, context.wrap_socket(connection, server_side=True):
                pass


@contextmanager
def taken(address: str, port: int) -> Iterator[None]:
    """Nobody answers there, and nobody else can."""
    with socket.socket() as bound:
        bound.bind((address, port))
        yield
