"""`bascule twin truth`, `break` and `mend`: what really is on a served twin, and breakdowns at somebody's word.

They ask the twin itself, by the secret of its state file: nothing else gets an order, and no real cluster has such a file.
"""

import http.client
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from provisioner.cli.choices import BreakOption
from provisioner.cli.clocks import TWIN_STATE, read_twin_state
from provisioner.cli.output import CONFIG, ConfigOption, JsonOption, print_json, print_table, say
from provisioner.cli.site import settings_of
from provisioner.demo.outage import put_back, take_away
from provisioner.errors import BasculeError, SettingsError
from provisioner.reasons import commands as reasons
from provisioner.reasons.reason import ALSO, join_reasons
from provisioner.settings.values import Settings
from provisioner.texts.translate import N_, _, headings, listed, plural
from provisioner.twin.server.keeping import STATE_FILE
from provisioner.twin.server.process import BREAKDOWNS, MENDS, SITE, NotATwin, ask_twin
from provisioner.twin.server.state import TwinState

FolderOption = Annotated[
    Path | None,
    typer.Option(
        "--folder", help="The folder of the twin; by default that of BASCULE_TWIN_STATE, or twin/.", show_default=False
    ),
]
WhatArgument = Annotated[BreakOption, typer.Argument(metavar="WHAT", help="The kind of the part.", show_default=False)]
NameArgument = Annotated[
    str,
    typer.Argument(
        metavar="[NAME]", help="Of the node; of the desktop, or its VMID; of the storage, or NODE/STORAGE.", show_default=False
    ),
]
AllDesktopsOption = Annotated[bool, typer.Option("--desktops", help="Each desktop too, and who is logged on there.")]
_NODES = headings("node", "power", "desktops", "ready", "hung", "sessions")
_STORAGES = headings("storage", "used GiB", "of GiB", "full")
_DESKTOPS = headings("desktop", "VMID", "node", "state", "logged on")
_ALONE = (BreakOption.QUORUM, BreakOption.LDAP)


def truth(folder: FolderOption = None, desktops: AllDesktopsOption = False, json: JsonOption = False) -> None:
    """What really is on a served twin: nodes, storages, desktops and sessions, to compare with what the daemon says.

    The twin itself says it, not its API. With --json every desktop is in it.
    """
    status, site = _asked(_state_of(folder), SITE)
    if status != http.client.OK:
        raise BasculeError(f"{status} {site}")
    if json:
        print_json(site)
        return
    say(_in_short(site))
    print_table(N_("nodes"), _NODES, map(_node, site["nodes"]), numbers=_NODES[2:])
    print_table(N_("storages"), _STORAGES, map(_storage, site["storages"]), numbers=_STORAGES[1:3])
    if desktops:
        print_table(N_("desktops"), _DESKTOPS, map(_desktop, site["desktops"]), numbers=_DESKTOPS[1:2])


def break_part(
    what: WhatArgument,
    name: NameArgument = "",
    folder: FolderOption = None,
    config: ConfigOption = CONFIG,
    json: JsonOption = False,
) -> None:
    """Break a part of a served twin, and see what the daemon makes of it: `bascule twin break node pve3`.

    A node loses its power, a desktop hangs, a storage is full, the cluster has no quorum. With
    ldap the directory of the twin's site, if it is a file, can no longer be read. All of it stays so
    until `bascule twin mend`.
    """
    _change(what, name, folder, config, broken=True, json=json)


def mend_part(
    what: WhatArgument,
    name: NameArgument = "",
    folder: FolderOption = None,
    config: ConfigOption = CONFIG,
    json: JsonOption = False,
) -> None:
    """Mend what `bascule twin break` has broken: `bascule twin mend node pve3`.

    A node comes back with its desktops off, as after a power cut.
    """
    _change(what, name, folder, config, broken=False, json=json)


def _change(what: BreakOption, name: str, folder: Path | None, config: Path, *, broken: bool, json: bool) -> None:
    state = _state_of(folder)
    _check_name(what, name)
    is_file = what is BreakOption.LDAP
    changed = _directory(state, config, broken=broken) if is_file else _part(state, what, name, broken=broken)
    if json:
        print_json({"what": what.value, "name": name or None, "broken": broken, "changed": changed})
        return
    say(_said(what, name, broken=broken) if changed else _("it was so already: nothing was changed"))


def _check_name(what: BreakOption, name: str) -> None:
    if what in _ALONE and name:
        raise SettingsError(reasons.NO_NAME_HERE())
    if what not in _ALONE and not name:
        raise SettingsError(reasons.SAY_WHICH_PART())


def _part(state: TwinState, what: BreakOption, name: str, *, broken: bool) -> bool:
    status, answer = _asked(state, BREAKDOWNS if broken else MENDS, {"what": what.value, "name": name})
    if status == http.client.NOT_FOUND:
        known = join_reasons(answer["known"], ALSO)
        raise SettingsError(reasons.TWIN_LACKS_OF(name=name, known=known) if known else reasons.TWIN_LACKS(name=name))
    if status != http.client.OK:
        raise BasculeError(f"{status} {answer}")
    return bool(answer["changed"])


def _directory(state: TwinState, config: Path, *, broken: bool) -> bool:
    _asked(state, SITE)  # a twin has to be there, as for every other part
    settings = settings_of(config)
    if not any(state.url in cluster.endpoints for cluster in settings.clusters.values()):
        raise SettingsError(reasons.NOT_OF_THIS_TWIN(config=str(config), url=state.url))
    ldif = _file_of(settings, config)
    try:
        return take_away(ldif) if broken else put_back(ldif)
    except OSError as error:
        raise BasculeError(reasons.DIRECTORY_FILE_STUCK(path=str(ldif), said=error.strerror or str(error))) from error


def _file_of(settings: Settings, config: Path) -> Path:
    ldif = settings.directory.ldif
    if ldif is None:
        url = join_reasons(settings.directory.urls, ALSO)
        raise SettingsError(reasons.DIRECTORY_IS_A_SERVER(config=str(config), url=url))
    return ldif


def _state_of(folder: Path | None) -> TwinState:
    """Raises SettingsError: no twin was ever served there."""
    named = os.environ.get(TWIN_STATE)
    path = Path(named) if folder is None and named else (folder or Path("twin")) / STATE_FILE
    if not path.is_file():
        raise SettingsError(reasons.NO_TWIN_SERVED(path=str(path)))
    return read_twin_state(path)


def _asked(state: TwinState, path: str, order: object = None) -> tuple[int, dict[str, Any]]:
    try:
        return ask_twin(state, path, order)
    except NotATwin as error:
        file = Path(state.ca_file).with_name(STATE_FILE)
        raise BasculeError(reasons.NOT_A_TWIN(url=state.url, path=str(file), said=str(error))) from error


def _said(what: BreakOption, name: str, *, broken: bool) -> str:
    match what:
        case BreakOption.NODE if broken:
            return _("node {name} has lost its power, with all that ran there", name=name)
        case BreakOption.NODE:
            return _("node {name} has power again; its desktops are off, as after a power cut", name=name)
        case BreakOption.DESKTOP if broken:
            return _("desktop {name} hangs: it answers nobody, whatever is done to it", name=name)
        case BreakOption.DESKTOP:
            return _("desktop {name} goes on", name=name)
        case BreakOption.STORAGE if broken:
            return _("storage {name} is full", name=name)
        case BreakOption.STORAGE:
            return _("storage {name} has room again", name=name)
        case BreakOption.QUORUM:
            return _("the cluster has lost its quorum") if broken else _("the cluster has its quorum again")
    return _("the directory can no longer be read") if broken else _("the directory can be read again")


def _in_short(site: Mapping[str, Any]) -> str:
    dead = sum(not node["alive"] for node in site["nodes"])
    full = sum(storage["full"] for storage in site["storages"])
    parts = [
        plural(
            "{ready} of {count} desktop ready", "{ready} of {count} desktops ready", len(site["desktops"]), ready=site["ready"]
        ),
        plural("{count} open session", "{count} open sessions", site["sessions"]),
    ]
    return listed(*parts, *_broken(site, dead, full))


def _broken(site: Mapping[str, Any], dead: int, full: int) -> Iterator[str]:
    if site["hung"]:
        yield plural("{count} desktop hangs", "{count} desktops hang", site["hung"])
    if dead:
        yield plural("{count} node without power", "{count} nodes without power", dead)
    if full:
        yield plural("{count} storage full", "{count} storages full", full)
    if not site["quorum"]:
        yield _("no quorum")


def _node(node: Mapping[str, Any]) -> tuple[object, ...]:
    return (
        node["name"],
        _("on") if node["alive"] else _("off"),
        *(node[key] for key in ("desktops", "ready", "hung", "sessions")),
    )


def _storage(storage: Mapping[str, Any]) -> tuple[object, ...]:
    return storage["name"], round(storage["used_gib"]), round(storage["size_gib"]), _("yes") if storage["full"] else _("no")


def _desktop(desktop: Mapping[str, Any]) -> tuple[object, ...]:
    states = {
        "away": _("node without power"),
        "off": _("off"),
        "booting": _("booting"),
        "hung": _("hangs"),
        "ready": _("is ready"),
    }
    return desktop["name"], desktop["vmid"], desktop["node"], states[desktop["state"]], ", ".join(desktop["logins"]) or "-"


__all__ = ["break_part", "mend_part", "truth"]
