"""The golden image as a folder that containers boot: of the role's own list without what a container has not."""

from pathlib import Path

from tests.image.build import CHECKOUT, kept, run_build

HOME = CHECKOUT / "build" / "desktop"


def desktop_root() -> Path:
    """The folder: 95 s of a processor and Debian's mirror with an empty cache; then it is there until the list changes."""
    return kept(HOME, _build, "desktop") / "root"


def _build(folder: Path) -> None:
    run_build(folder, ["root", "root"], CONTAINER="yes")
