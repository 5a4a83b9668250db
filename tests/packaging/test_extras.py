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
