"""The role `observability`: what it refuses, and its hash; all of it on a guest: operated/test_observability.py."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import bcrypt
import pytest
import yaml

from tests.builders.ansible import ANSIBLE, played_here

ROLE = ANSIBLE / "roles" / "observability"
WEB = ROLE / "files" / "web_config.py"
MARK = "# Written by the role\n"


def web_config(file: Path, password: str) -> str:
    asked = {"mark": MARK, "certificate": "/c.pem", "key": "/c.key", "user": "bascule", "password": password}
    done = subprocess.run(
        [sys.executable, WEB, file], input=json.dumps(asked), capture_output=True, text=True, timeout=60, check=True
    )
    file.write_text(done.stdout)
    return done.stdout


def test_the_hash_is_that_of_the_password_and_stays_while_it_fits(tmp_path: Path) -> None:
    file = tmp_path / "web.yml"
    first = web_config(file, "correct-horse")

    assert first.startswith(MARK)
    document = yaml.safe_load(first)
    assert document["tls_server_config"] == {"cert_file": "/c.pem", "key_file": "/c.key"}
    assert bcrypt.checkpw(b"correct-horse", document["basic_auth_users"]["bascule"].encode())
    assert web_config(file, "correct-horse") == first
    assert web_config(file, "another") != first
    assert not bcrypt.checkpw(b"correct-horse", yaml.safe_load(file.read_text())["basic_auth_users"]["bascule"].encode())


GIVEN = {
    "observability_mail_server": "mail.example.org:25",
    "observability_mail_from": "bascule@example.org",
    "observability_mail_on_call": "oncall@example.org",
    "observability_mail_by_day": "day@example.org",
    "observability_password": "correct-horse",
}


@pytest.mark.real
@pytest.mark.parametrize(
    ("variables", "said"),
    [
        pytest.param({"observability_mail_server": ""}, "by which alerts leave", id="no mail server"),
        pytest.param({"observability_mail_server": "mail.example.org"}, "must be HOST:PORT", id="no port"),
        pytest.param({"observability_mail_on_call": ""}, "must each be a mail address", id="nobody on call"),
        pytest.param({"observability_daemon": "http://switch:9817/"}, "must be HOST:PORT, of the section", id="a URL"),
        pytest.param({"observability_password": ""}, "observability_password must be there", id="no password"),
        pytest.param({"observability_password": "a\nb"}, "observability_password must be there", id="two lines"),
        pytest.param({"observability_mail_user": "x"}, "observability_mail_password must be there", id="a user without"),
        pytest.param({"observability_language": "de"}, "must be one of: en, fr", id="a third language"),
        pytest.param({"observability_certificate": "/nowhere.pem"}, "Play certificates.yml first", id="no certificate"),
    ],
)
def test_a_wrong_input_is_said_and_changes_nothing(tmp_path: Path, variables: dict[str, Any], said: str) -> None:
    played = played_here(tmp_path, "observability.yml", "observability", GIVEN | variables)

    assert played.exit_code != 0
    assert said in " ".join(played.text.split()), played.text
    assert played.changed == 0
    assert "correct-horse" not in played.text
