"""`bascule store`: what the daemon keeps its memory in, before another version or another database takes it up."""

import os

import typer

from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.output import CONFIG, ConfigOption, JsonOption, complain, print_json, say
from provisioner.daemon.keeping import store_of
from provisioner.model.store_fit import Fit, StoreFit
from provisioner.settings.store_access import load_store_access
from provisioner.texts.translate import _, translated

store = typer.Typer(help="The store, Bascule's database.", no_args_is_help=True)


@store.command("check")
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
    raise typer.Exit(1 if found.fit is Fit.REFUSED else 0)


def _fit_line(found: StoreFit) -> str:
    if found.fit is Fit.NO_STORE:
        return _("store {place}: there is no store yet; the start of the daemon makes it", place=found.store)
    if found.fit is Fit.AS_IT_IS:
        return _("store {place} has schema {schema}: this version opens it as it is", place=found.store, schema=found.schema)
    return _(
        "store {place} has schema {schema}: the start of this version brings it to {newest}, and an older version cannot"
        " open it afterwards; make a backup first",
        place=found.store,
        schema=found.schema,
        newest=found.newest,
    )
