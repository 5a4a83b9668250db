"""Nothing follows a link out of its folder, and nothing is half written (H6, H8)."""

import os
import stat
from pathlib import Path

import pytest

from provisioner.files import FileRefused, Folder


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
            with pytest.raises(FileRefused, match="leads out of its folder"):
                use()


class TestLinks:
    """Of files and of folders, whichever way."""

    def test_a_linked_file_is_not_read(self, inside: Path, outside: Path):
        (inside / "token").symlink_to(outside / "shadow")
        with Folder(inside) as folder, pytest.raises(FileRefused, match="token is a link"):
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
                with pytest.raises(FileRefused, match="etc is a link"):
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
        with pytest.raises(FileRefused, match="single name"):
            folder.status_of("tokens", file.fileno())
        (inside / "tokens").write_text("another")
        with pytest.raises(FileRefused, match="single name"):
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
