"""The contract of the ports Hypervisor and GuestProbe, on every cluster available without a data centre.

The virtual twin, the adapter over the twin's HTTPS face, and the adapter over an independent fake. Where the fake is not like
a real Proxmox VE, `DEVIATIONS` says how; a deviation that has gone makes its test fail.
"""

from collections.abc import Iterator

import pytest

from tests.contract.backends import BACKENDS, Backend

DEVIATIONS = {
    ("fakepve", "test_a_clone_under_way_has_a_lock_and_no_name"): "its clones end before they are answered",
    ("fakepve", "test_only_tasks_started_since_are_listed"): "its task list takes no notice of `since`",
    ("fakepve", "test_a_node_that_cannot_be_asked_is_left_out"): "a node that is not there has an empty task list",
    ("fakepve", "test_a_node_in_maintenance_mode_is_seen_as_such"): "it has no HA manager, and so no such mode",
    ("fakepve", "test_the_end_of_a_failed_tasks_log_says_why"): "it refuses to start what is not there, without a task",
}


@pytest.fixture(scope="module", params=[pytest.param(name, marks=marks) for name, (_, marks) in BACKENDS.items()])
def backend(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    start, _ = BACKENDS[request.param]
    with start(tmp_path_factory.mktemp(request.param)) as backend:
        yield backend


@pytest.fixture(autouse=True)
def deviation(request: pytest.FixtureRequest) -> None:
    reason = DEVIATIONS.get((request.node.callspec.params["backend"], request.node.originalname))
    if reason is not None:
        request.node.add_marker(pytest.mark.xfail(strict=True, reason=reason))


@pytest.fixture
def vmid(request: pytest.FixtureRequest) -> int:
    """A VMID of the test's own, with room for more above it; below 9000, where the templates are."""
    of_this_suite = [item for item in request.session.items if item.path.parent == request.node.path.parent]
    return 5000 + 10 * of_this_suite.index(request.node)
