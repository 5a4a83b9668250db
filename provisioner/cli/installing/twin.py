"""`bascule twin serve`: a simulated cluster to try Bascule on, as if it were a real one. What is played on it: `twin_play`."""

import asyncio
import shlex
from pathlib import Path
from re import fullmatch
from typing import Annotated

import typer

from provisioner.cli.clocks import TWIN_STATE
from provisioner.cli.output import say
from provisioner.daemon.system_clock import SystemClock
from provisioner.demo.people import AGENTS, write_demo_directory
from provisioner.errors import SettingsError
from provisioner.files import Folder
from provisioner.model.machines.twin_spec import TwinSpec
from provisioner.reasons.commands import NO_SUCH_TWIN, TWIN_FOLDER, TWIN_PORT, TWIN_WITHOUT_TOKEN
from provisioner.reasons.reason import ALSO, join_reasons
from provisioner.settings.shipped import shipped
from provisioner.settings.twins import load_twin
from provisioner.texts.translate import _, plural
from provisioner.twin.server.keeping import GUESTS_FILE, STATE_FILE, Kept, kept_in
from provisioner.twin.server.process import require_extra
from provisioner.twin.server.serve import Serving, serve
from provisioner.twin.server.state import TwinState

PORT = 8006
"""Proxmox VE's own."""
_PEOPLE = 200
"""Enough for several waves, and ready within a minute even on a small machine."""


def serve_twin(
    which: Annotated[
        str, typer.Argument(metavar="TWIN", help="A YAML file, or the name of a twin that comes with Bascule.")
    ] = "local-16",
    scale: Annotated[float, typer.Option("--scale", min=0.1, help="Virtual seconds per real second.")] = 10.0,
    port: Annotated[
        int | None,
        typer.Option("--port", min=0, max=65535, help="On 127.0.0.1; 0: any free port. By default the last one, or 8006."),
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--folder", help="For its certificates and secrets; by default twin/, or beside your YAML file and named like it."
        ),
    ] = None,
    people: Annotated[
        int, typer.Option("--people", min=1, max=AGENTS, help="How many invented people its people.ldif lists.")
    ] = _PEOPLE,
) -> None:
    """Serve a simulated cluster over HTTPS on this machine until Ctrl-C.

    Started again, it has the same address, token and virtual machines; these are off, as after a power cut.
    """
    require_extra()
    file = _file_of(which)
    spec = load_twin(file)
    if not spec.tokens:
        raise SettingsError(TWIN_WITHOUT_TOKEN(path=str(file)))
    own = file.parent != _shipped_twins()
    place = (folder or (file.with_suffix("") if own else Path("twin"))).absolute()
    kept = _prepare(place)
    write_demo_directory(place / "people.ldif", people)
    serving = Serving(
        state_file=place / STATE_FILE,
        scale=scale,
        port=port if port is not None else kept.port or PORT,
        certificates=kept.certificates,
        guests_file=place / GUESTS_FILE,
    )
    spec = kept.give_secrets(spec)
    try:
        asyncio.run(serve(spec, serving, answers=lambda state: _answers(state, spec, place, site=_site_of(file))))
    except OSError as error:
        raise SettingsError(TWIN_PORT(port=serving.port, said=error.strerror or str(error))) from error
    except ValueError as error:
        raise SettingsError(TWIN_FOLDER(path=str(place), said=str(error))) from error
    say(_("the twin has ended; its virtual machines are kept in {file}", file=str(place / GUESTS_FILE)))


def _shipped_twins() -> Path:
    return shipped() / "twins"


def _file_of(which: str) -> Path:
    """Raises SettingsError that lists the names: a name is short, and easily mistyped."""
    if Path(which).is_file() or not fullmatch(r"[\w-]+", which):
        return Path(which)
    names = sorted(file.stem for file in _shipped_twins().glob("*.yaml"))
    if which not in names:
        raise SettingsError(NO_SUCH_TWIN(name=which, names=join_reasons(names, ALSO)))
    return _shipped_twins() / f"{which}.yaml"


def _prepare(place: Path) -> Kept:
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        return kept_in(place, now=SystemClock().now())
    except OSError as error:
        raise SettingsError(TWIN_FOLDER(path=str(place), said=error.strerror or "")) from error


def _site_of(file: Path) -> Path | None:
    """A configuration beside the twin's file, as `bascule demo --keep` leaves it."""
    config = file.absolute().with_name("bascule.yaml")
    return config if config.is_file() else None


def _answers(state: TwinState, spec: TwinSpec, place: Path, *, site: Path | None) -> None:
    token, secret = next(iter(state.tokens.items()))
    secret_file = _write_secret(place / "token", secret)
    nodes = plural("{count} node", "{count} nodes", len(spec.nodes))
    what = _(
        "twin {name}: {nodes}, {scale:g} times as fast as real time, until Ctrl-C",
        name=spec.name,
        nodes=nodes,
        scale=state.scale,
    )
    say(what)
    rows = [
        (_("endpoint"), state.url),
        (_("CA file"), state.ca_file),
        (_("token id"), token),
        (_("file with the token's secret"), str(secret_file)),
        (_("invented people, for a directory"), str(place / "people.ldif")),
    ]
    width = max(len(name) for name, value in rows)
    for name, value in rows:
        say(f"  {name:<{width}}  {value}")
    say(_("next, in another terminal:"))
    for line in _next(state, token, secret_file, place, site):
        say(f"  {line}")


def _next(state: TwinState, token: str, secret_file: Path, place: Path, site: Path | None) -> list[str]:
    """In a shell's words. Every command must live in the twin's time."""
    time = shlex.join(["export", f"{TWIN_STATE}={place / STATE_FILE}"])
    if site is not None:
        return [time, shlex.join(["bascule", "run", "--config", str(site)])]
    options = [
        ("--endpoint", state.url),
        ("--token-id", token),
        ("--token-secret-file", str(secret_file)),
        ("--ca-file", state.ca_file),
    ]
    lines = ["bascule init site", *(f"  {shlex.join(option)}" for option in options)]
    return [time, *(f"{line} \\" for line in lines[:-1]), lines[-1]]


def _write_secret(path: Path, secret: str) -> Path:
    with Folder(path.absolute().parent) as folder:
        folder.write(path.name, f"{secret}\n".encode(), mode=0o600)
    return path
