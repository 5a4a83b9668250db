"""How long the agents' directory takes to read, and how much memory: a real OpenLDAP with 2,000 and 50,000 people, over LDAPS.

The server runs on the same machine, so its processor time is part of what is measured. Each size is read in a process of its
own, by the daemon's own adapter; memory is by how much that process's peak grew after one entry had been read.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from provisioner.adapters.ldap.directory import LdapDirectory
from provisioner.adapters.ldap.ldif import LdifRecord, write_ldif
from provisioner.settings.directory import DirectorySettings
from provisioner.settings.secret import Secret
from tests.adapters.ldap.fuzz import kinds_of, read_all
from tests.bench.child import peak_mib
from tests.builders.directory import SERVED_AT, FixedClock
from tests.servers.certificates import Authority
from tests.servers.slapd import PASSWORD, READER, SUFFIX, slapd

SIZES = (2_000, 50_000)
RANDOM_ENTRIES = 10_000
GROUPS_EACH = 5
"""Of each person; as many as people of an administration have."""
_UNITS = 40


def run(*, sizes: tuple[int, ...] = SIZES) -> dict[str, Any]:
    """Every size, and what becomes of random entries."""
    return {"sizes": [_size(size) for size in sizes], "fuzz": fuzz()}


def fuzz(count: int = RANDOM_ENTRIES) -> dict[str, Any]:
    """Random entries: how many became agents, and why the others did not. A traceback would end it."""
    began = time.perf_counter()
    roster = read_all(count)
    seconds = time.perf_counter() - began
    return {
        "entries": count,
        "agents": len(roster.agents),
        "rejected": len(roster.rejected),
        "without_reason": sum(not entry.reason for entry in roster.rejected),
        "reasons": dict(kinds_of(roster).most_common()),
        "seconds": round(seconds, 2),
    }


def measure(url: str, ca_file: Path) -> dict[str, Any]:
    """One reading, in this process; the first, of one person, loads what every reading needs."""
    _directory(url, ca_file, "(uid=u0)").read()
    before, began, used = peak_mib(), time.perf_counter(), time.process_time()
    roster = _directory(url, ca_file, "(objectClass=inetOrgPerson)").read()
    return {
        "people": len(roster.agents),
        "seconds": round(time.perf_counter() - began, 2),
        "cpu_s": round(time.process_time() - used, 2),
        "more_mib": round(peak_mib() - before, 1),
    }


def _size(size: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="bascule-bench-") as folder:
        home = Path(folder)
        authority = Authority(home / "ca")
        write_ldif(home / "people.ldif", _records(size))
        certificate = authority.issue("server")
        with slapd(home / "server", certificate=certificate, ldif=home / "people.ldif", microsoft=True) as server:
            command = [sys.executable, "-m", "tests.bench.directory", server.ldaps, str(authority.ca_file)]
            found: dict[str, Any] = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    print(f"directory {found}", flush=True)
    return {"wanted": size, **found}


def _directory(url: str, ca_file: Path, chosen: str) -> LdapDirectory:
    # 200 entries a page is what this server allows the reading account: a real one gives 500.
    settings = DirectorySettings(
        urls=(url,), ca_file=ca_file, bind_dn=READER, password=Secret(PASSWORD), base=SUFFIX, filter=chosen, page_size=200
    )
    return LdapDirectory(settings, clock=FixedClock(SERVED_AT))


def _records(size: int) -> Iterator[LdifRecord]:
    yield _record(SUFFIX, objectClass=("dcObject", "organization"), dc=("departement",), o=("bench",))
    for unit in range(_UNITS):
        yield _record(f"ou=unit {unit},{SUFFIX}", objectClass=("organizationalUnit",), ou=(f"unit {unit}",))
    for number in range(size):
        yield _person(number)


def _person(number: int) -> LdifRecord:
    unit = f"ou=unit {number % _UNITS},{SUFFIX}"
    return _record(
        f"uid=u{number},{unit}",
        objectClass=("inetOrgPerson", "extensibleObject"),
        uid=(f"u{number}",),
        cn=(f"Zoé Lefèvre-{number}",),
        sn=(f"Lefèvre-{number}",),
        displayName=(f"Zoé Lefèvre-{number}",),
        mail=(f"zoe.lefevre-{number}@departement.example",),
        departmentNumber=(f"Direction {number % _UNITS}",),
        l=(f"Site {number % 7}",),
        memberOf=tuple(f"cn=group {(number + n) % 97},ou=groups,{SUFFIX}" for n in range(GROUPS_EACH)),
    )


def _record(dn: str, **attributes: tuple[str, ...]) -> LdifRecord:
    return LdifRecord(dn=dn, attributes={name: [value.encode() for value in values] for name, values in attributes.items()})


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], Path(sys.argv[2]))))
