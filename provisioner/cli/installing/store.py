"""`bascule store`: what the daemon keeps its memory in, before another version or another database takes it up."""

import os
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.output import CONFIG, ConfigOption, JsonOption, complain, print_json, say
from provisioner.daemon.keeping import store_of
from provisioner.errors import StoreError
from provisioner.model.kept.store_fit import SchemaFit, StoreFit, StoreMove
from provisioner.reasons.store import MOVE_OTHER_INSTALLATION, MOVE_SAME, OF_STORE
from provisioner.settings.store_access import load_store_access
from provisioner.texts.translate import _, plural, translated


def check(config: ConfigOption = CONFIG, json: JsonOption = False) -> None:
    """Whether this version can open the store. Changes nothing; the daemon may run meanwhile.

    Exit code 0: it can, also where its start would upgrade the store; 1: it would refuse it, as one
    that a newer version has made; 3: the store cannot be read.
    """
    access = load_store_access(config, environment=os.environ)
    found = store_of(access, clock=clock_of_commands()).fit()
    if json:
        print_json(found)
    elif found.why is not None:
        complain(translated(found.why))
    else:
        say(_fit_line(found))
    raise typer.Exit(1 if found.fit is SchemaFit.REFUSED else 0)


def move(
    to: Annotated[
        Path,
        typer.Option("--to", metavar="FILE", help="A copy of the configuration, whose section store names the empty database."),
    ],
    config: ConfigOption = CONFIG,
    json: JsonOption = False,
) -> None:
    """Copy the store into another database, SQLite or PostgreSQL, and compare every row. The daemon must be stopped.

    The store of --config stays as it is. After an interruption, run it again.
    """
    there, here = (load_store_access(path, environment=os.environ) for path in (to, config))
    if there.installation != here.installation:
        raise StoreError(MOVE_OTHER_INSTALLATION(target=there.installation, source=here.installation))
    clock = clock_of_commands()
    with closing(store_of(here, clock=clock)) as source, closing(store_of(there, clock=clock)) as target:
        if here.store.connection_url() == there.store.connection_url():
            raise StoreError(OF_STORE(place=source.fit().store, why=MOVE_SAME()))
        moved = source.move_to(target)
    if json:
        print_json(moved)
    else:
        _show_move(moved, to=to, config=config, url=there.store.url)


def _show_move(moved: StoreMove, *, to: Path, config: Path, url: str) -> None:
    for table, rows in moved.rows.items():
        say(plural("  {table}: {count} row", "  {table}: {count} rows", rows, table=table))
    places = {"target": moved.target, "source": moved.source, "rows": sum(moved.rows.values())}
    if moved.was_there:
        say(_("{target} had all of it already, {rows} rows, each the same as in {source}: nothing was written", **places))
    else:
        say(_("{target} has all of it, {rows} rows, each the same as in {source}, which stays as it is", **places))
    say(
        _(
            "next, before anything else is ordered: put the section store of {to} (url: {url}) into {config}, run"
            " `bascule check`, and start the daemon; remove the old store once it works",
            to=str(to),
            url=url,
            config=str(config),
        )
    )


def _fit_line(found: StoreFit) -> str:
    if found.fit is SchemaFit.NO_STORE:
        return _("store {place}: there is no store yet; the start of the daemon makes it", place=found.store)
    if found.fit is SchemaFit.AS_IT_IS:
        return _("store {place} has schema {schema}: this version opens it as it is", place=found.store, schema=found.schema)
    return _(
        "store {place} has schema {schema}: the start of this version brings it to {newest}, and an older version cannot"
        " open it afterwards; make a backup first",
        place=found.store,
        schema=found.schema,
        newest=found.newest,
    )
