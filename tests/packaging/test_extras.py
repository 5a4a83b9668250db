"""B12: the locks with and without an extra agree on all other packages. The import contracts say who may import it."""

import re
from pathlib import Path

import pytest

from tests.packaging.wheels import CHECKOUT, LOCK


def locked(file: Path) -> dict[str, str]:
    """Version by package."""
    return dict(re.findall(r"(?m)^([a-z0-9-]+)==(\S+)", file.read_text(encoding="utf-8")))


@pytest.mark.parametrize("extra", ["requirements-twin.lock", "requirements-test.lock"])
def test_the_locks_agree(extra):
    daemon, more = locked(LOCK), locked(CHECKOUT / extra)

    assert "aiohttp" not in daemon
    assert "aiohttp" in more
    assert daemon.items() <= more.items()


def test_what_pictures_are_drawn_with_is_locked_as_the_tests_have_it():
    """F20: no lock but that of the tests had matplotlib."""
    pictures = locked(CHECKOUT / "requirements-picture.lock")

    assert {"matplotlib", "pillow", "numpy"} <= pictures.keys() - locked(LOCK).keys()
    assert locked(LOCK).items() <= pictures.items() <= locked(CHECKOUT / "requirements-test.lock").items()
