"""Nothing follows a link out of its folder, and writers of secrets check what is there as readers do (H6, H8, H10)."""

import os
import stat
from pathlib import Path

import pytest

from provisioner.files import Folder, Refused, append_private, read_private, replace_private

NOBODY = 65534


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A file of this machine that nothing may reach."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "shadow").write_text("root's")
    return folder


@pytest.fixture
def inside(tmp_path: Path) -> Path:
    (tmp_path / "inside").mkdir()
    return tmp_path / "inside"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


@pytest.mark.parametrize("below", ["", "/etc/passwd", "..", "a/../../b", "a\0b"])
def test_no_path_leads_out_of_its_folder(inside: Path, below: str):
    (inside / "a").mkdir()
    with Folder(inside) as folder:
        for use in (
            lambda: folder.open(below),
            lambda: folder.write(below, b"x", mode=0o600),
            lambda: folder.make(below, mode=0o700),
        ):
            with pytest.raises(Refused, match="leads out of its folder"):
                use()


class TestLinks:
    """Of files and of folders, whichever way."""

    def test_a_linked_file_is_not_read(self, inside: Path, outside: Path):
        (inside / "token").symlink_to(outside / "shadow")
        with Folder(inside) as folder, pytest.raises(Refused, match="token is a link"):
            folder.read("token", most=100)

    @pytest.mark.parametrize("target", ["outside", "gone"])
    def test_a_linked_folder_is_not_entered(self, inside: Path, outside: Path, target: str):
        (inside / "etc").symlink_to(outside.parent / target)
        with Folder(inside) as folder:
            for use in (
                lambda: folder.read("etc/shadow", most=100),
                lambda: folder.entries("etc"),
                lambda: folder.write("etc/shadow", b"x", mode=0o600),
                lambda: folder.make("etc/below", mode=0o700),
                lambda: folder.make("etc", mode=0o700),
                lambda: folder.remove("etc/shadow"),
            ):
                with pytest.raises(Refused, match="etc is a link"):
                    use()
        assert (outside / "shadow").read_text() == "root's"
        assert list(outside.iterdir()) == [outside / "shadow"]

    def test_a_link_in_the_place_of_a_file_is_replaced(self, inside: Path, outside: Path):
        (inside / "token").symlink_to(outside / "shadow")
        with Folder(inside) as folder:
            folder.write("token", b"new", mode=0o640)
        assert ((inside / "token").read_bytes(), mode(inside / "token")) == (b"new", 0o640)
        assert (outside / "shadow").read_text() == "root's"

    @pytest.mark.parametrize("target", ["outside/shadow", "gone"])
    def test_a_new_file_is_not_made_behind_a_link(self, inside: Path, outside: Path, target: str):
        (inside / "token").symlink_to(outside.parent / target)
        with Folder(inside) as folder, pytest.raises(FileExistsError):
            folder.write("token", b"new", mode=0o600, new=True)
        assert sorted(path.name for path in inside.iterdir()) == ["token"]
        assert not (outside.parent / "gone").exists()

    def test_a_folder_that_is_swapped_for_a_link_after_it_was_opened_leads_nowhere(self, inside: Path, outside: Path):
        with Folder(inside) as folder:
            inside.rename(inside.with_name("moved"))
            inside.symlink_to(outside)
            folder.write("shadow", b"new", mode=0o600)
        assert (outside / "shadow").read_text() == "root's"
        assert (outside.parent / "moved/shadow").read_text() == "new"

    def test_a_link_that_is_put_there_while_the_file_is_written_is_not_followed(self, inside: Path, outside: Path):
        def content():
            yield b"first"
            (inside / "etc").rename(inside / "other")
            (inside / "etc").symlink_to(outside)
            (inside / "other/token").symlink_to(outside / "shadow")
            yield b", second"

        (inside / "etc").mkdir()
        with Folder(inside) as folder:
            folder.write("etc/token", content(), mode=0o600)
        assert (outside / "shadow").read_text() == "root's"
        assert (inside / "other/token").read_text() == "first, second"


def test_a_second_name_that_is_taken_away_once_the_file_is_open_does_not_make_it_ours(inside: Path, outside: Path):
    """A race found by an enemy with two threads: the file that was opened has a single name again, its own elsewhere."""
    os.link(outside / "shadow", inside / "tokens")
    with Folder(inside) as folder, os.fdopen(folder.open("tokens"), "rb") as file:
        assert folder.status_of("tokens", file.fileno()).st_nlink == 2
        (inside / "tokens").unlink()
        assert os.fstat(file.fileno()).st_nlink == 1
        with pytest.raises(Refused, match="single name"):
            folder.status_of("tokens", file.fileno())
        (inside / "tokens").write_text("another")
        with pytest.raises(Refused, match="single name"):
            folder.status_of("tokens", file.fileno())


def test_what_is_half_written_leaves_nothing(inside: Path):
    def content():
        yield b"first"
        raise OSError(28, "no space")

    (inside / "token").write_text("old")
    with Folder(inside) as folder, pytest.raises(OSError, match="no space"):
        folder.write("token", content(), mode=0o600)
    assert [(path.name, path.read_text()) for path in inside.iterdir()] == [("token", "old")]


def test_modes_are_as_given_whatever_the_umask_is(inside: Path):
    before = os.umask(0o077)
    try:
        with Folder(inside) as folder:
            folder.make("a/b", mode=0o755)
            folder.write("a/b/c", b"", mode=0o644)
    finally:
        os.umask(before)
    assert [mode(inside / path) for path in ("a", "a/b", "a/b/c")] == [0o755, 0o755, 0o644]


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
