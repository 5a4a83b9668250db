"""The role `postgresql`: what it refuses, and its unit's walls; the whole role on a guest: operated/test_postgresql.py."""

from pathlib import Path
from typing import Any

import jinja2
import pytest

from tests.ansible.test_unit import EXPOSURE, directives, judged
from tests.builders.ansible import ANSIBLE, played_here

ROLE = ANSIBLE / "roles" / "postgresql"
GIVEN = {"postgresql_password": "correct-horse-battery"}


@pytest.mark.real
def test_the_dump_writes_its_folder_alone_and_leaves_the_servers_memory(tmp_path: Path) -> None:
    template = (ROLE / "templates" / "bascule-postgresql-dump.service.j2").read_text()
    names = {"ansible_managed": "x", "postgresql_unit": "p.service", "postgresql_dump_folder": "/var/backups/p"}
    unit = jinja2.Template(template, undefined=jinja2.StrictUndefined).render(**names)
    judgement = judged(unit, tmp_path, EXPOSURE + 8)

    assert directives(unit)["ReadWritePaths"] == ["/var/backups/p"]
    assert "RemoveIPC" not in directives(unit), "it takes the running server's shared memory: the same account"
    assert judgement.returncode == 0, judgement.stdout


@pytest.mark.real
@pytest.mark.parametrize(
    ("variables", "said"),
    [
        pytest.param({"postgresql_password": ""}, "postgresql_password must be there", id="no password"),
        pytest.param({"postgresql_password": "short"}, "12 characters or more", id="a short one"),
        pytest.param({"postgresql_database": 'x"; DROP'}, "lower-case letters", id="a statement"),
        pytest.param({"postgresql_owner": "postgres"}, "the owner not postgres", id="the administrator"),
        pytest.param({"postgresql_clients": ["switch.example.org"]}, "and no names", id="a name"),
        pytest.param({"postgresql_dumps_kept": 0}, "must be one or more", id="no dumps"),
        pytest.param({"postgresql_key": "/nowhere.key"}, "Play certificates.yml first", id="no key"),
    ],
)
def test_a_wrong_input_is_said_and_changes_nothing(tmp_path: Path, variables: dict[str, Any], said: str) -> None:
    played = played_here(tmp_path, "postgresql.yml", "postgresql", GIVEN | variables)

    assert played.exit_code != 0
    assert said in " ".join(played.text.split()), played.text
    assert played.changed == 0
    assert "correct-horse" not in played.text
