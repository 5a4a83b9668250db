"""Fixtures of the tests of texts."""

from collections.abc import Iterator

import pytest

from tests.builders.pseudo import speaking_pseudo


@pytest.fixture
def catalogue() -> Iterator[None]:
    """The pseudo-language."""
    with speaking_pseudo():
        yield
