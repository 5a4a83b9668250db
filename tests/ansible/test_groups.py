"""A mistyped group is refused before anything is changed: an empty one was made, and nobody could use the socket."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.ansible.test_interrupted import ROLE, role_tasks
from tests.builders.ansible import short_folder

pytestmark = pytest.mark.real

NAMES = (
    "Look for the groups of the sockets that nobody joins here",
    "They are known on the machine",
    "The operators' group is one that bascule.yaml names",
)
UNKNOWN = "bascule-usres"
ROLES = {"group": UNKNOWN, "operator": ["bascule-operators"]}
OPERATORS = {"bascule_operators": ["ada"]}
CASES = {
    "known": ({"api": {"group": "daemon"}}, {}, ""),
    "mistyped": ({"api": {"group": UNKNOWN}}, {}, f"to the group '{UNKNOWN}'"),
    "mistyped for the receiver": ({"receiver": {"group": UNKNOWN}}, {}, f"to the group '{UNKNOWN}'"),
    "operators join it": ({"api": ROLES}, OPERATORS, ""),
    "the receiver joins it": ({"receiver": {"group": UNKNOWN}}, {"bascule_receiver": {"key": "x"}}, ""),
    "the role makes it": ({"receiver": {"group": "bascule-receiver"}}, {}, ""),
    "without a role": ({"api": {"group": "daemon"}}, {**OPERATORS, "bascule_operators_group": "ops"}, "join the group 'ops'"),
    "the default's": ({"api": {"group": "daemon"}}, OPERATORS, ""),
    "with a role": ({"api": {"group": "daemon", "operator": ["ops"]}}, {**OPERATORS, "bascule_operators_group": "ops"}, ""),
    "it has the socket": ({"api": {"group": "bascule-operators"}}, OPERATORS, ""),
    "cannot be read": (None, OPERATORS, ""),
    "is a list": ({"api": ["x"]}, {**OPERATORS, "bascule_operators_group": "ops"}, ""),
    "is all a list": (["x"], {**OPERATORS, "bascule_operators_group": "ops"}, ""),
}


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """What the role says of each case: all are hosts of one play."""
    home = tmp_path_factory.mktemp("groups")
    defaults = yaml.safe_load((ROLE / "defaults/main.yml").read_text())
    asked = role_tasks("asked.yml")
    write = {"ansible.builtin.copy": {"dest": f"{home}/{{{{ case }}}}", "content": "{{ ansible_failed_result | to_json }}"}}
    block = {"block": [asked[name] for name in NAMES], "rescue": [write]}
    play = {"hosts": "all", "gather_facts": False, "vars_files": [str(ROLE / "vars/main.yml")], "tasks": [block]}
    (home / "play.yml").write_text(yaml.safe_dump([play], sort_keys=False))
    hosts = {
        f"host{number}": {**defaults, "case": case, "bascule_document": CASES[case][0], **CASES[case][1]}
        for number, case in enumerate(CASES)
    }
    local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    (home / "hosts.json").write_text(json.dumps({"all": {"hosts": hosts, "vars": local}}))
    words = [str(Path(sys.executable).with_name("ansible-playbook")), "--inventory", str(home / "hosts.json")]
    with short_folder() as temp:
        environment = os.environ | {"ANSIBLE_HOME": str(temp)}
        done = subprocess.run(
            [*words, str(home / "play.yml")], env=environment, capture_output=True, text=True, timeout=120, check=False
        )
    assert done.returncode == 0, done.stdout + done.stderr
    return {case: (home / case).read_text() if (home / case).exists() else "" for case in CASES}


@pytest.mark.parametrize("case", CASES)
def test_a_group_is_known_or_gets_somebody(said, case):
    expected = CASES[case][2]

    assert (expected in said[case]) if expected else said[case] == ""
