"""`bascule demo`: a whole département gets desktops, on this machine alone, by the daemon of a real cluster."""

import json
import os
import resource
import signal
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
from provisioner.cli.output import print_table, say
from provisioner.cli.styled import err, out, words
from provisioner.daemon.service import Service, ServiceContext
from provisioner.demo.receiver import ReceiverProcess, free_port
from provisioner.demo.site import LOG_ON_WITHIN_S, DemoSite, LdapAccess
from provisioner.demo.summary import DemoCost, DemoStopwatch, Summary, summary_of
from provisioner.errors import DirectoryError, SettingsError
from provisioner.model.actions import Outcome
from provisioner.model.machines.desktops import Phase
from provisioner.model.people.agents import Roster
from provisioner.model.status import Status
from provisioner.ports import ApiCall
from provisioner.reasons import commands as reasons
from provisioner.reasons.reason import reason_of
from provisioner.reconciler import Reconciler
from provisioner.settings.addresses import is_this_machine, ldap_url
from provisioner.texts.translate import _, headings, plural
from provisioner.twin.server.process import TwinProcess, require_extra

_AGENTS = 1700
_SESSIONS = 1550
"""March 2020, Seine-et-Marne: 1,700 desktops, 1,550 people at the same time."""
_GIVES_UP_S = 600.0
"""Real seconds; a demonstration takes about a tenth."""
_COME_WITHIN_S = 3.0 * LOG_ON_WITHIN_S
"""After all desktops are ready. Who has not come by then, with all who came for visitors, comes no more."""
_STAY_S = 10.0
_STAY_REAL_S = 2.0
"""So long all people have to be there: longer than the last push takes on its way, of which a part is real time."""


def demo(
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the figures to this file.")] = None,
    scale: Annotated[float, typer.Option("--scale", min=0.1, help="Virtual seconds per real second.")] = 10.0,
    agents: Annotated[int, typer.Option("--agents", min=1, max=_AGENTS, help="How many people.")] = _AGENTS,
    ldap: Annotated[
        str, typer.Option("--ldap", help="A real directory (ldap:// or ldaps://) instead of the invented people.")
    ] = "",
    ldap_base: Annotated[
        str, typer.Option("--ldap-base", help="The base of the people in that directory.")
    ] = "dc=example,dc=org",
    ldap_ca: Annotated[
        Path | None, typer.Option("--ldap-ca", help="The certificate authority of that directory (PEM).")
    ] = None,
    ldap_user: Annotated[
        str, typer.Option("--ldap-user", help="The DN of an account that may read it; by default anonymous.")
    ] = "",
    ldap_password: Annotated[
        Path | None, typer.Option("--ldap-password-file", help="A file with the password of that account.")
    ] = None,
    ldap_starttls: Annotated[
        bool, typer.Option("--ldap-starttls", help="With ldap://: STARTTLS before the password is sent.")
    ] = False,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="The port for metrics; 0: any free port.")] = 9817,
    keep: Annotated[Path | None, typer.Option("--keep", help="Leave configuration, store and log in this folder.")] = None,
) -> None:
    """1,700 agents get desktops on a cluster's twin. Needs no server.

    The cluster has 16 nodes, and 1,550 of the agents log on. The twin serves the HTTPS API of Proxmox VE, and the daemon is
    that of `bascule run`. Exit code 1 when anything is missing, duplicated or miscounted at the end.
    """
    _check(keep, json_file)
    if bool(ldap_user) != (ldap_password is not None):
        raise SettingsError(reasons.DEMO_LDAP_ACCOUNT())
    access = LdapAccess(
        url=ldap, base=ldap_base, ca_file=ldap_ca, user=ldap_user, password_file=ldap_password, starttls=ldap_starttls
    )
    if ldap:
        _check_directory(access)
    # As Ctrl-C: the twin and the receiver are ended, and the folder removed.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="bascule-demo-") as folder:
        site = DemoSite(
            keep or Path(folder),
            agents=agents,
            sessions=round(agents * _SESSIONS / _AGENTS),
            port=port,
            ldap=access if ldap else None,
            receiver_port=(receiver_port := free_port()),
        )
        summary = _run(site, scale, keep=keep is not None, receiver_port=receiver_port)
    if json_file is not None:
        json_file.write_text(json.dumps(summary.figures(), indent=2) + "\n", encoding="utf-8")
    print_table("", headings("figure", "value"), summary.rows(), numbers=("value",))
    if keep is not None:
        site.let_obey()
        say(_("to go on with it: `bascule twin serve {file}`", file=str(site.folder / "twin.yaml")))
    for fault in summary.faults():
        err.print(Text.assemble((_("not as it should be:"), "red"), " ", words(fault)))
    raise typer.Exit(1 if summary.faults() else 0)


def _check(keep: Path | None, json_file: Path | None) -> None:
    """Refuse at once what would fail at the end, or after something was written."""
    require_extra()
    if keep is not None and keep.exists() and (not keep.is_dir() or any(keep.iterdir())):
        raise SettingsError(reasons.DEMO_FOLDER(path=str(keep)))
    if json_file is not None and not os.access(json_file.absolute().parent, os.W_OK):
        raise SettingsError(reasons.DEMO_FILE(path=str(json_file)))


def _check_directory(access: LdapAccess) -> None:
    """Refuse at once what would fail once the twin runs, and a password in clear (settings have `insecure` for it)."""
    try:
        host = urlsplit(ldap_url(access.url)).hostname or ""
    except ValueError as error:
        raise SettingsError(reasons.DEMO_LDAP(said=reason_of(error))) from error
    if access.starttls and not access.url.startswith("ldap://"):
        raise SettingsError(reasons.DEMO_STARTTLS())
    if access.user and access.in_clear and not is_this_machine(host):
        raise SettingsError(reasons.DEMO_CLEAR())


def _run(site: DemoSite, scale: float, *, keep: bool, receiver_port: int) -> Summary:
    say(_("starting a twin of a 16-node Proxmox VE cluster, {scale:g} times as fast as real time", scale=scale))
    with TwinProcess(site.write_twin(), site.folder / "twin", scale=scale, keep_guests=keep) as twin:
        config = site.write_config(twin.state)
        clock = twin.state.clock
        receiver = ReceiverProcess(config, port=receiver_port, log=site.folder / "receiver.log")
        with receiver, (site.folder / "daemon.log").open("w", encoding="utf-8") as log:
            configure(format="console", level="info", stream=log)
            progress, stopwatch = _Progress(), DemoStopwatch()
            enough = _Enough(progress, sessions=site.sessions, scale=scale)
            service = Service(
                config,
                ServiceContext(
                    environment=os.environ,
                    clock=clock,
                    clock_rate=scale,
                    listeners=(StructuredLog(), progress, stopwatch),
                    done=enough,
                ),
            )
            began, cpu = time.monotonic(), _cpu_s()
            with progress.bars:
                progress.expect(site.agents, site.sessions)
                service.run()
            wall, cpu = time.monotonic() - began, _cpu_s() - cpu
        if not enough.reached:
            say(_("interrupted: there are no figures of half a switch"))
            raise typer.Exit(130)
        if progress.directory_error:
            raise DirectoryError(reasons.DEMO_DIRECTORY(said=progress.directory_error))
        spent = DemoCost(wall_s=wall, cpu_s=cpu)
        return summary_of(service.reconciler.status, twin.truth(), site.spec, stopwatch, spent=spent, expected=site.sessions)


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


class _Enough:
    """Ends the demonstration: all desktops are ready and all people are there, or do not come; no directory; or time is up."""

    def __init__(self, progress: "_Progress", *, sessions: int, scale: float) -> None:
        self._progress, self._sessions = progress, sessions
        self._stay_s = max(_STAY_S, _STAY_REAL_S * scale)
        self._all_ready_at: float | None = None
        self._all_there_at: float | None = None
        self._until = time.monotonic() + _GIVES_UP_S
        self._last: Status | None = None
        self.reached = False
        """False after a run: a signal ended it, and its figures would be those of half a switch."""

    def __call__(self, reconciler: Reconciler) -> bool:
        self.reached = self.reached or self._ended(reconciler)
        return self.reached

    def _ended(self, reconciler: Reconciler) -> bool:
        if time.monotonic() > self._until or self._progress.directory_error:
            return True
        status = reconciler.status
        if status is None or status is self._last:
            return False
        self._last = status
        wanted = status.demand.wants
        ready = sum(desktop.wanted and desktop.phase is Phase.READY for desktop in status.desktops.values())
        there = sum(len(desktop.sessions or ()) for desktop in status.desktops.values())
        if not wanted or ready < len(wanted):
            self._all_ready_at = self._all_there_at = None
            return False
        self._all_ready_at = self._all_ready_at or status.at
        if there < min(self._sessions, ready):
            self._all_there_at = None
            return status.at > self._all_ready_at + _COME_WITHIN_S
        self._all_there_at = self._all_there_at or status.at
        return status.at >= self._all_there_at + self._stay_s


class _Progress:
    """Four bars; a listener like the log."""

    def __init__(self) -> None:
        self.directory_error = ""
        self._agents = self._sessions = 0
        columns = (TextColumn("{task.description:<9}"), BarColumn(bar_width=40), MofNCompleteColumn(), TimeElapsedColumn())
        self.bars = Progress(*columns, console=out, refresh_per_second=4, disable=not sys.stdout.isatty())
        names = {"cloned": _("cloned"), "started": _("started"), "ready": _("ready"), "sessions": _("sessions")}
        self._tasks = {key: self.bars.add_task(name, total=None) for key, name in names.items()}

    def expect(self, agents: int, sessions: int) -> None:
        """Where the bars are full; corrected once the directory was read."""
        self._sessions = sessions
        self._fill_at(agents)

    def api_call(self, call: ApiCall) -> None:
        """Not shown."""

    def outcome(self, outcome: Outcome) -> None:
        """Not shown."""

    def directory_read(self, roster: Roster | None, error: str) -> None:
        if roster is not None and len(roster.agents) != self._agents:
            self._agents = len(roster.agents)
            self._say(plural("directory: {count} agent", "directory: {count} agents", self._agents))
            self._fill_at(self._agents)
        if error and not self._agents:
            self.directory_error = error

    def status(self, status: Status) -> None:
        phases = [desktop.phase for desktop in status.desktops.values()]
        booted = (Phase.STARTING, Phase.READY)
        counts = {
            "cloned": sum(phase in (Phase.CLONED, Phase.STOPPED, *booted) for phase in phases),
            "started": sum(phase in booted for phase in phases),
            "ready": sum(phase is Phase.READY for phase in phases),
            "sessions": sum(len(desktop.sessions or ()) for desktop in status.desktops.values()),
        }
        for name, count in counts.items():
            self.bars.update(self._tasks[name], completed=count)

    def notice(self, subject: str, text: str) -> None:
        self._say(_("{subject}: {text}", subject=subject, text=text))

    def _fill_at(self, agents: int) -> None:
        for name, task in self._tasks.items():
            self.bars.update(task, total=min(self._sessions, agents) if name == "sessions" else agents)

    def _say(self, text: str) -> None:
        self.bars.console.print(words(text))
