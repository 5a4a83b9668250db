"""What tests of texts share."""

from collections.abc import Iterator

import pytest

from tests.builders.pseudo import speaking_pseudo


@pytest.fixture
def catalogue() -> Iterator[None]:
    """The language that nobody speaks."""
    with speaking_pseudo():
        yield
