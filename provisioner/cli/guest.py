"""`bascule guest`: what a golden image needs of Bascule."""

from pathlib import Path
from shutil import copyfile
from typing import Annotated

import typer

from provisioner.cli.output import say
from provisioner.errors import ExpositionError
from provisioner.reasons.setting_up import FOLDER_UNWRITABLE
from provisioner.settings.shipped import shipped

guest = typer.Typer(no_args_is_help=True, help="What a golden image needs of Bascule.")
FolderArgument = Annotated[Path, typer.Argument(metavar="DIR", help="The root of the image, or any other folder.")]
_PLACES = {
    "bascule-guest": ("usr/local/bin", 0o755),
    "bascule-hold": ("usr/local/bin", 0o755),
    "bascule-first-boot": ("usr/local/bin", 0o755),
    "bascule-guest.service": ("etc/systemd/system", 0o644),
    "bascule-first-boot.service": ("etc/systemd/system", 0o644),
    "bascule-first-boot.path": ("etc/systemd/system", 0o644),
    "bascule-session.service": ("etc/systemd/system", 0o644),
    "bascule-session.path": ("etc/systemd/system", 0o644),
}


@guest.callback()
def _guest() -> None:
    """A group, although it has one command."""


@guest.command()
def files(
    folder: FolderArgument,
    windows: Annotated[bool, typer.Option("--windows", help="The report for Windows, which was never run there.")] = False,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            "-c",
            metavar="FILE",
            help="The site's bascule.yaml: where its receiver is, and its authority, go along.",
        ),
    ] = None,
) -> None:
    """Lay out `bascule-guest` and its unit below a folder, as they are to be in a golden image.

    With --config, also /etc/bascule/guest.conf and the authority of the site's receiver: desktops report by themselves then. A
    guest.conf that is there stays as it is.
    """
    from provisioner.cli.guest_receiver import lay_out, of_receiver  # only here: its libraries take long to load

    of_site = [] if config is None else of_receiver(config, folder)
    try:
        for target, source, mode in _windows_files(folder) if windows else _files(folder):
            target.parent.mkdir(parents=True, exist_ok=True)
            copyfile(source, target)
            target.chmod(mode)
            say(str(target))
        lay_out(of_site)
    except OSError as error:
        raise ExpositionError(FOLDER_UNWRITABLE(path=str(error.filename), said=error.strerror or "")) from error


def _files(folder: Path) -> list[tuple[Path, Path, int]]:
    """Targets, sources and modes."""
    guest_files = shipped() / "guest"
    single = [(folder / place / name, guest_files / name, mode) for name, (place, mode) in _PLACES.items()]
    modules = sorted((guest_files / "bascule_guest").glob("*.py"))
    library = [(folder / "usr/local/lib/bascule_guest" / module.name, module, 0o644) for module in modules]
    return [*single, *library, (folder / "etc/bascule/guest.conf.example", guest_files / "guest.conf", 0o644)]


def _windows_files(folder: Path) -> list[tuple[Path, Path, int]]:
    return [(folder / source.name, source, 0o644) for source in sorted((shipped() / "guest" / "windows").iterdir())]
