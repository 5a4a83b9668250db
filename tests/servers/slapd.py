"""A real OpenLDAP server with TLS, memberOf, lockable accounts and two readers with limits; up in a tenth of a second."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.certificates import Certificate
from tests.servers.processes import free_port, running

SUFFIX = "dc=departement,dc=example"
READER = f"cn=reader,{SUFFIX}"
"""May read everything, 200 entries a page and any number of pages."""
LIMITED = f"cn=limited,{SUFFIX}"
"""May read 200 entries in all, paged or not."""
PASSWORD = "correct-horse-battery"
_ROOT = f"cn=root,{SUFFIX}"
_SCHEMAS = ("core", "cosine", "nis", "inetorgperson")
_DEBIANS = Path("/etc/ldap/schema")
_MICROSOFT = "msuser"
"""Active Directory's attributes. Its plain memberOf takes the place of the overlay's, so a server has one or the other."""
_OVERLAY = """\
overlay memberof
# A person who is renamed or deleted is so in the groups too.
memberof-refint TRUE
"""

_CONFIGURATION = """\
{schemas}
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload syncprov
moduleload ppolicy
moduleload dynlist
{module}
pidfile {home}/slapd.pid
argsfile {home}/slapd.args
TLSCertificateFile {certificate}
TLSCertificateKeyFile {key}
{clients}
database mdb
suffix "{suffix}"
rootdn "{root}"
rootpw {password}
directory {home}/data
maxsize 268435456
# No fsync: 1,700 entries in half a second instead of half a minute.
dbnosync
limits dn.exact="{reader}" size.soft=200 size.hard=200 size.pr=200 size.prtotal=unlimited
limits dn.exact="{limited}" size.soft=200 size.hard=200 size.prtotal=hard
access to attrs=userPassword by anonymous auth by * none
{access}
access to * by dn.exact="{reader}" read by dn.exact="{limited}" read by * auth
index objectClass,entryUUID,entryCSN,member eq
overlay ppolicy
overlay syncprov
{overlay}
{more}
# Tells the time, among other things.
database monitor
access to * by dn.exact="{reader}" read by * none
"""

UNIVERSITY = Path(__file__).parent / "university.schema"
"""A schema for `slapd`: supann's attributes."""
DYNAMIC_GROUPS = """\
overlay dynlist
dynlist-attrset groupOfURLs memberURL member
"""
"""For `more`: a group lists the entries that its memberURL finds."""

_CLIENTS = """\
TLSCACertificateFile {ca_file}
TLSVerifyClient allow
authz-regexp "^cn=reader$" "{reader}"
"""

_ACCOUNTS = """\
dn: {dn}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: {name}
userPassword: {password}

"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slapd:
    """A running server."""

    port: int
    tls_port: int
    process: subprocess.Popen[bytes]
    password_file: Path

    @property
    def ldap(self) -> str:
        """The address in clear, or for StartTLS."""
        return f"ldap://localhost:{self.port}"

    @property
    def ldaps(self) -> str:
        """The TLS address."""
        return f"ldaps://localhost:{self.tls_port}"

    def add(self, ldif: Path) -> None:
        """Add entries, or carry out changes, as the directory's administrator."""
        address = f"ldap://127.0.0.1:{self.port}"
        # Relaxed: what the server keeps by itself, such as the time at which an account was locked, may be written.
        command = ["/usr/bin/ldapadd", "-x", "-e", "relax", "-H", address]
        command += ["-D", _ROOT, "-y", str(self.password_file), "-f", str(ldif)]
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            raise RuntimeError(f"ldapadd -f {ldif} ended with {done.returncode}: {done.stderr}")

    def add_as_dated(self, ldif: Path) -> None:
        """Add entries straight to the database, with their own entryCSN: what a server would have dated so."""
        command = ["/usr/sbin/slapadd", "-f", str(self.password_file.parent / "slapd.conf"), "-b", SUFFIX]
        # It takes the line of the version for an entry.
        text = ldif.read_bytes().removeprefix(b"version: 1\n").lstrip()
        subprocess.run(command, input=text, check=True, capture_output=True, timeout=60)

    def kill(self) -> None:
        """End it at once, connections and all."""
        self.process.kill()
        self.process.wait(timeout=20)

    def pause(self) -> None:
        """Let it hang: it neither answers nor closes, none of its threads any more when this returns."""
        self.process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED | os.WNOWAIT)

    def resume(self) -> None:
        """Let it go on."""
        self.process.send_signal(signal.SIGCONT)


@contextmanager
def slapd(
    home: Path,
    *,
    certificate: Certificate,
    ldif: Path,
    microsoft: bool = False,
    ca_file: Path | None = None,
    schemas: Sequence[str | Path] = (),
    more: str = "",
    access: str = "",
    copy_of: Path | None = None,
) -> Iterator[Slapd]:
    """A server that holds the entries of `ldif` (which makes the suffix) and the two accounts.

    With `microsoft` it knows Active Directory's attributes, and memberOf is what the entries say; else the overlay keeps it.
    `schemas` are further ones, of Debian's by name or of a file; `more` is configuration of the database,
    `access` comes before the usual rules of access. `copy_of` is the home of a server at rest: then this one holds what that
    one holds now, as a replica would, and no `ldif`.
    With `ca_file` it takes that authority's certificate for the name `reader` as a proof of being READER (SASL EXTERNAL).
    """
    home.mkdir(parents=True)
    shutil.copytree(copy_of / "data", home / "data") if copy_of else (home / "data").mkdir()
    port, tls_port = free_port(), free_port()
    configuration = home / "slapd.conf"
    configuration.write_text(
        _configuration(home, certificate, microsoft=microsoft, ca_file=ca_file, schemas=schemas, more=more, access=access)
    )
    addresses = f"ldap://127.0.0.1:{port}/ ldaps://127.0.0.1:{tls_port}/"
    command = ["/usr/sbin/slapd", "-f", str(configuration), "-h", addresses, "-d", "none"]
    with running(command, ports=(port, tls_port), log=home / "slapd.log") as process:
        server = Slapd(port=port, tls_port=tls_port, process=process, password_file=_password_file(home))
        if copy_of is None:
            server.add(ldif)
            server.add(_accounts(home))
        yield server


def _configuration(
    home: Path,
    certificate: Certificate,
    *,
    microsoft: bool,
    ca_file: Path | None,
    schemas: Sequence[str | Path],
    more: str,
    access: str,
) -> str:
    names: tuple[str | Path, ...] = (*_SCHEMAS, *((_MICROSOFT,) if microsoft else ()), *schemas)
    return _CONFIGURATION.format(
        schemas="\n".join(f"include {_DEBIANS / f'{name}.schema' if isinstance(name, str) else name}" for name in names),
        clients=_CLIENTS.format(ca_file=ca_file, reader=READER) if ca_file else "",
        module="" if microsoft else "moduleload memberof",
        overlay="" if microsoft else _OVERLAY,
        more=more,
        access=access,
        home=home,
        certificate=certificate.certificate,
        key=certificate.key,
        suffix=SUFFIX,
        root=_ROOT,
        password=PASSWORD,
        reader=READER,
        limited=LIMITED,
    )


def _password_file(home: Path) -> Path:
    path = home / "password"
    path.touch(mode=0o600)
    path.write_text(PASSWORD)
    return path


def _accounts(home: Path) -> Path:
    path = home / "accounts.ldif"
    path.write_text(
        "".join(_ACCOUNTS.format(dn=dn, name=dn[3:].partition(",")[0], password=PASSWORD) for dn in (READER, LIMITED))
    )
    return path
