"""The files of a new site: the shipped examples, comments and all, with this site's values.

The examples are there in each language: their comments and the names of waves are in it; the keys are the same. A new key is
written into both.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from provisioner.settings.directory import DirectorySettings, Tls
from provisioner.settings.shipped import shipped
from provisioner.setup.cluster_look import ImageTemplates
from provisioner.setup.receiver_files import NewReceiver
from provisioner.setup.yaml_text import YamlText, scalar

PROFILE = "standard"
SECRET, OPEN = 0o600, 0o640
"""Modes."""
_CLUSTER = "melun"
"""The cluster in the shipped example."""
_NO_RECEIVER = """\
# receiver:
#   address: 192.0.2.10
#   port: 9819
#   certificate: receiver.pem
#   key: secrets/receiver.key
#   socket: /run/bascule-receiver/daemon.sock
#   group: bascule-receiver
#   name: bascule.example.org
#   authority: receiver-ca.pem
#   authority_key: secrets/receiver-ca.key"""
_ON_THE_MACHINE = {
    "secrets/receiver-ca.key": "/etc/bascule-receiver/ca.key",
    "receiver-ca.pem": "/etc/bascule-receiver/ca.pem",
    "secrets/receiver.key": "/etc/bascule-receiver/receiver.key",
    "certificate: receiver.pem": "certificate: /etc/bascule-receiver/receiver.pem",
}
"""Where the Ansible role has them made: a renewal there is not undone by its next run."""
_EXAMPLES = ("scenarios", "calendars")
"""Folders that are written whole: on the night of a switch nobody looks for examples."""
_ORIGINALS = "en"
"""The language of the examples that are not in a folder of a language."""
_SCHEMAS = ("bascule", "profile", "scenario", "calendar")
_ZONE = "Europe/Paris"
"""The zone of the shipped examples."""
_UTC = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSite:
    """Everything that differs from the shipped examples. The secrets are in `secrets` alone."""

    language: str = _ORIGINALS
    """Of the comments, and of the names of waves."""
    installation: str
    timezone: str | None = None
    """Of the site; None: it is left open, and is the daemon's machine's."""
    cluster: str
    endpoints: tuple[str, ...]
    token_id: str
    ca: str = ""
    """PEM; empty: the system's authorities."""
    vmids: tuple[int, int]
    directory: DirectorySettings
    directory_ca: str = ""
    groups: tuple[str, ...] = ()
    """Of the people who get a desktop; none: everyone."""
    image: ImageTemplates
    bridge: str
    vlan: int | None = None
    own_places: bool
    """Store, socket and freeze file beside the configuration, not in the system's folders."""
    receiver: NewReceiver | None = None
    """Where desktops report by themselves; None: they are only read."""
    secrets: Mapping[str, str] = field(repr=False)
    """By file name: `note-key`, `token` and perhaps `directory-password`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFile:
    """A file below the site's folder."""

    path: str
    text: str = field(repr=False)
    mode: int = OPEN


def files_of(site: NewSite) -> tuple[NewFile, ...]:
    """All files."""
    examples = [
        NewFile(path="bascule.yaml", text=_bascule(site)),
        NewFile(path=f"profiles/{PROFILE}.yaml", text=_profile(site)),
        *(NewFile(path=path, text=_local(path, site)) for folder in _EXAMPLES for path in _paths(folder)),
        *(NewFile(path=path, text=_example(path)) for path in (f"schema/{name}.schema.json" for name in _SCHEMAS)),
    ]
    secrets = [NewFile(path=f"secrets/{name}", text=f"{secret}\n", mode=SECRET) for name, secret in site.secrets.items()]
    authorities = {"cluster-ca.pem": site.ca, "directory-ca.pem": site.directory_ca}
    of_receiver = _of_receiver(site.receiver) if site.receiver is not None else ()
    return (*examples, *secrets, *of_receiver, *(NewFile(path=name, text=pem) for name, pem in authorities.items() if pem))


def _of_receiver(receiver: NewReceiver) -> tuple[NewFile, ...]:
    if receiver.certificate is None or receiver.authority is None:
        return ()
    return (
        NewFile(path="receiver.pem", text=receiver.certificate.certificate),
        NewFile(path="secrets/receiver.key", text=receiver.certificate.key, mode=SECRET),
        NewFile(path="receiver-ca.pem", text=receiver.authority.certificate),
        NewFile(path="secrets/receiver-ca.key", text=receiver.authority.key, mode=SECRET),
    )


def _paths(folder: str) -> list[str]:
    return sorted(f"{folder}/{path.name}" for path in (shipped() / folder).iterdir())


def _example(name: str, language: str = _ORIGINALS) -> str:
    folder = shipped() if language == _ORIGINALS else shipped() / language
    return (folder / name).read_text(encoding="utf-8")


def _local(name: str, site: NewSite) -> str:
    """An example whose times are by the site's clock. UTC is a machine's: nobody's working day goes by it."""
    zone = site.timezone or _UTC
    return _example(name, site.language).replace(_ZONE, _ZONE if zone.endswith(_UTC) else zone)


def _bascule(site: NewSite) -> str:
    text = YamlText(_local("bascule.yaml", site))
    text.put(("installation",), site.installation)
    text.put(("timezone",), site.timezone) if site.timezone else text.comment_out(("timezone",))
    _cluster(text, site)
    _directory(text, site)
    text.put(("entitlements",), [{"profile": PROFILE, "who": {"groups": list(site.groups)} if site.groups else "everyone"}])
    text.put(("scenario",), "scenarios/everyone.yaml")
    if site.receiver is not None:
        _receiver(text, site.receiver, own_places=site.own_places)
    if site.own_places:
        text.put(("store", "url"), "sqlite:///bascule.db")
        text.swap("#api:\n#  socket: /run/bascule/api.sock", "api:\n  socket: api.sock")
        text.swap("#freeze_file: /var/lib/bascule/freeze", "freeze_file: freeze")
    return text.text()


def _receiver(text: YamlText, receiver: NewReceiver, *, own_places: bool) -> None:
    changes = {
        "192.0.2.10": scalar(receiver.address),
        "port: 9819": f"port: {receiver.port}",
        "name: bascule.example.org": f"name: {scalar(receiver.name)}",
    }
    if own_places:
        changes["/run/bascule-receiver/daemon.sock"] = "pushes.sock"
    if receiver.certificate is None:
        changes |= _ON_THE_MACHINE
    if not receiver.group:
        changes["  group:"] = "  #group:"
    new = _NO_RECEIVER.replace("# ", "", 1).replace("\n# ", "\n")
    for old, value in changes.items():
        new = new.replace(old, value)
    text.swap(_NO_RECEIVER, new)


def _cluster(text: YamlText, site: NewSite) -> None:
    def at(name: str) -> tuple[str, ...]:
        return ("clusters", _CLUSTER, name)

    text.rename(("clusters", _CLUSTER), site.cluster)
    text.put(at("endpoints"), site.endpoints)
    text.put(at("token_id"), site.token_id)
    text.put(at("token_secret"), {"file": "secrets/token"})
    text.put(at("ca_file"), "cluster-ca.pem") if site.ca else text.comment_out(at("ca_file"))
    text.put(at("vmids"), {"first": site.vmids[0], "last": site.vmids[1]})


def _directory(text: YamlText, site: NewSite) -> None:
    settings = site.directory
    if settings.ldif is not None:
        for name in ("urls", "tls"):
            text.comment_out(("directory", name))
        text.swap("  # ldif: people.ldif", f"  ldif: {settings.ldif}")
    else:
        text.put(("directory", "urls"), settings.urls)
        _protection(text, settings)
    text.put(("directory", "ca_file"), "directory-ca.pem") if site.directory_ca else text.comment_out(("directory", "ca_file"))
    if settings.bind_dn:
        text.put(("directory", "bind_dn"), settings.bind_dn)
        text.put(("directory", "password"), {"file": "secrets/directory-password"})
    else:
        text.comment_out(("directory", "bind_dn"))
        text.comment_out(("directory", "password"))
    text.put(("directory", "base"), settings.base)
    text.put(("directory", "filter"), settings.filter)
    for name in ("agent_id", "login", "display_name", "mail", "department", "site", "groups"):
        text.put(("directory", "attributes", name), getattr(settings.attributes, name))
    _groups(text, settings)
    if settings.page_size != DirectorySettings().page_size:
        text.swap("  #page_size: 500", f"  page_size: {settings.page_size}")


def _protection(text: YamlText, settings: DirectorySettings) -> None:
    text.put(("directory", "tls"), settings.tls.value)
    if settings.tls is Tls.NONE:
        text.add_after(("directory", "tls"), "insecure", True)


def _groups(text: YamlText, settings: DirectorySettings) -> None:
    if settings.groups is None:
        return
    nested = "true" if settings.groups.nested else "false"
    members = ", ".join(settings.groups.members)
    text.swap(
        "  # groups:\n  #   base: ou=groups,dc=departement,dc=example\n  #   nested: true\n  #   members: []",
        f"  groups:\n    base: {settings.groups.base}\n    nested: {nested}\n    members: [{members}]",
    )


def _profile(site: NewSite) -> str:
    text, image = YamlText(_local(f"profiles/{PROFILE}.yaml", site)), site.image
    text.put(("image",), image.tag)
    places: list[dict[str, object]] = [
        {"cluster": site.cluster, "storage": storage, "vmids": vmids} for storage, vmids in sorted(image.places.items())
    ]
    text.put(("templates",), places)
    text.put(("vcpus",), image.vcpus)
    text.put(("memory_mib",), image.memory_mib)
    text.put(("disk_gib",), image.disk_gib)
    text.put(("bridge",), site.bridge)
    text.put(("vlan",), site.vlan) if site.vlan else text.comment_out(("vlan",))
    # DHCP until the site has a pool of addresses, and the template's name servers.
    for name in ("addressing", "nameservers", "searchdomains"):
        text.comment_out((name,))
    return text.text()
