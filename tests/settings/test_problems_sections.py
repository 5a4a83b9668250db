"""A single problem in a section that the smallest configuration leaves out, and valid values there."""

from math import inf

import pytest

from provisioner.model.people.profiles import Probe
from provisioner.settings.directory import Tls
from provisioner.settings.values import LogFormat, LogLevel
from tests.builders.settings import SECRET, a_pool, a_site

STORE = "must be sqlite:///file or postgresql+psycopg://user@host/database"
LDAP = "must be an address such as ldaps://directory.example.org"
PVE = "must be an address such as https://pve1.example.org:8006"
CLEAR = "would be served in clear over the network: give certificate: and key:, or serve this machine alone (127.0.0.1)"


@pytest.mark.parametrize(
    ("lines", "place", "message"),
    [
        pytest.param(
            "safety: {replace_after: soon}",
            "17:25 safety.replace_after",
            "must be a duration such as 90s, 15min, 4h or 1h30min, or a number of seconds; or never",
            id="neither a duration nor never",
        ),
        pytest.param("safety: {replace_after: 0}", "17:25 safety.replace_after", "must be more than 0", id="at once"),
        pytest.param("pace: {observe_busy: 20s}", "17:22 pace.observe_busy", "must be at most 8", id="no reading is fresh"),
        pytest.param("store: {url: mysql://x/y}", "17:14 store.url", STORE, id="a database that is none of the two"),
        pytest.param("store: {url: 'sqlite://'}", "17:14 store.url", STORE, id="a store that dies with the daemon"),
        pytest.param("store: {url: 'sqlite:///:memory:'}", "17:14 store.url", STORE, id="a store in memory"),
        pytest.param("store: {url: 'postgresql+psycopg://[x/y'}", "17:14 store.url", STORE, id="brackets that do not close"),
        pytest.param(
            f"store: {{url: 'postgresql+psycopg://u:{SECRET}@h/d'}}",
            "17:14 store.url",
            "must hold no password: give it under password:",
            id="a password in the store's url",
        ),
        pytest.param(
            "exposition: {certificate: note-key}",
            "17:13 exposition",
            "give both certificate: and key:, or neither",
            id="a certificate without a key",
        ),
        pytest.param(
            "exposition: {client_ca: note-key}",
            "17:13 exposition",
            "client_ca: needs certificate: and key:",
            id="client certificates need TLS",
        ),
        pytest.param(
            "exposition: {user: p}", "17:13 exposition", "give both user: and password:, or neither", id="no password"
        ),
        pytest.param(
            "exposition: {address: 0.0.0.0, user: p, password: {file: note-key}}",
            "17:23 exposition.address",
            CLEAR,
            id="a password over the network needs TLS",
        ),
        pytest.param("exposition: {port: 65536}", "17:20 exposition.port", "must be at most 65535", id="no port"),
        pytest.param(
            "exposition: {certificate: gone, key: note-key}",
            "17:27 exposition.certificate",
            "cannot read gone: No such file or directory",
            id="a certificate that is not there",
        ),
        pytest.param("ssh: {key_file: note-key}", "17:1 ssh.known_hosts_file", "is missing", id="host keys are not optional"),
        pytest.param(
            "ssh: {key_file: note-key, known_hosts_file: gone}",
            "17:45 ssh.known_hosts_file",
            "cannot read gone: No such file or directory",
            id="host keys that are not there",
        ),
        pytest.param(
            "naming: {prefix: 9-}",
            "17:18 naming.prefix",
            "must be a letter, then at most 8 lower-case letters, digits and hyphens",
            id="a name that starts with a digit",
        ),
        pytest.param(
            "safety: {max_stops_percent: 101}", "17:29 safety.max_stops_percent", "must be at most 100", id="over 100 %"
        ),
        pytest.param("budget: {memory_share: 0}", "17:24 budget.memory_share", "must be more than 0", id="no memory at all"),
        pytest.param(
            "budget: {retry_base: 10min}",
            "17:9 budget",
            "retry_cap is shorter than retry_base",
            id="a last wait that is shorter than the first",
        ),
        pytest.param(
            "scenario: gone.yaml", "17:11 scenario", "cannot read gone.yaml: No such file or directory", id="no such surge"
        ),
        pytest.param('scenario: "a\\0b"', "17:11 scenario", "no file can have this name", id="a file name that cannot be"),
    ],
)
def test_one_problem_of_a_section(tmp_path, lines, place, message):
    site = a_site(tmp_path).append(f"{lines}\n")

    assert site.problems() == [f"bascule.yaml:{place}: {message}"]


@pytest.mark.parametrize("url", ["https://", "https://h:x", "https://h:99999", "https://h/api2", "https://[::1", "https://a b"])
def test_addresses_of_a_cluster_that_are_none(tmp_path, url):
    site = a_site(tmp_path).change("[https://pve1.example.org]", f"['{url}']")

    assert site.problems() == [f"bascule.yaml:5:17 clusters.melun.endpoints[0]: {PVE}"]


@pytest.mark.parametrize(
    ("url", "endpoint"),
    [("https://pve1", "https://pve1:8006"), ("https://pve1:443/", "https://pve1:443"), ("https://[::1]", "https://[::1]:8006")],
)
def test_an_endpoint_has_a_port(tmp_path, url, endpoint):
    site = a_site(tmp_path).change("[https://pve1.example.org]", f"['{url}']")

    assert site.load().clusters["melun"].endpoints == (endpoint,)


@pytest.mark.parametrize(
    ("directory", "expected"),
    [
        pytest.param("{urls: [ldap://d], tls: starttls, base: x}", [], id="StartTLS is right"),
        pytest.param("{urls: [ldap://d], tls: none, insecure: true, base: x}", [], id="in clear, said twice"),
        pytest.param("{ldif: note-key, base: x}", [], id="a file instead of servers"),
        pytest.param(
            "{urls: [ldaps://d], tls: starttls, base: x}",
            ["9:20 directory.urls[0]: must start with ldap:// where tls is starttls"],
            id="StartTLS on a protected port",
        ),
        pytest.param("{urls: [d], base: x}", [f"9:20 directory.urls[0]: {LDAP}"], id="a name that is no address"),
        pytest.param("{base: x}", ["9:12 directory: give either urls: or ldif:"], id="neither servers nor a file"),
        pytest.param("{urls: [ldaps://d]}", ["9:12 directory: give either base: or bases:"], id="no base"),
        pytest.param(
            "{urls: [ldaps://d], base: x, bases: [{base: y}]}", ["9:12 directory: give either base: or bases:"], id="both kinds"
        ),
        pytest.param(
            "{urls: [ldaps://d], bases: [{base: x, filter: all}, {filter: (a=b)}]}",
            ["9:58 directory.bases[0].filter: must be an LDAP filter in brackets", "9:64 directory.bases[1].base: is missing"],
            id="bases of which none is right",
        ),
        pytest.param(
            "{urls: [ldaps://d], base: x, certificate: note-key}",
            ["9:12 directory: give both certificate: and key:, or neither"],
            id="a certificate without its key",
        ),
        pytest.param(
            "{urls: [ldap://d], tls: none, insecure: true, base: x, certificate: note-key, key: gone}",
            ["9:12 directory: certificate: needs TLS: set tls to ldaps or starttls"],
            id="a certificate in clear",
        ),
        pytest.param(
            "{urls: [ldaps://d], base: x, groups: {}}", ["9:41 directory.groups.base: is missing"], id="groups nowhere"
        ),
        pytest.param(
            "{urls: [ldaps://d], base: x, groups: {base: y, members: uniqueMember}}", [], id="C12: one way to list members"
        ),
        pytest.param("{urls: [ldaps://d], base: x, groups: {base: y, members: [member, memberUid]}}", [], id="C12: two ways"),
        pytest.param(
            "{urls: [ldaps://d], base: x, attributes: {end_date: finContrat, end_date_format: '%d/%m'}}",
            [
                "9:93 directory.attributes.end_date_format: must be generalized, filetime, days, seconds, or a pattern with "
                "year, month and day such as %d/%m/%Y, in UTC"
            ],
            id="C12: a date without a year",
        ),
        pytest.param(
            "{urls: [ldaps://d], base: x, attributes: {login_pattern: '['}}",
            ["9:69 directory.attributes.login_pattern: must be a regular expression: unterminated character set at position 0"],
            id="C12: half a pattern",
        ),
        pytest.param("{urls: [ldaps://d], ldif: note-key, base: x}", ["9:12 directory: give either urls: or ldif:"], id="both"),
        pytest.param(
            "{urls: [ldaps://d], base: x, filter: uid=*}",
            ["9:49 directory.filter: must be an LDAP filter in brackets"],
            id="a filter without brackets",
        ),
        pytest.param(
            "{urls: [ldaps://d], base: x, attributes: {site: ''}}\nscenario: surge.yaml",
            [],
            id="an attribute that nobody selects by may be left out",
        ),
    ],
)
def test_the_directory(tmp_path, directory, expected):
    site = a_site(tmp_path).write("surge.yaml", "name: s\nwaves: [{name: a, who: everyone}]\n")
    site.change("directory:\n  urls: [ldaps://directory.example.org]\n  base: dc=example\n", f"directory: {directory}\n")

    assert site.problems() == [f"bascule.yaml:{line}" for line in expected]


def test_a_selection_needs_the_attribute_that_it_compares(tmp_path):
    site = a_site(tmp_path).change("who: everyone", "who: {sites: [Melun]}")
    site.change("  base: dc=example\n", "  base: dc=example\n  attributes: {site: ''}\n")

    assert site.problems() == [
        "bascule.yaml:17:18 entitlements[0].who.sites: cannot match: "
        "directory.attributes in bascule.yaml names no attribute for it"
    ]


def test_an_entitlement_after_everyone_selects_no_agent(tmp_path):
    assert a_site(tmp_path).append("  - {profile: standard, who: {sites: [Melun]}}\n").problems() == [
        "bascule.yaml:17:5 entitlements[1]: selects no agent: an entitlement before it selects everyone"
    ]


@pytest.mark.parametrize(("text", "seconds"), [("never", inf), ("30min", 1800.0)])
def test_when_a_dead_nodes_desktops_are_replaced(tmp_path, text, seconds):
    assert a_site(tmp_path).append(f"safety: {{replace_after: {text}}}\n").load().safety.replace_after_s == seconds


def test_sections_that_are_right_become_what_they_say(tmp_path):
    site = a_site(tmp_path).append("probe: ssh\n" + a_pool("10.0.0.9", "10.0.0.20"), name="standard.yaml")
    site.change("who: everyone", "who: {attributes: {Title: [chef]}, logins: [a, b]}")
    site.change("  base: dc=example\n", "  base: dc=example\n  attributes: {extra: [title]}\n  tls: ldaps\n")
    site.append(
        "ssh: {key_file: note-key, known_hosts_file: note-key, connect_timeout: 2s}\n"
        "exposition: {address: 0.0.0.0, certificate: note-key, key: note-key, user: p, password: {file: note-key}}\n"
        "log: {format: console, level: debug}\n"
        "budget: {retry_base: 1s, retry_cap: 1min}\n"
    )
    settings = site.load()

    assert settings.ssh is not None
    assert (settings.ssh.connect_timeout_s, settings.ssh.key_file) == (2.0, tmp_path / "note-key")
    assert settings.exposition.certificate == tmp_path / "note-key"
    assert (settings.log.format, settings.log.level) == (LogFormat.CONSOLE, LogLevel.DEBUG)
    assert (settings.budget.retry_base_s, settings.budget.retry_cap_s) == (1.0, 60.0)
    assert settings.profiles["standard"].probe is Probe.SSH
    assert settings.directory.tls is Tls.LDAPS
    assert settings.entitlements[0].who.attributes == (("title", frozenset({"chef"})),)
    assert settings.entitlements[0].who.logins == {"a", "b"}


def test_the_receiver_has_files_that_the_daemon_need_not_read(tmp_path):
    site = a_site(tmp_path).append("receiver: {address: 10.0.0.1, certificate: gone.pem, key: gone.key, socket: d/s}\n")
    receiver = site.load().receiver

    assert receiver is not None
    assert (receiver.address, receiver.port) == ("10.0.0.1", 9819)
    assert (receiver.certificate, receiver.key) == (tmp_path / "gone.pem", tmp_path / "gone.key")
    assert receiver.socket == tmp_path / "d/s"
