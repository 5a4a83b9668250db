"""Sections to values. A missing file or secret is reported as a problem, and the value is built anyway."""

from collections.abc import Mapping
from pathlib import Path

from provisioner.extensions import Parts
from provisioner.files import FileRefused
from provisioner.model.budget import Budget, Naming, Pace, Safety
from provisioner.model.departures import LeaverRules
from provisioner.model.guard import Guard
from provisioner.model.ids import ClusterId, DesktopPoolName, ProfileName, Vmid
from provisioner.model.machines.ownership import NoteKey
from provisioner.model.people.profiles import Entitlement
from provisioner.model.scenario.scenarios import EVERYONE
from provisioner.private_files import check_private
from provisioner.reasons.files import SECRET_SHORT
from provisioner.reasons.settings import SERVED_IN_CLEAR
from provisioner.settings.addresses import is_this_machine
from provisioner.settings.config_files import ALL_AT_ONCE, ConfigFiles, names_file
from provisioner.settings.directory import DirectoryAttributes, DirectoryBase, DirectoryGroups, DirectorySettings
from provisioner.settings.directory_documents import DirectoryKeys
from provisioner.settings.documents import BasculeKeys, ReceiverKeys
from provisioner.settings.fields import as_value
from provisioner.settings.pool_documents import pool_of_document
from provisioner.settings.profile import profile_of
from provisioner.settings.prometheus import PrometheusSettings
from provisioner.settings.prometheus_documents import PrometheusKeys
from provisioner.settings.reading import Section
from provisioner.settings.sections import SECTIONS
from provisioner.settings.values import (
    ApiSettings,
    ClusterSettings,
    ConnectionSettings,
    ExpositionSettings,
    LogSettings,
    ReceiverSettings,
    Settings,
    SshSettings,
    StoreSettings,
)
from provisioner.settings.who import selection_of

MIN_NOTE_KEY = 16
"""Characters: 16 random characters cannot be guessed."""

Environment = Mapping[str, str]
_SQLITE = "sqlite:///"


def build_settings(files: ConfigFiles, environment: Environment) -> Settings | None:
    """Build the settings, and report problems on the way; None if `installation`, `note_key` or `directory` is unusable."""
    root, document = files.root, files.document
    note_key = _note_key(root, document, environment)
    clusters = _clusters(root, document, environment)
    directory = _directory(root.part("directory"), document.directory, environment)
    store = store_settings(root.part("store"), document, environment)
    exposition = _exposition(root.part("exposition"), document, environment)
    api = _api(root.part("api"), document)
    receiver = receiver_settings(root.part("receiver"), document.receiver)
    connections = _connections(root.part("connections"), document)
    sections = _sections(root, document, environment)
    prometheus = _prometheus(root.part("prometheus"), document.prometheus, environment)
    ssh = _ssh(root.part("ssh"), document)
    if note_key is None or directory is None:
        return None
    scenario = files.scenario.scenario if files.scenario is not None else None
    return Settings(
        installation=note_key.installation,
        note_key=note_key,
        clusters=clusters,
        directory=directory,
        profiles={ProfileName(name): profile_of(name, section, profile) for name, (section, profile) in files.profiles.items()},
        entitlements=tuple(
            Entitlement(profile=ProfileName(entitlement.profile), who=selection_of(entitlement.who))
            for entitlement in document.entitlements
        ),
        pools={
            DesktopPoolName(name): pool_of_document(name, pool, files.calendars.get(name))
            for name, pool in document.pools.items()
        },
        naming=_naming(document),
        budget=as_value(Budget, document.budget),
        safety=as_value(Safety, document.safety),
        leavers=as_value(LeaverRules, document.leavers),
        pace=as_value(Pace, document.pace),
        store=store,
        exposition=exposition,
        api=api,
        receiver=receiver,
        connections=connections,
        prometheus=prometheus,
        log=as_value(LogSettings, document.log),
        freeze_file=root.path(document.freeze_file),
        ssh=ssh,
        scenario=EVERYONE if document.scenario == ALL_AT_ONCE else scenario,
        scenario_file=root.path(document.scenario or "") if names_file(document) else None,
        timezone=document.timezone,
        sections=sections,
    )


def _sections(root: Section, document: BasculeKeys, environment: Environment) -> Parts:
    parts = Parts()
    for section in SECTIONS.found():
        parts = parts.having(section.part, section.read(root, document, environment))
    return parts


def _note_key(root: Section, document: BasculeKeys, environment: Environment) -> NoteKey | None:
    secret = root.secret(document.note_key, environment, "note_key")
    if secret is not None and 0 < len(secret.reveal()) < MIN_NOTE_KEY:
        root.complain(SECRET_SHORT(least=MIN_NOTE_KEY), "note_key", at_key=True)
    if secret is None or document.installation is None:
        return None
    return NoteKey(installation=document.installation, secret=secret.reveal().encode())


def _clusters(root: Section, document: BasculeKeys, environment: Environment) -> dict[ClusterId, ClusterSettings]:
    clusters: dict[ClusterId, ClusterSettings] = {}
    for name, cluster in document.clusters.items():
        section = root.part("clusters", name)
        clusters[ClusterId(name)] = as_value(
            ClusterSettings,
            cluster,
            cluster=ClusterId(name),
            token_secret=section.secret(cluster.token_secret, environment, "token_secret"),
            ca_file=section.file(cluster.ca_file, "ca_file"),
        )
    return clusters


def _directory(section: Section, document: DirectoryKeys | None, environment: Environment) -> DirectorySettings | None:
    if document is None:
        return None
    return as_value(
        DirectorySettings,
        document,
        ldif=section.file(document.ldif, "ldif"),
        **{name: section.file(getattr(document, name), name) for name in ("ca_file", "certificate", "key")},
        password=section.secret(document.password, environment, "password"),
        base=document.base or "",
        bases=tuple(DirectoryBase(base=part.base, filter=part.filter or "") for part in document.bases),
        groups=None if document.groups is None else as_value(DirectoryGroups, document.groups),
        attributes=as_value(DirectoryAttributes, document.attributes),
        guard=as_value(Guard, document.guard),
    )


def _naming(document: BasculeKeys) -> Naming:
    ranges = {
        ClusterId(name): (Vmid(cluster.vmids.first), Vmid(cluster.vmids.last)) for name, cluster in document.clusters.items()
    }
    return Naming(prefix=document.naming.prefix, address_rest_s=document.naming.address_rest, vmids=ranges)


def store_settings(section: Section, document: BasculeKeys, environment: Environment) -> StoreSettings:
    """Build the settings of the section `store`, and report problems on the way."""
    url = document.store.url
    if url.startswith(_SQLITE):
        url = f"{_SQLITE}{section.path(url.removeprefix(_SQLITE))}"
    password = section.secret(document.store.password, environment, "password")
    return StoreSettings(url=url, password=password, journal_keep_s=document.store.journal_keep)


def _exposition(section: Section, document: BasculeKeys, environment: Environment) -> ExpositionSettings:
    if document.exposition.certificate is None and not is_this_machine(document.exposition.address):
        section.complain(SERVED_IN_CLEAR(), "address")
    return as_value(
        ExpositionSettings,
        document.exposition,
        certificate=section.file(document.exposition.certificate, "certificate"),
        key=section.file(document.exposition.key, "key"),
        client_ca=section.file(document.exposition.client_ca, "client_ca"),
        password=section.secret(document.exposition.password, environment, "password"),
    )


def _api(section: Section, document: BasculeKeys) -> ApiSettings:
    files = {name: section.file(getattr(document.api, name), name) for name in ("certificate", "key", "tokens")}
    _want_private(section, files["tokens"], "tokens", readable=True)  # it holds hashes
    socket = section.path(document.api.socket)
    return as_value(ApiSettings, document.api, socket=socket, group=document.api.group or "", **files)


def _want_private(section: Section, file: Path | None, name: str, *, readable: bool = False) -> None:
    try:
        if file is not None:
            check_private(file, secret=not readable)
    except FileRefused as refused:
        section.complain(refused.why, name)


def receiver_settings(section: Section, document: ReceiverKeys | None) -> ReceiverSettings | None:
    """Build the settings of the section `receiver`. The daemon need not be able to read the receiver's key."""
    if document is None:
        return None
    paths = {name: section.path(getattr(document, name)) for name in ("certificate", "socket")}
    perhaps = {name: getattr(document, name) for name in ("key", "authority", "authority_key")}
    paths |= {name: section.path(value) for name, value in perhaps.items() if value is not None}
    return as_value(
        ReceiverSettings, document, group=document.group or "", name=document.name or "", **dict.fromkeys(perhaps) | paths
    )


def _connections(section: Section, document: BasculeKeys) -> ConnectionSettings | None:
    if document.connections is None:
        return None
    files = {name: section.file(getattr(document.connections, name), name) for name in ("certificate", "key")}
    _want_private(section, files["key"], "key")
    return as_value(ConnectionSettings, document.connections, **files)


def _prometheus(section: Section, document: PrometheusKeys | None, environment: Environment) -> PrometheusSettings | None:
    if document is None:
        return None
    return as_value(
        PrometheusSettings,
        document,
        username=document.username or "",
        ca_file=section.authorities(document.ca_file, "ca_file"),
        password=section.secret(document.password, environment, "password"),
    )


def _ssh(section: Section, document: BasculeKeys) -> SshSettings | None:
    if document.ssh is None:
        return None
    files = {name: section.file(getattr(document.ssh, name), name) for name in ("key_file", "known_hosts_file")}
    return as_value(SshSettings, document.ssh, **files)
