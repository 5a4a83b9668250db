"""BIND as primary of zones that take updates, on loopback with a free port."""

import shutil
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import dns.exception
import dns.message
import dns.query

from tests.servers.processes import START_S, free_port

KEY, SECRET = "bascule", "c2VjcmV0LW9mLXRoZS10ZXN0cy10aGF0LWlzLW5vLXNlY3JldA=="
OTHER_SECRET = "YW5vdGhlci1zZWNyZXQtdGhhdC10aGUtc2VydmVyLWRvZXMtbm90LWhhdmU="
_CONF = """\
options {{
  directory "{home}"; pid-file "named.pid"; session-keyfile "session.key";
  listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }};
  recursion no; dnssec-validation no; allow-transfer {{ none; }}; notify no; request-ixfr no;
}};
controls {{ }};
key "{key}" {{ algorithm hmac-sha256; secret "{secret}"; }};
key "reader" {{ algorithm hmac-sha256; secret "{secret}"; }};
{zones}
"""
_ZONE = """\
zone "{zone}" {{
  type primary; file "{zone}.db";
  allow-transfer {{ key "{key}"; key "reader"; }}; update-policy {{ grant "{key}" subdomain {zone} ANY; }};
}};
"""
_DB = """\
$TTL 60
@ SOA ns.{zone}. admin.{zone}. 1 3600 600 86400 60
@ NS ns.{zone}.
ns A 127.0.0.1
{more}
"""


class Bind:
    """A running server."""

    def __init__(self, home: Path, port: int) -> None:
        self.home, self.port = home, port

    def asked(self, name: str, kind: str) -> set[str]:
        """What it answers to anybody."""
        answer = dns.query.tcp(dns.message.make_query(name, kind), "127.0.0.1", port=self.port, timeout=5)
        return {record.to_text() for rrset in answer.answer for record in rrset}


@contextmanager
def running_bind(home: Path, zones: Iterable[str], *, more: str = "") -> Iterator[Bind]:
    """Primary of these zones; `more`: lines that others have written into each of them."""
    shutil.copy("/usr/sbin/named", named := home / "named")  # the profile of AppArmor knows only the other place
    port = free_port()
    for zone in zones:
        (home / f"{zone}.db").write_text(_DB.format(zone=zone, more=more), encoding="utf-8")
    texts = "".join(_ZONE.format(zone=zone, key=KEY) for zone in zones)
    (home / "named.conf").write_text(_CONF.format(home=home, port=port, key=KEY, secret=SECRET, zones=texts), encoding="utf-8")
    words = [str(named), "-g", "-c", str(home / "named.conf"), "-n", "1"]
    with (home / "log").open("wb") as log, subprocess.Popen(words, stdout=log, stderr=log) as process:
        try:
            server = Bind(home, port)
            _wait_for(server, process)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait_for(server: Bind, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + START_S
    while True:
        try:
            server.asked("version.bind", "TXT")
            return
        except (OSError, dns.exception.DNSException):
            said = (server.home / "log").read_text()
            assert process.poll() is None, said
            assert time.monotonic() < end, said
            time.sleep(0.05)
