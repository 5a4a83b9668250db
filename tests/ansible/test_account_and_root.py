"""N7, N2: what root does where the daemon's account may write, does not make that account root."""

import pytest
import yaml

from tests.builders.ansible import ANSIBLE

ROLE = ANSIBLE / "roles/bascule"


def tasks(found=None):
    """All of the role, those in blocks as well."""
    files = sorted((ROLE / "tasks").glob("*.yml"))
    for task in [task for file in files for task in yaml.safe_load(file.read_text())] if found is None else found:
        yield task
        for name in ("block", "rescue", "always"):
            yield from tasks(task.get(name, []))


def of(name):
    return next(task for task in tasks() if task["name"] == name)


@pytest.mark.parametrize("task", [task for task in tasks() if "ansible.builtin.file" in task], ids=lambda task: task["name"])
def test_what_the_account_is_given_is_no_link_of_its_own(task):
    """N7: it gave itself /etc, by a link in place of the folder for a store that has failed: `file` follows them."""
    given = task["ansible.builtin.file"]

    assert given.get("owner") != "bascule" or given.get("follow") is False


def test_the_store_that_a_release_has_left_is_moved_by_its_owner():
    """N2: root moved what the account's process named, to where its links led."""
    argv = of("Keep there what the release has left")["ansible.builtin.command"]["argv"]

    assert argv.startswith("{{ bascule_as_account + ")
