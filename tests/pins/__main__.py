"""Writes the goldens anew: `make pins`. The diff is for the review."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.pins.loaded import loaded
from tests.pins.shown import GOLDEN, GOLDENS


def main() -> int:
    """Write each golden."""
    for name, made in GOLDEN.items():
        (GOLDENS / name).write_text(made(), encoding="utf-8")
    with TemporaryDirectory() as folder:
        (GOLDENS / "loaded.txt").write_text(loaded(Path(folder)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
