"""Pools of desktops: `pool list`, `pool show`, `pool lend` and `pool return`."""

from typing import Annotated

import typer

from provisioner.cli.daemon_client import SocketOption
from provisioner.cli.document_rows import POOL_COLUMNS, POOL_DESKTOP_COLUMNS, pool_desktop_row, pool_row
from provisioner.cli.documents import LENDS, LENDS_RETURNS, POOLS, PoolDocument, PoolsDocument
from provisioner.cli.ordering import desk
from provisioner.cli.output import (
    CONFIG,
    ByOption,
    ConfigOption,
    JsonOption,
    ReasonOption,
    print_json,
    print_table,
    say,
)
from provisioner.cli.pool_lines import autoscale_lines
from provisioner.cli.reading import Look, OfflineOption, show_document
from provisioner.cli.times import duration
from provisioner.cli.watching import WatchOption
from provisioner.cli.why.command import folded
from provisioner.errors import SettingsError
from provisioner.reasons.pools import NO_POOLS, NO_SUCH_POOL
from provisioner.reasons.reason import ALSO, join_reasons
from provisioner.texts.translate import _

WhoArgument = Annotated[str, typer.Argument(metavar="LOGIN", help="Whom it is for: a login or id.")]
PoolOption = Annotated[str, typer.Option("--pool", metavar="POOL", help="Of this pool; by default of any, by name.")]
DesktopOption = Annotated[
    str,
    typer.Option(
        "--desktop", metavar="DESKTOP", help="It is theirs, as you know: of a desktop in doubt since a backup was restored."
    ),
]
GrantOption = Annotated[
    bool, typer.Option("--grant", help="Also print the address that opens it in Guacamole, once, within a minute.")
]
NameArgument = Annotated[str, typer.Argument(metavar="POOL", help="Its name in bascule.yaml.")]


def lend(
    who: WhoArgument,
    pool: PoolOption = "",
    desktop: DesktopOption = "",
    grant: GrantOption = False,
    reason: ReasonOption = "",
    config: ConfigOption = CONFIG,
    by: ByOption = "",
    socket: SocketOption = None,
    json: JsonOption = False,
) -> None:
    """Lend a desktop of a pool to a person: the one they have, a ready one, or one that will be ready soon.

    Exit code 2 if none is free, with the reason and when there may be one.
    """
    daemon = desk(socket, config, reason=reason, by=by, json=json)
    named = {key: value for key, value in (("pool", pool), ("desktop", desktop)) if value}
    answer = daemon.lend(LENDS, who, **named, **({"grant": True} if grant else {}))
    if json:
        print_json(answer)
        return
    words = {"login": answer["login"], "desktop": answer["desktop"], "pool": answer["pool"]}
    if answer["ready"] and answer["existing"]:
        say(_("{login} has desktop {desktop} of pool {pool} already, and it is ready", **words))
    elif answer["ready"]:
        say(_("{login} has desktop {desktop} of pool {pool}: it is ready", **words))
    else:
        wait = duration(answer["expected_s"] or 0.0)
        say(_("{login} has desktop {desktop} of pool {pool}: it may be ready in {wait}", **words, wait=wait))
    if answer["address"]:
        say(_("its address is {address}", address=answer["address"]))
    if answer["grant"] is not None:
        say(_("opens it once, until {at}: {url}", at=answer["grant"]["expires_at"], url=answer["grant"]["url"]))
    elif grant:
        say(_("no address opens it yet: ask again once it is ready"))


def give_back(
    who: WhoArgument,
    reason: ReasonOption = "",
    config: ConfigOption = CONFIG,
    by: ByOption = "",
    socket: SocketOption = None,
    json: JsonOption = False,
) -> None:
    """Give a lent desktop back. It is reset, as its pool says, before anybody else gets it; nobody is logged off for that."""
    daemon = desk(socket, config, reason=reason, by=by, json=json)
    answer = daemon.lend(LENDS_RETURNS, who)
    if json:
        print_json(answer)
    elif answer["desktop"] is None:
        say(_("{login} has no desktop of a pool", login=answer["login"]))
    else:
        say(_("desktop {desktop} of {login} is given back", desktop=answer["desktop"], login=answer["login"]))


def list_all(
    config: ConfigOption = CONFIG,
    json: JsonOption = False,
    socket: SocketOption = None,
    offline: OfflineOption = False,
    watch: WatchOption = "",
) -> None:
    """Every pool: how many of its desktops are ready, lent, or being reset."""
    show_document(POOLS, Look(config=config, socket=socket, offline=offline, json=json, watch=watch), _list)


def show(
    name: NameArgument,
    config: ConfigOption = CONFIG,
    json: JsonOption = False,
    socket: SocketOption = None,
    offline: OfflineOption = False,
    watch: WatchOption = "",
) -> None:
    """One pool: each of its desktops, and who has it."""

    def show_one(document: PoolsDocument) -> None:
        found = _named(document, name)
        if json:
            print_json(found)
            return
        _list({**document, "pools": [found]})
        if found["autoscale"] is not None:
            for line in folded(autoscale_lines(found["autoscale"])):
                say(line)
        print_table("", POOL_DESKTOP_COLUMNS, map(pool_desktop_row, found["desktops"]), empty=_("it has no desktop yet"))

    look = Look(config=config, socket=socket, offline=offline, json=False, watch=watch)
    show_document(POOLS, look, show_one)


def _named(document: PoolsDocument, name: str) -> PoolDocument:
    known = {pool["name"]: pool for pool in document["pools"]}
    if not known:
        raise SettingsError(NO_POOLS())
    if name not in known:
        raise SettingsError(NO_SUCH_POOL(pool=name, pools=join_reasons(sorted(known), ALSO)))
    return known[name]


def _list(document: PoolsDocument) -> None:
    rows = map(pool_row, document["pools"])
    print_table("", POOL_COLUMNS, rows, numbers=POOL_COLUMNS[1:], empty=_("no pool is configured"))
