"""The `bascule` command. Exit codes: 0 done; 1 something is not as it should be; 2 the configuration or the call is wrong;
3 a system outside (cluster, directory, store) could not be used; 130 interrupted."""

import sys
from collections.abc import Sequence

import typer

from provisioner.cli import check, demo, forecast, look, orders, service
from provisioner.cli.output import complain
from provisioner.errors import BasculeError, SettingsError

app = typer.Typer(
    name="bascule",
    help="Puts a whole workforce on virtual desktops overnight, on Proxmox VE.",
    epilog="Exit codes: 0 done; 1 something is not as it should be; 2 the configuration or the call is wrong; "
    "3 a cluster, the directory or the store could not be used; 130 interrupted.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("demo")(demo.demo)
app.command("run")(service.run)
app.command("check")(check.check)
app.command("plan")(look.plan)
app.command("forecast")(forecast.forecast)
app.command("status")(look.status)
app.command("desktops")(look.desktops)
app.command("agents")(look.agents)
app.command("journal")(look.journal)
app.command("freeze")(orders.freeze)
app.command("thaw")(orders.thaw)
app.command("hold")(orders.hold)
app.command("unhold")(orders.unhold)
app.add_typer(orders.baseline, name="baseline")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command, by default the process's own; what goes wrong is one message, never a traceback."""
    try:
        app(args=arguments, prog_name="bascule")
    except SettingsError as error:
        complain(str(error))
        sys.exit(2)
    except BasculeError as error:
        complain(str(error))
        sys.exit(3)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
