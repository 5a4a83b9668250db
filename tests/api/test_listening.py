"""The socket's file, and how commands find it."""

import json
import os
import socket
import stat
from contextlib import closing

import pytest

from provisioner.api.listening import listen_at, listen_on
from provisioner.daemon.site_file import write_site_file
from provisioner.errors import ExpositionError
from tests.builders.api import an_api_site, ask, serving


def mode_of(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_only_owner_and_group_may_use_it(tmp_path):
    path = tmp_path / "run" / "api.sock"
    before = os.umask(0)
    try:
        listen_at(path).close()
    finally:
        os.umask(before)

    assert (mode_of(path), mode_of(path.parent)) == (0o660, 0o750)


def test_it_belongs_to_the_group_that_is_configured(tmp_path):
    listen_at(tmp_path / "api.sock", "daemon").close()

    assert (tmp_path / "api.sock").group() == "daemon"


def test_a_group_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ExpositionError, match="there is no group nobodies on this machine"):
        listen_at(tmp_path / "api.sock", "nobodies")


@pytest.mark.long
def test_what_a_killed_daemon_has_left_is_replaced(tmp_path):
    listen_at(tmp_path / "api.sock").close()
    with serving(tmp_path, an_api_site()) as path:
        assert ask(path, "/v1/daemon").status == 200


@pytest.mark.long
def test_a_daemon_that_answers_is_not_pushed_aside(tmp_path):
    with serving(tmp_path, an_api_site()) as path:
        with pytest.raises(ExpositionError, match="another daemon answers"):
            listen_at(path)
        assert ask(path, "/v1/daemon").status == 200


def test_a_file_that_is_no_socket_is_left_alone(tmp_path):
    (tmp_path / "api.sock").write_text("mine")

    with pytest.raises(ExpositionError, match="cannot listen"):
        listen_at(tmp_path / "api.sock")
    assert (tmp_path / "api.sock").read_text() == "mine"


def test_a_folder_where_everybody_may_write_is_refused(tmp_path):
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)

    with pytest.raises(ExpositionError, match="could be replaced"):
        listen_at(tmp_path / "open" / "api.sock")


def test_a_folder_that_cannot_be_made_is_one_message(tmp_path):
    with pytest.raises(ExpositionError, match=r"cannot listen at .*: No such file or directory"):
        listen_at(tmp_path / "none" / "below" / "api.sock")


@pytest.mark.long
def test_a_path_longer_than_the_kernel_takes_works(tmp_path):
    folder = tmp_path / ("x" * 120)
    folder.mkdir()
    with serving(folder, an_api_site()) as path:
        assert ask(path, "/v1/daemon").status == 200


@pytest.mark.long
def test_it_is_gone_when_the_daemon_ends(tmp_path):
    with serving(tmp_path, an_api_site()) as path:
        assert stat.S_ISSOCK(path.stat().st_mode)

    assert not path.exists()


def test_the_site_file_is_written_anew_each_time(tmp_path):
    path = tmp_path / "site.json"
    write_site_file(path, {"socket": "old"})
    write_site_file(path, {"socket": "/run/bascule/api.sock"})

    assert (json.loads(path.read_text()), mode_of(path)) == ({"socket": "/run/bascule/api.sock"}, 0o644)
    assert [file.name for file in tmp_path.iterdir()] == ["site.json"]


@pytest.mark.long
def test_nothing_is_left_open(tmp_path):
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        with serving(tmp_path, an_api_site()) as path:
            ask(path, "/v1/daemon")

    assert len(os.listdir("/proc/self/fd")) <= before + 1
    assert socket.AF_UNIX


def test_a_port_that_is_taken_is_named_with_the_key_of_its_own_section():
    """F23: the receiver advised to choose another port for the API."""
    with closing(socket.create_server(("127.0.0.1", 0))) as taken, pytest.raises(ExpositionError) as refused:
        listen_on("127.0.0.1", taken.getsockname()[1], section="receiver")

    assert str(refused.value).startswith("receiver: cannot listen on 127.0.0.1:")
    assert "choose another `receiver: {port: …}`" in str(refused.value)
