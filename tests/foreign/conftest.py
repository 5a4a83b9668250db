"""One served twin for each file of tests."""

import pytest

from tests.builders.twin_http import a_twin_spec, serve


@pytest.fixture(scope="module")
def twin(tmp_path_factory):
    """A small cluster, twenty times as fast as real time."""
    with serve(a_twin_spec(), tmp_path_factory.mktemp("twin"), scale=20.0) as served:
        yield served
