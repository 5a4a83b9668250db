"""How `bascule init` comes to a cluster and a directory: by options, or by questions."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from provisioner.adapters.proxmox.hypervisor import ProxmoxHypervisor
from provisioner.cli.installing.init_asking import Asking, read_file, read_secret_file
from provisioner.cli.output import say
from provisioner.errors import SettingsError
from provisioner.model.ids import ClusterId
from provisioner.model.machines.ownership import NoteKey
from provisioner.ports import Clock
from provisioner.reasons.commands import CERTIFICATE_DIFFERS, CERTIFICATE_UNKNOWN, LDAP_CLEAR
from provisioner.reasons.reason import reason_of
from provisioner.settings.addresses import endpoint as checked_endpoint
from provisioner.settings.addresses import is_this_machine, ldap_url
from provisioner.settings.directory import DirectorySettings, Tls
from provisioner.settings.secret import Secret
from provisioner.settings.values import ClusterSettings
from provisioner.setup.certificates import fingerprint, is_trusted, other_nodes, same_fingerprint, shown_certificate
from provisioner.setup.cluster_look import ClusterLook, look_at_cluster
from provisioner.setup.directory_look import naming_contexts
from provisioner.texts.translate import _, translated


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterOptions:
    """Of the command line; empty: to be asked."""

    endpoints: tuple[str, ...] = ()
    token_id: str = ""
    token_secret_file: Path | None = None
    ca_file: Path | None = None
    fingerprint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterAccess:
    """How to reach the cluster."""

    endpoints: tuple[str, ...]
    token_id: str
    token_secret: Secret
    ca: str = field(default="", repr=False)
    """PEM; empty: the system's authorities."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryOptions:
    """Of the command line; empty: to be asked."""

    url: str = ""
    ldif: Path | None = None
    base: str = ""
    bind_dn: str = ""
    password_file: Path | None = None
    ca_file: Path | None = None
    starttls: bool = False


def cluster_access(asking: Asking, options: ClusterOptions) -> ClusterAccess:
    """Raises SettingsError, NotSent."""
    asked = options.endpoints or (
        asking.needed(_("Address of a node of the cluster, such as https://pve01.example.org:8006"), option="endpoint"),
    )
    try:
        endpoints = tuple(map(checked_endpoint, asked))
    except ValueError as error:
        raise SettingsError(reason_of(error)) from error
    ca = _authority(asking, endpoints[0], options)
    token = options.token_id or asking.needed(_("API token (user@realm!name)"), option="token_id")
    file = options.token_secret_file
    secret = read_secret_file(file) if file else asking.secret(_("Its secret (not shown)"))
    return ClusterAccess(endpoints=endpoints, token_id=token, token_secret=Secret(secret), ca=ca)


def look_through(access: ClusterAccess, *, clock: Clock) -> ClusterLook:
    """Raises SettingsError, HypervisorError."""
    with TemporaryDirectory(prefix="bascule-init-") as folder:
        ca_file = Path(folder) / "ca.pem"
        ca_file.write_text(access.ca, encoding="utf-8")
        settings = ClusterSettings(
            cluster=ClusterId("init"),
            endpoints=access.endpoints,
            token_id=access.token_id,
            token_secret=access.token_secret,
            ca_file=ca_file if access.ca else None,
        )
        key = NoteKey(installation="init", secret=b"nothing is written")
        client = ProxmoxHypervisor(settings, note_key=key, clock=clock, on_call=lambda _call: None)
        try:
            return look_at_cluster(client)
        finally:
            client.close()


def with_other_nodes(access: ClusterAccess, look: ClusterLook) -> ClusterAccess:
    """With an endpoint for each node that answers under the same authority; says which are left out, and why."""
    with TemporaryDirectory(prefix="bascule-init-") as folder:
        ca_file = Path(folder) / "ca.pem"
        ca_file.write_text(access.ca, encoding="utf-8")
        found = other_nodes(access.endpoints, look.addresses, ca_file=ca_file if access.ca else None)
    for why in found.left_out:
        say(translated(why))
    return replace(access, endpoints=(*access.endpoints, *found.endpoints))


def _authority(asking: Asking, url: str, options: ClusterOptions) -> str:
    """PEM of what vouches for the server; empty: the system's authorities do."""
    if options.ca_file is not None:
        return read_file(options.ca_file)
    if not options.fingerprint and is_trusted(url, None):
        return ""
    if not asking.silent and not options.fingerprint:
        say(_("No authority that this machine trusts vouches for {url}.", url=url))
        file = asking.text(_("File with the cluster's CA (/etc/pve/pve-root-ca.pem of a node); empty: compare a fingerprint"))
        if file:
            return read_file(Path(file))
    pem = shown_certificate(url)
    shown = fingerprint(pem)
    if options.fingerprint:
        if not same_fingerprint(options.fingerprint, shown):
            raise SettingsError(CERTIFICATE_DIFFERS(url=url, fingerprint=shown))
        return pem
    if not asking.silent:
        say(_("SHA-256 fingerprint: {fingerprint}", fingerprint=shown))
    if asking.agrees(_("Does `pvenode cert info` on the node say the same?")):
        return pem
    raise SettingsError(CERTIFICATE_UNKNOWN(url=url, fingerprint=shown))


def directory_access(asking: Asking, options: DirectoryOptions) -> DirectorySettings:
    """Address, account and base. Raises SettingsError, DirectoryError."""
    if options.ldif is not None:
        base = options.base or asking.needed(_("Base of the people in the file"), option="ldap_base")
        return DirectorySettings(ldif=options.ldif.absolute(), base=base, filter="(objectClass=inetOrgPerson)")
    asked = options.url or asking.needed(_("Address of the directory, such as ldaps://directory.example.org"), option="ldap")
    try:
        url = ldap_url(asked)
    except ValueError as error:
        raise SettingsError(reason_of(error)) from error
    tls = _protection(url, starttls=options.starttls)
    ca_file = options.ca_file
    if ca_file is None and tls is not Tls.NONE and not asking.silent:
        file = asking.text(_("File with the directory's CA; empty: the system's authorities"))
        ca_file = Path(file) if file else None
    bind_dn = options.bind_dn or asking.text(_("DN of an account that may read it; empty: anonymous"))
    file_of_password = options.password_file
    password = read_secret_file(file_of_password) if file_of_password else ""
    if bind_dn and not password and not asking.silent:
        password = asking.secret(_("Its password (not shown)"))
    settings = DirectorySettings(
        urls=(url,),
        tls=tls,
        ca_file=ca_file.absolute() if ca_file else None,
        bind_dn=bind_dn,
        password=Secret(password) if password else None,
        base=options.base or "-",
    )
    return settings if options.base else _with_base(asking, settings)


def _with_base(asking: Asking, settings: DirectorySettings) -> DirectorySettings:
    usual = next(iter(naming_contexts(settings)), "")
    return replace(settings, base=asking.needed(_("Base of the people"), usual, option="ldap_base"))


def _protection(url: str, *, starttls: bool) -> Tls:
    if url.startswith("ldaps://"):
        return Tls.LDAPS
    if starttls:
        return Tls.STARTTLS
    if not is_this_machine(urlsplit(url).hostname or ""):
        raise SettingsError(LDAP_CLEAR(url=url))
    return Tls.NONE
