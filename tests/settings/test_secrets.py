"""Secrets come from files and the environment, and never come out in a text."""

import pickle
import re
from pathlib import Path

import pytest

from provisioner.settings.secret import MAX_BYTES, Secret, SecretKeys, read_secret
from provisioner.settings.values import StoreSettings
from tests.builders.settings import SECRET, a_site


@pytest.mark.parametrize("spell", [str, repr, format, "{}".format, "{!r}".format, lambda secret: f"{secret:>40}"])
def test_a_secret_hides_in_every_text(spell):
    assert SECRET not in spell(Secret(SECRET))


def test_a_secret_is_shown_on_demand_alone():
    assert Secret(SECRET).reveal() == SECRET
    assert pickle.loads(pickle.dumps(Secret(SECRET))) == Secret(SECRET)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"", "the secret is empty", id="an empty file"),
        pytest.param(b" \n", "the secret is empty", id="nothing but blanks"),
        pytest.param(b"one\ntwo\n", "the secret must be one line of text", id="two lines"),
        pytest.param(b"a\0b", "the secret must be one line of text", id="a zero byte"),
        pytest.param(b"\xff\xfe", "{file} is not UTF-8 text", id="no text"),
        pytest.param(b"x" * (MAX_BYTES + 1), "{file} is too large for a secret", id="another file"),
    ],
)
def test_files_that_hold_no_secret(tmp_path, content, message):
    file = tmp_path / "secret"
    file.write_bytes(content)
    file.chmod(0o600)

    with pytest.raises(ValueError, match=f"^{re.escape(message.format(file=file))}$"):
        read_secret(SecretKeys(file="secret"), tmp_path, environment={})


def test_a_secret_that_everyone_may_read_is_none(tmp_path):
    site = a_site(tmp_path)
    (tmp_path / "note-key").chmod(0o644)

    assert site.problems() == ["bascule.yaml:2:1 note_key: everyone may read note-key: chmod o-rwx"]


def test_a_short_note_key_is_refused(tmp_path):
    assert a_site(tmp_path).write("note-key", "short\n").problems() == [
        "bascule.yaml:2:1 note_key: is too short: at least 16 random characters"
    ]


def test_a_folder_for_a_secret(tmp_path):
    assert a_site(tmp_path).change("{file: note-key}", "{file: .}").problems() == [
        f"bascule.yaml:2:1 note_key: cannot read {tmp_path}: Is a directory"
    ]


@pytest.mark.parametrize(
    "place",
    ["note_key: ", "  password: ", "    token_secret: ", "store: {password: ", "exposition: {user: ", "freeze_file: {a: "],
)
def test_a_secret_in_the_wrong_place_is_not_shown(tmp_path, place):
    site = a_site(tmp_path)
    bracket = "}" if "{" in place else ""
    before = site.main.read_text().replace("note_key: {file: note-key}\n", "")
    problems = site.write("bascule.yaml", before.replace("directory:\n", f"directory:\n  x: {SECRET}\n")).problems()
    problems += site.append(f"{place}{SECRET}{bracket}\n").problems()

    assert problems
    assert SECRET not in "\n".join(problems)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param(
            "postgresql+psycopg://bascule@db/bascule", "postgresql+psycopg://bascule:p%40ss%2F@db/bascule", id="a server"
        ),
        pytest.param("sqlite:////a.db", "sqlite:////a.db", id="a file has no password"),
    ],
)
def test_the_stores_password_joins_the_url_only_for_the_driver(url, expected):
    store = StoreSettings(url=url, password=Secret("p@ss/"))

    assert store.connection_url().reveal() == expected
    assert "p@ss" not in repr(store)
    assert "p%40ss" not in repr(store.connection_url())


def test_a_relative_store_lies_beside_the_file(tmp_path: Path):
    settings = a_site(tmp_path).append("store: {url: 'sqlite:///data/b.db'}\nfreeze_file: freeze\n").load()

    assert settings.store.url == f"sqlite:///{tmp_path}/data/b.db"
    assert settings.freeze_file == tmp_path / "freeze"
