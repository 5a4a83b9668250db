"""Files read through the guest agent. By the schema of pve-manager 9.2.11; a whole file as recorded."""

import pytest

from tests.builders.twin import NODE, Lab

FILE_READ = f"/nodes/{NODE}/qemu/101/agent/file-read"
ONE = {"file": "/run/bascule/status.json"}


def a_guest_with(text: str) -> Lab:
    lab = Lab().cloned(101)
    lab.start(101)
    lab.twin.cluster.guests[101].status_file = text
    return lab.wait(60)


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        pytest.param({}, {"content": "hello", "bytes-read": 5}, id="all of it"),
        pytest.param({"count": 6}, {"content": "hello", "bytes-read": 5}, id="more than there is"),
        pytest.param({"count": 4}, {"content": "hell", "bytes-read": 4, "truncated": 1}, id="less: it says so"),
        pytest.param({"count": 2, "offset": 1}, {"content": "el", "bytes-read": 2, "truncated": 1}, id="from its middle"),
        pytest.param({"offset": 3}, {"content": "lo", "bytes-read": 2}, id="the rest"),
    ],
)
def test_as_much_is_read_as_was_asked_for(asked: dict[str, int], answer: dict[str, object]) -> None:
    assert a_guest_with("hello").get(FILE_READ, **ONE, **asked) == answer


def test_more_than_16_mib_is_never_read_at_once() -> None:
    answer = a_guest_with("x" * (2**24 + 1)).get(FILE_READ, **ONE)

    assert (answer["bytes-read"], answer["truncated"]) == (2**24, 1)
