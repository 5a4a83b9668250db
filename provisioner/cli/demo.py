"""`bascule demo`: a département goes home, on this machine alone, with the very daemon that does it on a real cluster."""

import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from provisioner.adapters.logs.structured import StructuredLog, configure
from provisioner.cli.output import err, out, print_table, say, words
from provisioner.daemon.service import Service, ServiceContext
from provisioner.demo.site import DemoSite, LdapAccess
from provisioner.demo.summary import DemoCost, Stopwatch, Summary, summary_of
from provisioner.errors import DirectoryError, SettingsError
from provisioner.model.actions import Outcome
from provisioner.model.agents import Roster
from provisioner.model.desktops import Phase
from provisioner.model.status import Status
from provisioner.ports import ApiCall
from provisioner.reconciler import Reconciler
from provisioner.settings.addresses import is_this_machine, ldap_url
from provisioner.twin.server.extra import require_extra
from provisioner.twin.server.process import TwinProcess

_AGENTS = 1700
_SESSIONS = 1550
"""March 2020, Seine-et-Marne: 1,700 desktops, 1,550 people at once."""
_GIVES_UP_S = 600.0
"""Real seconds; a demonstration takes about a tenth."""


def demo(
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the summary there.")] = None,
    scale: Annotated[float, typer.Option("--scale", min=0.1, help="Virtual seconds a real second.")] = 10.0,
    agents: Annotated[int, typer.Option("--agents", min=1, max=_AGENTS, help="How many people.")] = _AGENTS,
    ldap: Annotated[
        str, typer.Option("--ldap", help="A real directory (ldap:// or ldaps://) instead of the generated one.")
    ] = "",
    ldap_base: Annotated[str, typer.Option("--ldap-base", help="Where in it the people are.")] = "dc=example,dc=org",
    ldap_ca: Annotated[Path | None, typer.Option("--ldap-ca", help="The authority of its certificate (PEM).")] = None,
    ldap_user: Annotated[str, typer.Option("--ldap-user", help="The DN of a reading account; without: anonymous.")] = "",
    ldap_password: Annotated[Path | None, typer.Option("--ldap-password-file", help="Where its password stands.")] = None,
    ldap_starttls: Annotated[bool, typer.Option("--ldap-starttls", help="With ldap://: TLS before the password.")] = False,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="For the metrics; 0: any free one.")] = 9817,
    keep: Annotated[Path | None, typer.Option("--keep", help="Leave configuration, store and log in this folder.")] = None,
) -> None:
    """1,700 agents become 1,700 ready desktops on a twin of a 16-node cluster, and 1,550 of them log on. Needs no server.

    The twin answers Proxmox VE's own HTTPS API; the daemon that fills it is the one of `bascule run`. Exit code 1 when
    anything is missing, doubled or miscounted at the end.
    """
    _check(keep, json_file)
    if bool(ldap_user) != (ldap_password is not None):
        raise SettingsError("--ldap-user and --ldap-password-file go together")
    access = LdapAccess(
        url=ldap, base=ldap_base, ca_file=ldap_ca, user=ldap_user, password_file=ldap_password, starttls=ldap_starttls
    )
    if ldap:
        _check_directory(access)
    with tempfile.TemporaryDirectory(prefix="bascule-demo-") as folder:
        site = DemoSite(
            keep or Path(folder),
            agents=agents,
            sessions=round(agents * _SESSIONS / _AGENTS),
            port=port,
            ldap=access if ldap else None,
        )
        summary = _run(site, scale)
    if json_file is not None:
        json_file.write_text(json.dumps(summary.figures(), indent=2) + "\n", encoding="utf-8")
    print_table("", ("what", "figure"), summary.rows(), numbers=("figure",))
    for fault in summary.faults():
        err.print(Text.assemble(("not as it should be:", "red"), words(f" {fault}")))
    raise typer.Exit(1 if summary.faults() else 0)


def _check(keep: Path | None, json_file: Path | None) -> None:
    """What would only show at the end, or once something was written."""
    require_extra()
    if keep is not None and keep.exists() and (not keep.is_dir() or any(keep.iterdir())):
        raise SettingsError(f"{keep}: is not an empty folder: a demonstration begins with nothing")
    if json_file is not None and not os.access(json_file.absolute().parent, os.W_OK):
        raise SettingsError(f"{json_file}: its folder does not exist, or cannot be written")


def _check_directory(access: LdapAccess) -> None:
    """What would be refused once the twin is up, and what a file of settings would have to say was meant."""
    try:
        host = urlsplit(ldap_url(access.url)).hostname or ""
    except ValueError as error:
        raise SettingsError(f"--ldap: {error}") from error
    if access.starttls and not access.url.startswith("ldap://"):
        raise SettingsError("--ldap-starttls is for an ldap:// address: ldaps:// is TLS from the start")
    if access.user and access.in_clear and not is_this_machine(host):
        raise SettingsError("--ldap-user: its password would cross the network in clear: give ldaps://, or --ldap-starttls")


def _run(site: DemoSite, scale: float) -> Summary:
    say(f"starting a twin of a 16-node Proxmox VE cluster, {scale:g} times as fast as real time")
    with TwinProcess(site.write_twin(), site.folder / "twin", scale=scale) as twin:
        config = site.write_config(twin.state)
        clock = twin.state.clock
        with (site.folder / "daemon.log").open("w", encoding="utf-8") as log:
            configure(format="console", level="info", stream=log)
            watch, stopwatch = _Progress(), Stopwatch()
            service = Service(
                config,
                ServiceContext(
                    environment=os.environ,
                    clock=clock,
                    clock_rate=scale,
                    listeners=(StructuredLog(), watch, stopwatch),
                    done=_Enough(watch),
                ),
            )
            began, cpu = time.monotonic(), _cpu_s()
            with watch.bars:
                watch.wants(site.agents, site.sessions)
                service.run()
            wall, cpu = time.monotonic() - began, _cpu_s() - cpu
        if watch.directory_error:
            raise DirectoryError(f"directory: {watch.directory_error}")
        spent = DemoCost(wall_s=wall, cpu_s=cpu)
        return summary_of(service.reconciler.status, twin.truth(), site.spec, stopwatch, spent=spent, expected=site.sessions)


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


class _Enough:
    """Ends the demonstration once everybody is ready and was asked for a session since, without a directory, or at last."""

    def __init__(self, watch: "_Progress") -> None:
        self._watch = watch
        self._until = time.monotonic() + _GIVES_UP_S
        self._seen: Status | None = None

    def __call__(self, reconciler: Reconciler) -> bool:
        if time.monotonic() > self._until or self._watch.directory_error:
            return True
        status = reconciler.status
        if status is None or status is self._seen:
            return False
        self._seen = status
        wanted = status.demand.wants
        ready = sum(one.wanted and one.phase is Phase.READY for one in status.desktops.values())
        return bool(wanted) and ready == len(wanted) and reconciler.sessions_settled


class _Progress:
    """Four bars; a listener like the log."""

    def __init__(self) -> None:
        self.directory_error = ""
        self._agents = self._sessions = 0
        columns = (TextColumn("{task.description:<9}"), BarColumn(bar_width=40), MofNCompleteColumn(), TimeElapsedColumn())
        self.bars = Progress(*columns, console=out, refresh_per_second=4, disable=not sys.stdout.isatty())
        self._tasks = {name: self.bars.add_task(name, total=None) for name in ("cloned", "started", "ready", "sessions")}

    def wants(self, agents: int, sessions: int) -> None:
        """What the bars are full at; put right once the directory was read."""
        self._sessions = sessions
        self._fill_at(agents)

    def api_call(self, call: ApiCall) -> None:
        """Not shown."""

    def outcome(self, outcome: Outcome) -> None:
        """Not shown."""

    def directory_read(self, roster: Roster | None, error: str) -> None:
        if roster is not None and len(roster.agents) != self._agents:
            self._agents = len(roster.agents)
            self._say(f"directory: {self._agents} agents")
            self._fill_at(self._agents)
        if error and not self._agents:
            self.directory_error = error

    def status(self, status: Status) -> None:
        phases = [one.phase for one in status.desktops.values()]
        booted = (Phase.STARTING, Phase.READY)
        counts = {
            "cloned": sum(phase in (Phase.CLONED, Phase.STOPPED, *booted) for phase in phases),
            "started": sum(phase in booted for phase in phases),
            "ready": sum(phase is Phase.READY for phase in phases),
            "sessions": sum(len(one.sessions or ()) for one in status.desktops.values()),
        }
        for name, count in counts.items():
            self.bars.update(self._tasks[name], completed=count)

    def notice(self, subject: str, text: str) -> None:
        self._say(f"{subject}: {text}")

    def _fill_at(self, agents: int) -> None:
        for name, task in self._tasks.items():
            self.bars.update(task, total=min(self._sessions, agents) if name == "sessions" else agents)

    def _say(self, text: str) -> None:
        self.bars.console.print(words(text))
