"""N4: API and metrics are served with a renewed certificate without a restart, and never with a broken one."""

import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from monitors.exposition import Exposition
from provisioner.api.callers import Role, Roles
from provisioner.api.identity import identify_by
from provisioner.api.server import ApiServer
from provisioner.api.tokens import Tokens, make_token
from provisioner.daemon.service import Service, ServiceContext
from provisioner.daemon.system_clock import SystemClock
from provisioner.settings.values import ApiSettings, ExpositionSettings
from provisioner.tls_files import ServedCertificate
from tests.builders.api import an_api_site, ask
from tests.builders.cli import a_lonely_site
from tests.builders.monitors import SetClock, a_recorder
from tests.builders.patience import comes
from tests.monitors import pages
from tests.servers.certificates import Authority, Certificate, shown_serial
from tests.servers.processes import free_port


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """What serves, on which port."""

    port: int
    served: ServedCertificate


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "ca")


@pytest.fixture
def issued(authority: Authority) -> Certificate:
    return authority.issue("server")


@pytest.fixture(params=["api", "metrics"])
def serving(request: pytest.FixtureRequest, tmp_path: Path, issued: Certificate) -> Iterator[Serving]:
    """Each of the two servers."""
    with closing(_SERVERS[request.param](tmp_path, issued, port := free_port())) as server:
        server.open()
        assert server.served is not None
        yield Serving(port=port, served=server.served)


def the_api(folder: Path, issued: Certificate, port: int) -> ApiServer:
    tokens = folder / "tokens"
    tokens.write_text(make_token("grafana", Role.BOARD)[1].line)
    files = {"certificate": issued.certificate, "key": issued.key, "tokens": tokens}
    settings = ApiSettings(socket=folder / "api.sock", address="127.0.0.1", port=port, **files)
    return ApiServer(an_api_site(), settings, identify_by(Roles(own_uid=os.getuid()), lambda *_: "root", Tokens(tokens)))


def the_metrics(_: Path, issued: Certificate, port: int) -> Exposition:
    settings = ExpositionSettings(port=port, certificate=issued.certificate, key=issued.key)
    return Exposition(a_recorder(clock := SetClock()), settings, clock=clock)


_SERVERS: dict[str, Callable[[Path, Certificate, int], ApiServer | Exposition]] = {"api": the_api, "metrics": the_metrics}


def test_new_connections_are_shown_the_renewed_one(serving: Serving, authority: Authority, issued: Certificate):
    before = shown_serial(serving.port, authority.ca_file)
    assert not serving.served.take_up(), "nothing has changed"
    renewed = authority.renew(issued)

    assert serving.served.take_up()

    assert shown_serial(serving.port, authority.ca_file) == renewed != before


def test_a_broken_one_is_not_served_and_is_said(serving: Serving, authority: Authority, issued: Certificate):
    before, key = shown_serial(serving.port, authority.ca_file), issued.key.read_bytes()
    for broken in (
        lambda: issued.certificate.write_text("half"),
        issued.certificate.unlink,
        lambda: authority.renew(issued, key_too=False),
        lambda: issued.key.write_text("none"),
    ):
        broken()
        assert not serving.served.take_up()
        assert shown_serial(serving.port, authority.ca_file) == before
        assert str(issued.certificate) in serving.served.fault
    issued.key.write_bytes(key)
    renewed = authority.renew(issued)

    assert serving.served.take_up()

    assert (shown_serial(serving.port, authority.ca_file), serving.served.fault) == (renewed, "")


def test_the_same_time_hides_no_other_contents(serving: Serving, authority: Authority, issued: Certificate):
    """Of a copy that keeps times, as `cp -p` and rsync make it."""
    before = issued.certificate.stat()
    renewed = authority.renew(issued)
    os.utime(issued.certificate, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert serving.served.take_up()
    assert shown_serial(serving.port, authority.ca_file) == renewed


def test_an_earlier_authority_of_clients_is_trusted_no_more(tmp_path: Path, authority: Authority, issued: Certificate):
    client, other = authority.issue("prometheus"), Authority(tmp_path / "other")
    trusted = tmp_path / "clients.pem"
    trusted.write_bytes(authority.ca_file.read_bytes())
    way = {"certificate": issued.certificate, "key": issued.key, "client_ca": trusted}
    with Exposition(a_recorder(clock := SetClock()), ExpositionSettings(port=0, **way), clock=clock) as page:
        assert pages.ask(page.url, "/healthz", ca=authority.ca_file, client=client).status == 200
        trusted.write_bytes(other.ca_file.read_bytes())
        assert page.served is not None
        assert page.served.take_up()

        with pytest.raises(OSError):  # noqa: PT011 (an alert or a reset, as it comes)
            pages.ask(page.url, "/healthz", ca=authority.ca_file, client=client)
        known = pages.ask(page.url, "/healthz", ca=authority.ca_file, client=other.issue("prometheus"))

    assert known.status == 200


@pytest.mark.real
def test_the_running_daemon_takes_it_up_at_a_reload_and_says_what_it_could_not(tmp_path: Path):
    """In the answer to metrics and in the list of what is wrong, with the key that names the file."""
    authority, port = Authority(tmp_path / "page"), free_port()
    issued = authority.issue("server", days=9)
    files = f"certificate: {issued.certificate}, key: {issued.key}"
    site = a_lonely_site(tmp_path).change("exposition: {port: 0}", f"exposition: {{port: {port}, {files}}}")
    service = Service(site.main, ServiceContext(environment={}, clock=SystemClock(), signals=False))
    thread = threading.Thread(target=service.run)
    thread.start()
    try:
        where = "https://127.0.0.1:" + str(port)
        assert comes(lambda: is_listed(where, authority, "certificate_at_end"))
        assert '_end_timestamp_seconds{use="exposition.certificate"}' in shown(where, authority)
        renewed = authority.renew(issued)
        assert reload(tmp_path) == 200
        assert shown_serial(port, authority.ca_file) == renewed
        assert comes(lambda: not is_listed(where, authority, "certificate_at_end"))

        authority.renew(issued, key_too=False)
        assert reload(tmp_path) == 200
        assert shown_serial(port, authority.ca_file) == renewed
        assert comes(lambda: is_listed(where, authority, "certificate_unused"))
    finally:
        service.stop()
        thread.join()


def shown(where: str, authority: Authority) -> str:
    """The page of metrics; empty: nobody answers."""
    try:
        return pages.ask(where, "/metrics", ca=authority.ca_file).text
    except ConnectionError:
        return ""


def is_listed(where: str, authority: Authority, code: str) -> bool:
    """As Prometheus sees the list of what is wrong."""
    line = f'bascule_wrong{{about="exposition.certificate",code="{code}",severity='
    return any(each.startswith(line) and each.endswith(" 1.0") for each in shown(where, authority).splitlines())


def reload(folder: Path) -> int:
    body = json.dumps({}).encode()
    headers = {"Idempotency_Key": os.urandom(8).hex(), "Content_Type": "application/json"}
    return ask(folder / "api.sock", "/v1/config/reloads", method="POST", body=body, **headers).status
