"""The subject of an action, and its word."""

import pytest

from tests.builders.actions import a_check, a_clone, a_configure, a_delete, a_release, a_start, a_stop, a_verify, an_assignment


@pytest.mark.parametrize(
    ("action", "name"),
    [
        pytest.param(a_clone(), "clone", id="clone"),
        pytest.param(a_configure(), "configure", id="configure"),
        pytest.param(a_start(), "start", id="start"),
        pytest.param(a_check(), "checkguest", id="check"),
        pytest.param(a_verify(), "verify", id="verify of a reserved VMID"),
        pytest.param(an_assignment(), "assign", id="assign"),
        pytest.param(a_release(), "release", id="release"),
        pytest.param(a_stop(), "stop", id="stop"),
        pytest.param(a_delete(), "delete", id="delete"),
    ],
)
def test_every_action_names_itself_its_desktop_and_its_vm(action, name):
    assert (action.word, action.desktop, str(action.key)) == (name, "vd-5001", "pve/5001")


def test_a_vm_that_the_store_does_not_know_is_called_by_its_vmid():
    assert a_verify(name=None).desktop == "vm-5001"
