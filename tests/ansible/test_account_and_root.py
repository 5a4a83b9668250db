"""N7, N2: what root does where the daemon's account may write, does not make that account root."""

import sys

import pytest
import yaml

from tests.builders.ansible import ANSIBLE, Operator, short_folder

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


@pytest.mark.real
def test_with_check_nothing_need_be_there_yet(tmp_path):
    """N8: `--check`, as the page has it before the first run, ended at the first group that was not there."""
    play = {"hosts": "all", "gather_facts": False, "vars_files": [str(ROLE / "vars/main.yml")]}
    play["tasks"] = [{"ansible.builtin.import_tasks": str(ROLE / "tasks/account.yml")}]
    play["handlers"] = [{"name": "Restart Bascule", "ansible.builtin.debug": {}}]
    (tmp_path / "play.yml").write_text(yaml.safe_dump([play]))
    group = f"of-a-test-{tmp_path.name}"[:32]
    given = {"bascule_document": {"api": {"group": group}, "receiver": {"group": f"{group}-2"}}}
    given |= {"bascule_operators": ["nobody"], "bascule_operators_group": f"{group}-3", "bascule_receiver": {"key": "x"}}
    local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}

    with short_folder() as temp:
        operator = Operator(tmp_path, group="all", machine=local, temp=temp)
        played = operator.plays(str(tmp_path / "play.yml"), given, "--check").well()

    assert played.changed >= 3, played.text
