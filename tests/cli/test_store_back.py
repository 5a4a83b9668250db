"""N2: a release has upgraded a store in PostgreSQL and does not work: the page says what puts it back, and so does the role."""

import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import yaml

from provisioner.adapters.sql.store import SqlStore
from tests.ansible.operated.pages import filled_in, pasted
from tests.ansible.test_interrupted import role_tasks
from tests.builders.ansible import Operator, short_folder
from tests.builders.cli import a_lonely_site, bascule
from tests.builders.directory import FixedClock
from tests.builders.private import a_secret_file
from tests.servers.postgres import PASSWORD, postgres

pytestmark = pytest.mark.real

EMPTY_DATABASE, STORE_BACK = (
    next(block for block in pasted("docs/en/recovery.md") if word in block)
    for word in ("RENAME TO", "systemctl start bascule\n")
)
COPY = "/var/backups/bascule-before-RELEASE-TIME.backup"
SAID = role_tasks("return_store.yml")["It is a file"]


def typed(block: str, main: Path, **environment: str) -> None:
    """In a shell, on a machine without systemd, whose configuration is elsewhere."""
    program = Path(sys.executable).with_name("bascule")
    known = f'bascule() {{ {program} "$@" --config {main} --yes; }}; systemctl() {{ :; }}\n'
    path = {"PATH": f"/usr/lib/postgresql/17/bin:{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-ec", known + block],
        env=os.environ | path | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_store_in_postgresql_is_put_back_by_the_pages_commands(tmp_path):
    with postgres() as server:
        url = f"postgresql+psycopg://bascule@127.0.0.1:{server.port}/bascule"
        site = a_lonely_site(tmp_path)
        a_secret_file(tmp_path / "store-password", PASSWORD)
        site.change("store: {url: sqlite:///bascule.db}", f"store: {{url: '{url}', password: {{file: store-password}}}}")
        with closing(SqlStore(url.replace("bascule@", f"bascule:{PASSWORD}@"), clock=FixedClock())) as store:
            store.claim()
        copy = tmp_path / "before.backup"
        assert bascule("store", "backup", str(copy), "--config", str(site.main)).code == 0
        server.run("UPDATE bascule_version SET version_num = '9998'")
        checked = ("store", "check", "--config", str(site.main))
        assert bascule(*checked).code == 1

        as_admin = {"PGHOST": "127.0.0.1", "PGPORT": str(server.port), "PGUSER": "admin", "PGPASSWORD": PASSWORD}
        typed(EMPTY_DATABASE, site.main, **as_admin, PGDATABASE="postgres")
        typed(filled_in(STORE_BACK, **{COPY: str(copy)}), site.main)

        assert bascule(*checked).code == 0
        with closing(SqlStore(url.replace("bascule@", f"bascule:{PASSWORD}@"), clock=FixedClock())) as store:
            assert store.journal(limit=1)


@pytest.mark.parametrize(
    ("url", "owner"),
    [
        ("postgresql+psycopg://bascule@db.example.org/desktops-2", "bascule"),
        ("postgresql://ada:word@db.example.org:5432/desktops-2", "ada"),
        ("postgresql://db.example.org:5432/desktops-2", "desktops-2"),
    ],
)
def test_the_role_says_these_commands(tmp_path, url, owner):
    """N2: it named a database that was to be made, and not how. Then a dash was not a SQL, and the host the owner."""
    given = {
        "bascule_release": "new", "bascule_was": "old", "bascule_copy": "/var/backups/c.backup",
        "bascule_said": {"stdout": "x"},
        "bascule_fit": {"stdout": json.dumps({"store": "postgresql db.example.org/desktops-2"})},
        "bascule_document": {"store": {"url": url}},
    }  # fmt: skip
    write = {"ansible.builtin.copy": {"content": SAID["ansible.builtin.assert"]["fail_msg"], "dest": str(tmp_path / "said")}}
    play = {"hosts": "all", "gather_facts": False, "vars": given | SAID["vars"], "tasks": [write]}
    (tmp_path / "play.yml").write_text(yaml.safe_dump([play], sort_keys=False))
    local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    with short_folder() as temp:
        Operator(tmp_path, group="all", machine=local, temp=temp).plays(str(tmp_path / "play.yml"), {}).well()

    said = (tmp_path / "said").read_text()
    named = EMPTY_DATABASE.replace('OWNER "bascule"', f'OWNER "{owner}"').replace('DATABASE "bascule"', 'DATABASE "desktops-2"')
    named = named.replace("bascule_failed", "desktops-2_failed")
    for command in (named, *STORE_BACK.replace(COPY, "/var/backups/c.backup").splitlines()):
        assert command.strip() in said
