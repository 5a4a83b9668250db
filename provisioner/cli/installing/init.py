"""`bascule init`: look at a cluster and a directory, and write a first configuration for them."""

import os
import secrets
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.installing.init_access import (
    ClusterAccess,
    ClusterOptions,
    DirectoryOptions,
    cluster_access,
    directory_access,
    look_through,
    with_other_nodes,
)
from provisioner.cli.installing.init_asking import Asking, read_file
from provisioner.cli.installing.init_receiver import chosen_receiver
from provisioner.cli.installing.init_showing import GROUPS_SHOWN, show_cluster, show_directory, show_next
from provisioner.cli.output import CONFIG
from provisioner.errors import SettingsError
from provisioner.reasons.commands import (
    NO_BRIDGE,
    NO_PEOPLE,
    NO_TEMPLATE,
    RANGE_FORM,
    RANGE_TAKEN,
    UNKNOWN_GROUP,
    UNKNOWN_TEMPLATE,
    WHICH_TEMPLATE,
)
from provisioner.reasons.grouping import list_some
from provisioner.reasons.reason import ALSO, Reason, join_reasons
from provisioner.settings.site_zone import machine_zone
from provisioner.setup.cluster_look import ClusterLook, ImageTemplates, free_range
from provisioner.setup.directory_look import DirectoryLook, look_at_directory
from provisioner.setup.site_files import NewSite, files_of
from provisioner.setup.writing import check_empty, write_site
from provisioner.texts.translate import _, language


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wishes:
    """Choices of the command line; empty: to be asked, or the usual."""

    installation: str
    cluster: str
    template: str
    bridge: str
    vlan: int | None
    groups: Sequence[str]
    vmids: str
    receiver: str
    installed: bool


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to write; it must not exist yet, or be empty.")],
    endpoint: Annotated[
        list[str] | None, typer.Option("--endpoint", help="https://NODE:8006 of the cluster; its other nodes are found.")
    ] = None,
    token_id: Annotated[str, typer.Option("--token-id", help="The API token: user@realm!name.")] = "",
    token_secret_file: Annotated[
        Path | None, typer.Option("--token-secret-file", help="A file with the token's secret; else it is asked for.")
    ] = None,
    ca_file: Annotated[
        Path | None, typer.Option("--ca-file", help="The cluster's CA: /etc/pve/pve-root-ca.pem of a node.")
    ] = None,
    fingerprint: Annotated[
        str, typer.Option("--fingerprint", help="Instead: SHA-256 of the node's certificate, as `pvenode cert info` says.")
    ] = "",
    ldap: Annotated[str, typer.Option("--ldap", help="The directory: ldaps://HOST, or ldap://HOST.")] = "",
    ldif: Annotated[Path | None, typer.Option("--ldif", help="Instead of a directory: an LDIF file, for trials.")] = None,
    ldap_base: Annotated[str, typer.Option("--ldap-base", help="Where the people are in its tree.")] = "",
    ldap_user: Annotated[str, typer.Option("--ldap-user", help="The DN of an account that may read it.")] = "",
    ldap_password: Annotated[
        Path | None, typer.Option("--ldap-password-file", help="A file with the password of that account.")
    ] = None,
    ldap_ca: Annotated[
        Path | None, typer.Option("--ldap-ca", help="The certificate authority of that directory (PEM).")
    ] = None,
    ldap_starttls: Annotated[
        bool, typer.Option("--ldap-starttls", help="With ldap://: STARTTLS before the password is sent.")
    ] = False,
    group: Annotated[
        list[str] | None, typer.Option("--group", help="Who gets a desktop: people in this group; may be repeated.")
    ] = None,
    template: Annotated[
        str, typer.Option("--template", help="The golden image, if there are several: the template's name.")
    ] = "",
    bridge: Annotated[str, typer.Option("--bridge", help="The desktops' bridge; by default the template's.")] = "",
    vlan: Annotated[
        int | None, typer.Option("--vlan", metavar="VLAN", min=1, max=4094, help="Their VLAN; by default the template's.")
    ] = None,
    vmids: Annotated[
        str, typer.Option("--vmids", metavar="FIRST-LAST", help="VMIDs for desktops alone; by default free ones.")
    ] = "",
    receiver: Annotated[
        str,
        typer.Option(
            "--receiver",
            metavar="NAME",
            help="Where desktops report who is logged on: a name or address of this machine; none: Bascule asks them.",
        ),
    ] = "",
    installed: Annotated[
        bool,
        typer.Option(
            "--installed", help="For a daemon that the Ansible role installs on another machine: with that machine's places."
        ),
    ] = False,
    installation: Annotated[
        str, typer.Option("--installation", help="The installation's name, for ever; by default the cluster's.")
    ] = "",
    cluster: Annotated[str, typer.Option("--cluster", help="A name for the cluster, for ever; by default its own.")] = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing: take every default.")] = False,
) -> None:
    """Write a first configuration, from the cluster and the directory.

    Asks for both, and looks at them; changes nothing on them. Nothing starts by it: the scenario waits for a day far ahead.
    Without a terminal, or with --yes, the options have to answer.
    """
    check_empty(folder)
    asking, clock = Asking(silent=yes or not sys.stdin.isatty()), clock_of_commands()
    asking.require(
        endpoint=bool(endpoint),
        token_id=bool(token_id),
        token_secret_file=bool(token_secret_file),
        ldap=bool(ldap or ldif),
        ldap_base=bool(ldap_base or not ldif),
    )
    options = ClusterOptions(
        endpoints=tuple(endpoint or ()),
        token_id=token_id,
        token_secret_file=token_secret_file,
        ca_file=ca_file,
        fingerprint=fingerprint,
    )
    access = cluster_access(asking, options)
    seen_cluster = look_through(access, clock=clock)
    show_cluster(seen_cluster)
    access = with_other_nodes(access, seen_cluster)
    wanted = DirectoryOptions(
        url=ldap,
        ldif=ldif,
        base=ldap_base,
        bind_dn=ldap_user,
        password_file=ldap_password,
        ca_file=ldap_ca,
        starttls=ldap_starttls,
    )
    directory = look_at_directory(directory_access(asking, wanted), clock=clock)
    show_directory(directory)
    wishes = _Wishes(
        installation=installation,
        cluster=cluster,
        template=template,
        bridge=bridge,
        vlan=vlan,
        groups=group or (),
        vmids=vmids,
        receiver=receiver,
        installed=installed,
    )
    own_places = folder.absolute() != CONFIG.parent and not installed
    site = _chosen(asking, wishes, access, seen_cluster, directory, own_places=own_places)
    write_site(folder, files_of(site), environment=os.environ)
    show_next(folder, site, installed=installed)


def _chosen(
    asking: Asking, wishes: _Wishes, access: ClusterAccess, look: ClusterLook, directory: DirectoryLook, *, own_places: bool
) -> NewSite:
    """Raises SettingsError if a choice is wrong or missing."""
    if not directory.people:
        raise SettingsError(NO_PEOPLE(base=directory.settings.base))
    image = _image(asking, wishes.template, look)
    groups = _groups(asking, wishes.groups, directory)
    people = sum(directory.groups[name] for name in groups) if groups else directory.people
    bridge = wishes.bridge or image.bridge or asking.text(_("Bridge of the desktops"))
    if not bridge:
        raise SettingsError(NO_BRIDGE())
    cluster = wishes.cluster or asking.text(_("A name for the cluster, for ever"), look.name)
    settings = directory.settings
    named = {"token": access.token_secret.reveal(), "note-key": secrets.token_hex(32)}
    if settings.password is not None:
        named["directory-password"] = settings.password.reveal()
    return NewSite(
        language=language(),
        installation=wishes.installation or asking.text(_("A name for the installation, for ever"), cluster),
        timezone=machine_zone().key,
        cluster=cluster,
        endpoints=access.endpoints,
        token_id=access.token_id,
        ca=access.ca,
        vmids=_vmids(asking, wishes.vmids, look, people),
        directory=settings,
        directory_ca=read_file(settings.ca_file) if settings.ca_file else "",
        groups=groups,
        image=image,
        bridge=bridge,
        vlan=wishes.vlan or image.vlan,
        own_places=own_places,
        receiver=chosen_receiver(
            asking, wishes.receiver, access.endpoints[0], own_places=own_places, installed=wishes.installed
        ),
        secrets=named,
    )


def _image(asking: Asking, name: str, look: ClusterLook) -> ImageTemplates:
    named = {image.name: image for image in look.images}
    if not named:
        raise SettingsError(NO_TEMPLATE())
    names = join_reasons(named, ALSO)
    if not name and len(named) > 1:
        if asking.silent:
            raise SettingsError(WHICH_TEMPLATE(names=names))
        name = asking.choose(_("Golden image"), list(named), look.images[0].name)
    name = name or look.images[0].name
    if name not in named:
        raise SettingsError(UNKNOWN_TEMPLATE(name=name, names=names))
    return named[name]


def _groups(asking: Asking, names: Sequence[str], directory: DirectoryLook) -> tuple[str, ...]:
    """Empty: everyone."""
    chosen = list(names)
    if not chosen and not asking.silent:
        answer = asking.text(_("Who gets a desktop: names of groups, separated by commas; empty: everyone"))
        chosen = [name.strip() for name in answer.split(",") if name.strip()]
    for name in chosen:
        if name not in directory.groups:
            largest = list_some([Reason(group) for group in directory.groups], GROUPS_SHOWN)
            raise SettingsError(UNKNOWN_GROUP(name=name, names=largest))
    return tuple(chosen)


def _vmids(asking: Asking, wish: str, look: ClusterLook, people: int) -> tuple[int, int]:
    usual = "{}-{}".format(*free_range(look.taken, people))
    text = wish or asking.text(_("VMIDs for desktops alone, first and last"), usual)
    first, dash, last = text.partition("-")
    if not dash or not first.strip().isdigit() or not last.strip().isdigit() or not 100 <= int(first) <= int(last):
        raise SettingsError(RANGE_FORM())
    inside = sorted(vmid for vmid in look.taken if int(first) <= vmid <= int(last))
    if inside:
        raise SettingsError(RANGE_TAKEN(vmids=text, taken=list_some([Reason(str(vmid)) for vmid in inside], GROUPS_SHOWN)))
    return int(first), int(last)
