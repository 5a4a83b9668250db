"""A real 389 Directory Server in clear on loopback: memberOf kept by its plugin, accounts locked by nsAccountLock.

Its own set-up tool wants systemd or a fixed folder; an instance is no more than its configuration, so that is filled in here.
"""

import base64
import hashlib
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.processes import free_port, running

SUFFIX = "dc=departement,dc=example"
READER = f"cn=reader,{SUFFIX}"
"""May read everything below the suffix."""
PASSWORD = "correct-horse-battery"
_ROOT = "cn=Directory Manager"
_TEMPLATE = Path("/usr/share/dirsrv/data/template-dse.ldif")
_SCHEMA = Path("/etc/dirsrv/schema/99user.ldif")
"""A site's own; the rest the server finds by itself."""
_COLLATIONS = Path("/etc/dirsrv/config/slapd-collations.conf")
_FOLDERS = ("bak", "cert", "config", "db", "db_home", "inst", "ldif", "lock", "log", "run", "tmp")
_SCHEMA_FOLDER = "config/schema"
"""Where it looks, whatever its configuration says."""

_BACKEND = """
dn: cn=userroot,cn=ldbm database,cn=plugins,cn=config
objectClass: top
objectClass: extensibleObject
objectClass: nsBackendInstance
cn: userroot
nsslapd-suffix: {suffix}

dn: cn={quoted},cn=mapping tree,cn=config
objectClass: top
objectClass: extensibleObject
objectClass: nsMappingTree
cn: {suffix}
nsslapd-state: backend
nsslapd-backend: userroot
"""
_ACCOUNTS = """\
dn: {reader}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: reader
userPassword: {password}

dn: {suffix}
changetype: modify
add: aci
aci: (targetattr="*")(version 3.0; acl "reader"; allow (read,search,compare) userdn="ldap:///{reader}";)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ds389:
    """A running server."""

    port: int
    password_file: Path

    @property
    def ldap(self) -> str:
        """The address, in clear."""
        return f"ldap://127.0.0.1:{self.port}"

    def add(self, ldif: Path) -> None:
        """Add entries, or carry out changes, as the directory's administrator."""
        command = ["/usr/bin/ldapadd", "-x", "-H", self.ldap, "-D", _ROOT, "-y", str(self.password_file), "-f", str(ldif)]
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            raise RuntimeError(f"ldapadd -f {ldif} ended with {done.returncode}: {done.stderr}")


@contextmanager
def ds389(home: Path, *, ldif: Path) -> Iterator[Ds389]:
    """A server that holds the entries of `ldif` (which makes the suffix) and READER."""
    port = free_port()
    for name in (*_FOLDERS, _SCHEMA_FOLDER):
        (home / name).mkdir(parents=True, exist_ok=True)
    for source, folder in ((_SCHEMA, _SCHEMA_FOLDER), (_COLLATIONS, "config")):
        (home / folder / source.name).write_bytes(source.read_bytes())
    (home / "config" / "dse.ldif").write_text(_configuration(home, port), encoding="utf-8")
    password = home / "password"
    password.touch(mode=0o600)
    password.write_text(PASSWORD)
    command = ["/usr/sbin/ns-slapd", "-D", str(home / "config"), "-i", str(home / "run" / "pid"), "-d", "0"]
    with running(command, ports=(port,), log=home / "server.log"):
        server = Ds389(port=port, password_file=password)
        server.add(ldif)
        accounts = home / "accounts.ldif"
        accounts.write_text(_ACCOUNTS.format(reader=READER, password=PASSWORD, suffix=SUFFIX))
        server.add(accounts)
        yield server


def _configuration(home: Path, port: int) -> str:
    given = {f"{name}_dir": str(home / name) for name in _FOLDERS} | {
        "schema_dir": str(home / _SCHEMA_FOLDER),
        "db_lib": "mdb",
        "ds_passwd": _hidden(PASSWORD),
        "ds_port": str(port),
        "ds_suffix": SUFFIX,
        "ds_user": "root",
        "fqdn": "localhost",
        "ldapi": str(home / "run" / "socket"),
        "ldapi_autobind": "off",
        "ldapi_enabled": "off",
        "rootdn": _ROOT,
    }
    text = re.sub(r"%(\w+)%", lambda found: given[found[1]], _TEMPLATE.read_text(encoding="utf-8"))
    quoted = SUFFIX.replace("=", "\\3D").replace(",", "\\2C")
    return _member_of_kept(text) + _BACKEND.format(suffix=SUFFIX, quoted=quoted)


def _hidden(password: str) -> str:
    """It takes no password in clear."""
    salt = b"salt" * 2
    return "{SSHA512}" + base64.b64encode(hashlib.sha512(password.encode() + salt).digest() + salt).decode()


def _member_of_kept(text: str) -> str:
    before, name, after = text.partition("dn: cn=MemberOf Plugin,")
    return before + name + after.replace("nsslapd-pluginenabled: off", "nsslapd-pluginenabled: on", 1)
