"""Writers of secrets check what is there as readers do (H10)."""

import os
import stat
from pathlib import Path

import pytest

from provisioner.files import Refused
from provisioner.private_files import append_private, read_private, replace_private

NOBODY = 65534


@pytest.fixture
def inside(tmp_path: Path) -> Path:
    (tmp_path / "inside").mkdir()
    return tmp_path / "inside"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def test_a_pipe_is_not_waited_for(inside: Path):
    os.mkfifo(inside / "token", 0o600)
    for use in (lambda: read_private(inside / "token", most=10), lambda: append_private(inside / "token", "x")):
        with pytest.raises(OSError, match="not a regular file"):
            use()


class TestPrivate:
    """H10: files of secrets and tokens; writers refuse what readers refuse."""

    WRITES = (
        pytest.param(lambda path: replace_private(path, b"new"), id="replaced"),
        pytest.param(lambda path: append_private(path, "new"), id="added to"),
    )

    USES = (pytest.param(lambda path: read_private(path, most=100), id="read"), *WRITES)

    @pytest.mark.parametrize("use", USES)
    @pytest.mark.parametrize(
        ("spoil", "said"),
        [
            pytest.param(lambda path: path.chmod(0o622), r"others than its owner may write to .*token: chmod go-w", id="write"),
            pytest.param(lambda path: path.chmod(0o620), "others than its owner may write", id="group writes"),
            pytest.param(lambda path: path.chmod(0o604), "everyone may read", id="read"),
            pytest.param(lambda path: path.parent.chmod(0o777), "everyone may replace", id="folder"),
        ],
    )
    def test_what_others_can_change_or_read_is_refused(self, inside: Path, use, spoil, said: str):
        self._refused(inside, use, spoil, said)

    @pytest.mark.parametrize("use", WRITES)
    @pytest.mark.parametrize(
        ("spoil", "said"),
        [
            pytest.param(lambda path: os.link(path, path.with_name("other")), "single name", id="hard link"),
            pytest.param(
                lambda path: path.rename(path.with_name("other")) and path.symlink_to(path.with_name("other")),
                "is a link",
                id="link",
            ),
        ],
    )
    def test_nothing_is_written_through_a_second_name(self, inside: Path, use, spoil, said: str):
        self._refused(inside, use, spoil, said)

    def _refused(self, inside: Path, use, spoil, said: str):
        path = inside / "token"
        path.write_text("old\n")
        path.chmod(0o600)
        spoil(path)

        with pytest.raises(Refused, match=said):
            use(path)
        assert path.read_text() == "old\n"

    def test_another_accounts_file_is_refused_and_root_writes_for_it(self, tmp_path: Path):
        if os.geteuid() != 0:
            pytest.skip("only root can make a file of another account")
        path = tmp_path / "token"
        path.write_text("old\n")
        path.chmod(0o600)
        os.chown(path, NOBODY, NOBODY)

        for use in (lambda: read_private(path, most=100), lambda: append_private(path, "new")):
            with pytest.raises(Refused, match="belongs to nobody"):
                use()
        replace_private(path, b"whole")
        assert (path.read_text(), path.stat().st_uid, mode(path)) == ("whole", NOBODY, 0o600)

    def test_where_everyone_may_put_files_no_secret_is_written_for_another_account(self, tmp_path: Path):
        if os.geteuid() != 0:
            pytest.skip("only root can make a file of another account")
        tmp_path.chmod(0o1777)
        path = tmp_path / "token"
        path.write_text("")
        path.chmod(0o600)
        os.chown(path, NOBODY, NOBODY)

        with pytest.raises(Refused, match="belongs to nobody"):
            replace_private(path, b"secret")
        assert path.read_text() == ""

    def test_a_line_begins_on_its_own_line(self, inside: Path):
        path = inside / "tokens"
        append_private(path, "first", secret=False)
        path.write_text("first")
        append_private(path, "second", secret=False)
        assert (path.read_text(), mode(path) & 0o022) == ("first\nsecond\n", 0)

    def test_a_file_without_end_is_not_held_in_memory(self, inside: Path):
        path = inside / "token"
        with path.open("wb") as file:
            file.truncate(1 << 40)
        path.chmod(0o600)
        with pytest.raises(Refused, match="more than 8192 bytes"):
            read_private(path, most=8192)

    def test_what_everyone_may_read_is_refused_for_secrets_alone(self, inside: Path):
        path = inside / "tokens"
        path.write_text("hashes")
        path.chmod(0o644)
        assert read_private(path, most=100, secret=False) == b"hashes"
