"""N2: a change of the release that was interrupted is finished by the next run, judged like any other, with a way back."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.builders.ansible import ANSIBLE, Operator, short_folder

pytestmark = pytest.mark.real

ROLE = ANSIBLE / "roles/bascule"
OLD, NEW, OLDEST = (f"/opt/bascule/releases/0.1.0-{name}" for name in ("old", "new", "oldest"))
FACTS = ("bascule_release", "bascule_was", "bascule_changes", "bascule_wrong_before", "bascule_copy", "bascule_upgrades_store")
COPY = "/var/backups/bascule-before-0.1.0-new-"
NOTES = "Note it, and what else the return needs to know"


def role_tasks(file):
    return {task["name"]: task for task in yaml.safe_load((ROLE / "tasks" / file).read_text())}


KEPT = {"/run/bascule-before/was": OLD, "/run/bascule-before/copy": "/var/backups/c", "/run/bascule-before/wrong": '["then"]'}
CASES = {
    "another": {"current": OLD, "fit": "upgraded_at_start"},
    "again": {"current": NEW},
    "finished": {"current": NEW, "kept": KEPT},
    "not yet": {"current": OLD, "kept": KEPT, "fit": "upgraded_at_start"},
    "back": {"current": NEW, "kept": KEPT, "roll_back": True},
    "back, not yet": {"current": OLD, "kept": KEPT, "roll_back": True},
}
"""Of a machine where NEW is to be installed, and OLDEST was before OLD."""


def given(current, kept=None, roll_back=False, fit="as_it_is"):
    """What the role has found."""
    links = {"/opt/bascule/current": current, "/opt/bascule/previous": OLDEST, f"{NEW}/lib64": "lib", **(kept or {})}
    found = [f"{release}/complete -> " for release in (OLDEST, OLD, NEW)] + [f"{at} -> {to}" for at, to in links.items()]
    return {
        "bascule_releases": {"stdout_lines": found},
        "bascule_release": NEW,
        "bascule_roll_back": roll_back,
        "bascule_fit": {"stdout": json.dumps({"fit": fit, "store": "/var/lib/bascule/bascule.db"})},
        "bascule_findings": {"status": 200, "json": {"wrong": [{"severity": "critical", "code": "now"}]}},
    }


@pytest.fixture(scope="module")
def noted(tmp_path_factory):
    """What the role works out in each case: facts last, so each has a host of its own."""
    home = tmp_path_factory.mktemp("noted")
    shown = {name: f"{{{{ {name} }}}}" for name in FACTS}
    steps = [role_tasks("named.yml")["Name the release before"], role_tasks("before.yml")[NOTES]]
    steps.append(
        {
            "ansible.builtin.copy": {"content": "{{ shown | to_json }}", "dest": str(home / "{{ case }}")},
            "vars": {"shown": shown},
        }
    )
    play = {"hosts": "all", "gather_facts": False, "vars_files": [str(ROLE / "vars/main.yml")], "tasks": steps}
    hosts = {f"host{number}": given(**case) | {"case": name} for number, (name, case) in enumerate(CASES.items())}
    local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    (home / "play.yml").write_text(yaml.safe_dump([play], sort_keys=False))
    (home / "hosts.json").write_text(json.dumps({"all": {"hosts": hosts, "vars": local}}))
    command = [
        str(Path(sys.executable).with_name("ansible-playbook")),
        "--inventory",
        str(home / "hosts.json"),
        str(home / "play.yml"),
    ]
    with short_folder() as temp:
        done = subprocess.run(
            command, env=os.environ | {"ANSIBLE_HOME": str(temp)}, capture_output=True, text=True, timeout=120, check=False
        )
    assert done.returncode == 0, done.stdout + done.stderr
    return {name: json.loads((home / name).read_text()) for name in CASES}


def test_another_release_takes_the_place_of_the_one_in_force(noted):
    said = noted["another"]

    assert (said["bascule_was"], said["bascule_changes"], said["bascule_wrong_before"]) == (OLD, True, ["now"])
    assert said["bascule_copy"].startswith(COPY)
    assert said["bascule_upgrades_store"] is True


def test_the_same_again_is_no_change(noted):
    assert (noted["again"]["bascule_was"], noted["again"]["bascule_changes"]) == (NEW, False)


def test_what_was_interrupted_is_finished_with_what_was_kept(noted):
    """N2: it was taken for done: nobody asked whether it works, and the one to go back to was an older."""
    said = noted["finished"]

    assert (said["bascule_was"], said["bascule_changes"], said["bascule_wrong_before"]) == (OLD, True, ["then"])
    assert (said["bascule_copy"], said["bascule_upgrades_store"]) == ("/var/backups/c", True)


def test_a_store_that_was_not_upgraded_yet_is_copied_anew(noted):
    """The daemon has gone on since."""
    assert noted["not yet"]["bascule_copy"].startswith(COPY)


@pytest.mark.parametrize(("case", "was", "changes"), [("back", NEW, True), ("back, not yet", OLD, False)])
def test_from_an_interrupted_change_the_way_back_is_to_what_worked(noted, case, was, changes):
    """N2: it led to the release before that."""
    said = noted[case]

    assert (said["bascule_release"], said["bascule_was"], said["bascule_changes"]) == (OLD, was, changes)


def test_a_file_of_the_configuration_is_replaced_as_a_whole(tmp_path):
    """N8: it was written over in place: a disk that had become full left the half of it to the next start."""
    (block,) = (task["block"] for task in yaml.safe_load((ROLE / "tasks/check.yml").read_text()))
    (words,) = (task["ansible.builtin.command"]["argv"][:3] for task in block if task["name"] == "Bring it")
    trial, there = tmp_path / "trial", tmp_path / "there"
    for folder, text in ((trial, "new"), (there, "old")):
        (folder / "profiles").mkdir(parents=True)
        (folder / "bascule.yaml").write_text(text)
    (trial / "profiles/a.yaml").touch(mode=0o640)
    (there / "api-tokens").touch()

    with (there / "bascule.yaml").open() as read_meanwhile:
        subprocess.run([*words, str(trial), str(there), str(tmp_path / "unfinished")], check=True, timeout=20)
        assert read_meanwhile.read() == "old"

    assert (there / "bascule.yaml").read_text() == "new"
    assert sorted(path.name for path in there.iterdir()) == ["api-tokens", "bascule.yaml", "profiles"]
    assert (there / "profiles/a.yaml").stat().st_nlink == 1


def flat(tasks):
    """Each task in its order, with those that are in blocks, and in the files of the role that are imported or included."""
    for task in tasks:
        named = next((task[key] for key in task if key.endswith((".import_tasks", ".include_tasks"))), None)
        parts = [part for key in ("block", "rescue", "always") for part in task.get(key, ())]
        if named is not None and "{" not in str(named):
            parts = yaml.safe_load((ROLE / "tasks" / str(named)).read_text())
        elif named is not None:
            parts = yaml.safe_load((ROLE / "tasks/receiver.yml").read_text())
        yield task
        yield from flat(parts)


def unfinished_from(tmp_path, *, there):
    """Which handlers a run notifies where an earlier one has left the mark, or has not."""
    mark, said = tmp_path / "unfinished", tmp_path / "restarted"
    if there:
        mark.touch()
    tasks = role_tasks("configuration.yml")
    names = ("See whether a run has changed files and was interrupted before it ended",
             "What runs may be older than the files that are in force")  # fmt: skip
    last = [role_tasks("service.yml")["From here on something is unfinished"], {"ansible.builtin.meta": "flush_handlers"}]
    last.append(role_tasks("main.yml")["Nothing is unfinished any more"])
    play = {"hosts": "all", "gather_facts": False, "vars": {"bascule_unfinished": str(mark)}}
    play |= {"tasks": [tasks[name] for name in names] + last}
    play["handlers"] = [{"name": "Restart Bascule", "ansible.builtin.file": {"path": str(said), "state": "touch"}}]
    local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    (tmp_path / "play.yml").write_text(yaml.safe_dump([play], sort_keys=False))
    with short_folder() as temp:
        Operator(tmp_path, group="all", machine=local, temp=temp).plays(str(tmp_path / "play.yml"), {}).well()
    return said.exists(), mark.exists()


@pytest.mark.parametrize("there", [True, False])
def test_what_an_interrupted_run_has_changed_is_taken_up_by_a_restart(tmp_path, there):
    """N2: the next run found the files as they should be, and restarted nothing."""
    assert unfinished_from(tmp_path, there=there) == (there, False)


def test_the_mark_is_made_before_anything_that_a_restart_takes_up_and_goes_after_the_last():
    tasks = list(flat(yaml.safe_load((ROLE / "tasks/main.yml").read_text())))
    names = [task.get("name") for task in tasks]
    brought = next(task for task in tasks if task.get("name") == "Bring it")["ansible.builtin.command"]["argv"]
    script = brought[2]

    assert (brought[-1], script.index('"$2"') < script.index("cp ")) == ("{{ bascule_unfinished }}", True)
    made, gone = names.index("From here on something is unfinished"), names.index("Nothing is unfinished any more")
    written = [(number, task["ansible.builtin.template"]["dest"]) for number, task in enumerate(tasks)
               if "ansible.builtin.template" in task]  # fmt: skip
    files = [number for number, at in written if at.startswith(("/etc/systemd/", "/usr/local/"))]
    assert made < min(files) < max(files) < gone
    absent = [task["name"] for task in tasks if task.get("ansible.builtin.file", {}).get("state") == "absent"
              and "bascule_unfinished" in str(task)]  # fmt: skip
    assert absent == ["All that runs was started since", "Nothing is unfinished any more"], "the first where all came back"
    flushes = [number for number, task in enumerate(tasks) if task.get("ansible.builtin.meta") == "flush_handlers"]
    assert max(files) < max(flushes) < gone
