"""H10: files that hold secrets, or say who may do what, are believed only if nobody else could have written them."""

import os
import pwd
import re

import pytest

from provisioner.api.callers import Role
from provisioner.api.tokens import Tokens, make_token, why_none_counts
from provisioner.files import FileRefused
from provisioner.private_files import append_private, check_private
from provisioner.settings.secret import SecretKeys, read_secret
from tests.builders.cli import a_lonely_site, bascule
from tests.builders.settings import a_site
from tests.servers.accounts import given_to

OTHER = 65_534
"""The account `nobody`."""


def writable_by_all(file):
    file.chmod(0o602)


def writable_by_its_group(file):
    file.chmod(0o620)


def in_a_folder_of_its_group(file):
    file.parent.chmod(0o775)
    os.utime(file)  # it was written anew


def of_somebody_else(file):
    given_to(file, OTHER)


EXPOSED = pytest.mark.parametrize(
    ("expose", "said"),
    [
        pytest.param(writable_by_all, "others than its owner may write to {file}: chmod go-w", id="world-writable"),
        pytest.param(writable_by_its_group, "others than its owner may write to {file}: chmod go-w", id="group-writable"),
        pytest.param(
            of_somebody_else,
            "{file} belongs to nobody, neither to root nor to the account that reads it: chown root",
            id="of another account",
        ),
        pytest.param(
            in_a_folder_of_its_group,
            "others may replace {file}, for the mode of its folder is 0775: chmod go-w {folder}",
            id="in a folder that its group can write to",
        ),
    ],
)


def a_file(folder, text=""):
    file = folder / "private"
    file.write_text(text)
    file.chmod(0o600)
    return file


@EXPOSED
def test_a_secret_that_others_can_exchange_is_none(tmp_path, expose, said):
    """H10: only whether everyone may read it was asked."""
    expose(a_file(tmp_path, "geheim"))

    with pytest.raises(ValueError, match=f"^{re.escape(said.format(file=tmp_path / 'private', folder=tmp_path))}$"):
        read_secret(SecretKeys(file="private"), tmp_path, environment={})


@EXPOSED
def test_tokens_that_others_can_add_are_none(tmp_path, expose, said, caplog):
    """H10: a world-writable file of tokens was taken. Whoever could write to it gave themselves a role."""
    token, known = make_token("grafana", Role.OPERATOR)
    file = a_file(tmp_path, known.line)
    tokens = Tokens(file)
    before = tokens.caller_with(f"Bearer {token}")
    expose(file)
    after = [tokens.caller_with(f"Bearer {token}") for _ in range(3)]

    assert (before.role, after) == (Role.OPERATOR, [None, None, None])
    assert why_none_counts(file) == said.format(file=file, folder=tmp_path)
    assert len(caplog.records) == 1
    given_to(file, 0)
    file.chmod(0o640)
    tmp_path.chmod(0o750)
    assert tokens.caller_with(f"Bearer {token}") is not None
    assert why_none_counts(file) == ""


@EXPOSED
def test_no_token_is_added_to_them_either(tmp_path, expose, said):
    """H10: whoever writes is checked as whoever reads."""
    file = a_file(tmp_path)
    expose(file)

    with pytest.raises(FileRefused, match=re.escape(said.format(file=file, folder=tmp_path))):
        append_private(file, "grafana viewer 00", secret=False)
    assert file.read_text() == ""


@EXPOSED
def test_the_settings_name_such_a_file_of_tokens(tmp_path, expose, said):
    """H10: at a start, a reload and `bascule check`; and `bascule config token` ends with it."""
    site = a_lonely_site(tmp_path).write("tokens", "").write("api.pem", "x").write("api.key", "x")
    site.change("api: {socket: api.sock}", "api: {address: 127.0.0.1, certificate: api.pem, key: api.key, tokens: tokens}")
    expose(tmp_path / "tokens")
    made = bascule("config", "token", "grafana", "--role", "board", "--config", str(site.main))

    assert (made.code, made.out, (tmp_path / "tokens").read_text()) == (2, "", "")
    assert said.format(file=tmp_path / "tokens", folder=tmp_path) in made.err


def test_a_line_is_added_to_one_that_was_written_without_its_end(tmp_path):
    """A neighbour of H10: two lines became one, and neither token counted."""
    first, other = make_token("first", Role.BOARD), make_token("other", Role.BOARD)
    file = a_file(tmp_path, first[1].line)
    append_private(file, other[1].line, secret=False)

    assert [Tokens(file).caller_with(f"Bearer {token}").name for token, _ in (first, other)] == ["token first", "token other"]


def test_what_is_no_file_is_not_waited_for(tmp_path):
    """H10: a pipe that nobody writes to held up the start."""
    os.mkfifo(tmp_path / "private", 0o600)

    with pytest.raises(ValueError, match="not a regular file"):
        read_secret(SecretKeys(file="private"), tmp_path, environment={})


def test_the_owner_of_the_folder_may_own_the_file(tmp_path):
    """Commands of root's read what belongs to the daemon's account: whoever owns a folder can put another file there anyway."""
    file = a_file(tmp_path)
    of_somebody_else(file)
    given_to(tmp_path, OTHER)

    check_private(file)


def test_the_key_of_connection_files_is_checked_the_same_way(tmp_path):
    """H10: it signs files that people's computers open without a warning."""
    site = a_site(tmp_path).write("rdp.pem", "x").write("rdp.key", "x")
    site.main.write_text(site.main.read_text() + "connections: {certificate: rdp.pem, key: rdp.key}\n")
    (tmp_path / "rdp.key").chmod(0o660)

    assert [problem for problem in site.problems() if "chmod go-w" in problem]


def test_what_the_daemons_account_owns_in_its_folder_is_read_by_root(tmp_path):
    """H10: `/etc/bascule` is for the daemon's group; `bascule check` by root refused what the daemon reads there."""
    tmp_path.chmod(0o750)
    given_to(tmp_path, 0, pwd.getpwuid(OTHER).pw_gid)
    of_somebody_else(a_file(tmp_path, "geheim"))

    assert read_secret(SecretKeys(file="private"), tmp_path, environment={}).reveal() == "geheim"
    tmp_path.chmod(0o770)  # its group can put other people's files there
    with pytest.raises(ValueError, match="belongs to nobody"):
        read_secret(SecretKeys(file="private"), tmp_path, environment={})
