"""A real Samba as the domain controller of an Active Directory: its own folder, its own loopback address, LDAPS alone."""

import base64
import itertools
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.certificates import Authority, Certificate
from tests.servers.processes import running

SUFFIX = "dc=departement,dc=example"
READER = f"cn=reader,cn=Users,{SUFFIX}"
"""An account that may read everything, as every account of an Active Directory may."""
PASSWORD = "Correct-horse-battery-1"
ADMINISTRATOR = f"cn=Administrator,cn=Users,{SUFFIX}"
NAME, REALM = "dc1.departement.example", "DEPARTEMENT.EXAMPLE"
LDAPS_PORT = 636
"""Fixed: a domain controller accepts no other port. So each server has its own address."""

_SECTIONS = """\
[global]
netbios name = DC1
workgroup = DEPARTEMENT
realm = DEPARTEMENT.EXAMPLE
server role = active directory domain controller
server services = {services}
# With its mask: a bare loopback address is taken for no interface at all.
interfaces = {address}/8
bind interfaces only = yes
private dir = {home}/private
state directory = {home}/state
cache directory = {home}/cache
lock directory = {home}/lock
pid directory = {home}/run
binddns dir = {home}/bind-dns
ncalrpc dir = {home}/ncalrpc
winbindd socket directory = {home}/winbindd
log file = {home}/samba.log
tls enabled = yes
tls certfile = {certificate}
tls keyfile = {key}
tls cafile = {ca_file}
[sysvol]
path = {home}/state/sysvol
[netlogon]
path = {home}/state/sysvol/scripts
"""
_FOLDERS = ("private", "state", "cache", "lock", "run", "ncalrpc", "winbindd")

_SERVICES = f"""\
dn: CN=DC1,OU=Domain Controllers,{SUFFIX}
changetype: modify
add: servicePrincipalName
servicePrincipalName: ldap/{NAME}

"""
"""A domain controller enters it itself while it runs, by a service that is off here."""
_ACCOUNT = """\
dn: {dn}
objectClass: user
sAMAccountName: {name}
userAccountControl: {control}
unicodePwd:: {password}

"""
PASSWORD_TIMES = "--controls=local_oid:1.3.6.1.4.1.7165.4.3.12:0"
"""Option of `change_offline`: the time of a password may be any (Samba's DSDB_CONTROL_BYPASS_PASSWORD_HASH_OID)."""
_NORMAL, _PASSWORD_NEVER_EXPIRES = 0x200, 0x10000
_NUMBERS = itertools.count()


@dataclass(frozen=True, slots=True, kw_only=True)
class Samba:
    """A running domain controller."""

    address: str
    home: Path
    process: subprocess.Popen[bytes]
    ca_file: Path

    @property
    def ldaps(self) -> str:
        """The TLS address."""
        return f"ldaps://{self.address}"

    @property
    def hosts(self) -> str:
        """Lines of /etc/hosts: Kerberos knows it by its name."""
        return f"127.0.0.1 localhost\n{self.address} {NAME}\n"

    @property
    def ldap(self) -> str:
        """The address in clear, where a bind with a password is refused."""
        return f"ldap://{self.address}"

    def add(self, ldif: Path) -> None:
        """Add entries, or carry out changes, over LDAPS as the administrator."""
        command = ["/usr/bin/ldapadd", "-x", "-H", self.ldaps, "-D", ADMINISTRATOR]
        _run([*command, "-y", str(self.home / "password"), "-f", str(ldif)], LDAPTLS_CACERT=str(self.ca_file))

    def change_offline(self, ldif: Path, *options: str) -> None:
        """Change what no client may write, such as the time of a lock, straight in the database."""
        _offline(self.home, "ldbmodify", ldif.stem, _records(ldif.read_text(encoding="utf-8")), *options)

    def kill(self) -> None:
        """End it at once, connections and all."""
        self.process.kill()
        self.process.wait(timeout=20)


@contextmanager
def samba(
    home: Path,
    *,
    authority: Authority,
    ldif: Path | None = None,
    accounts: Sequence[str] = (),
    rights: Mapping[str, str] = {},
    kerberos: bool = False,
) -> Iterator[Samba]:
    """A domain controller that holds the entries and changes of `ldif`, READER, and further accounts with its password.

    `rights`: entries of access lists (SDDL, `{reader}` is READER's SID) by DN. `kerberos`: tickets are given out, too.
    """
    address = _own_address()
    certificate = authority.issue(f"samba-{address}", names=(NAME,), addresses=(address,))
    _provision(home, address, certificate, authority.ca_file, services="ldap cldap kdc" if kerberos else "ldap")
    _load(home, "accounts", "".join(_account(name) for name in ("reader", *accounts)))
    if ldif is not None:
        _load(home, ldif.stem, ldif.read_text(encoding="utf-8"))
    for dn, entries in rights.items():
        _grant(home, dn, entries)
    if kerberos:
        _load(home, "services", _SERVICES)
    command = ["/usr/sbin/samba", "--interactive", "--model=single", f"--configfile={home}/smb.conf"]
    with running(command, ports=(LDAPS_PORT,), log=home / "server.log", address=address) as process:
        yield Samba(address=address, home=home, process=process, ca_file=authority.ca_file)


def _own_address() -> str:
    """An address that no other test process of this machine uses: made of the process's number."""
    number = (os.getpid() * 4 + next(_NUMBERS)) % (63 * 250 * 250)
    return f"127.{64 + number // 62_500}.{1 + number // 250 % 250}.{1 + number % 250}"


def _provision(home: Path, address: str, certificate: Certificate, ca_file: Path, *, services: str) -> None:
    for name in _FOLDERS:
        (home / name).mkdir(parents=True)
    # What the socket of privileged clients lies in must be closed to others, or the server does not start.
    (home / "winbindd").chmod(0o755)
    (home / "smb.conf").write_text(
        _SECTIONS.format(
            home=home,
            address=address,
            services=services,
            certificate=certificate.certificate,
            key=certificate.key,
            ca_file=ca_file,
        )
    )
    password = home / "password"
    password.touch(mode=0o600)
    password.write_text(PASSWORD)
    command = ["/usr/bin/samba-tool", "domain", "provision", f"--configfile={home}/smb.conf", f"--adminpass={PASSWORD}"]
    command += ["--realm=DEPARTEMENT.EXAMPLE", "--domain=DEPARTEMENT", "--server-role=dc", "--dns-backend=NONE"]
    _run([*command, "--host-name=dc1", f"--host-ip={address}"])


def _grant(home: Path, dn: str, entries: str) -> None:
    found = _run(["/usr/bin/ldbsearch", *_database(home), "-b", READER, "-s", "base", "objectSid"])
    sid = next(line.partition(": ")[2] for line in found.splitlines() if line.startswith("objectSid: "))
    command = ["/usr/bin/samba-tool", "dsacl", "set", *_database(home), f"--objectdn={dn}"]
    _run([*command, f"--sddl={entries.format(reader=sid)}"])


def _load(home: Path, name: str, text: str) -> None:
    """Offline, which is ten times as fast: records that add first, then those with a changetype."""
    records = _records(text)
    for command, is_change in (("ldbadd", False), ("ldbmodify", True)):
        if some := [record for record in records if ("\nchangetype:" in record) is is_change]:
            _offline(home, command, name, some)


def _records(text: str) -> list[str]:
    return [record for record in text.strip().split("\n\n") if not record.startswith("version:")]


def _offline(home: Path, command: str, name: str, records: Sequence[str], *options: str) -> None:
    path = home / f"{name}.{command}.ldif"
    path.write_text("".join(f"{record}\n\n" for record in records), encoding="utf-8")
    _run([f"/usr/bin/{command}", *_database(home), *options, str(path)])


def _database(home: Path) -> list[str]:
    return ["-H", str(home / "private" / "sam.ldb"), f"--configfile={home}/smb.conf"]


def _account(name: str) -> str:
    quoted = base64.b64encode(f'"{PASSWORD}"'.encode("utf-16-le")).decode()
    return _ACCOUNT.format(
        dn=f"cn={name},cn=Users,{SUFFIX}", name=name, control=_NORMAL | _PASSWORD_NEVER_EXPIRES, password=quoted
    )


def _run(command: list[str], **environment: str) -> str:
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=180, env={**os.environ, **environment})
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command[:3])} ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout
