"""`bascule guest`: what a golden image needs of Bascule."""

from pathlib import Path
from typing import Annotated

import typer

from provisioner.errors import ExpositionError
from provisioner.files import Folder, said_of
from provisioner.reasons.commands import FOLDER_UNWRITABLE
from provisioner.settings.shipped import shipped

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
    """Lay out `bascule-guest` and its unit below a folder, as they are to be in a golden image. No link in it is followed.

    With --config, also /etc/bascule/guest.conf and the authority of the site's receiver: desktops report by themselves then. A
    guest.conf that is there stays as it is.
    """
    from provisioner.cli.desktop.guest_receiver import lay, lay_out, of_receiver  # only here: its libraries take long to load

    of_site = [] if config is None else of_receiver(config)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with Folder(folder) as image:
            for place, source, mode in _windows_files() if windows else _files():
                lay(image, place, source.read_bytes(), mode)
            lay_out(image, of_site)
    except OSError as error:
        raise ExpositionError(FOLDER_UNWRITABLE(path=str(error.filename), said=said_of(error))) from error


def _files() -> list[tuple[str, Path, int]]:
    """Places below the folder, sources and modes."""
    guest_files = shipped() / "guest"
    single = [(f"{place}/{name}", guest_files / name, mode) for name, (place, mode) in _PLACES.items()]
    modules = sorted((guest_files / "bascule_guest").glob("*.py"))
    library = [(f"usr/local/lib/bascule_guest/{module.name}", module, 0o644) for module in modules]
    return [*single, *library, ("etc/bascule/guest.conf.example", guest_files / "guest.conf", 0o644)]


def _windows_files() -> list[tuple[str, Path, int]]:
    return [(source.name, source, 0o644) for source in sorted((shipped() / "guest" / "windows").iterdir())]
