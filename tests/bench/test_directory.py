"""The directory's sub-benchmark on a few people has the keys that the page needs. No time is judged."""

import pytest

from tests.bench import directory

pytestmark = pytest.mark.real


def test_a_real_server_is_read_to_its_end():
    found = directory.run(sizes=(250,))

    (row,) = found["sizes"]
    assert (row["wanted"], row["people"]) == (250, 250)
    assert row.keys() == {"wanted", "people", "seconds", "cpu_s", "more_mib"}
    assert row["seconds"] > 0
    assert found["fuzz"]["entries"] == directory.RANDOM_ENTRIES
