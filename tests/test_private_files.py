"""Writers of secrets check what is there as readers do (H10)."""

import itertools
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioner.files import FileRefused
from provisioner.private_files import (
    append_private,
    check_private,
    open_private,
    read_given_secret,
    read_private,
    replace_private,
    why_exposed,
)
from tests.servers.accounts import given_to
from tests.test_pages import ROOT

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
            pytest.param(
                lambda path: path.parent.chmod(0o777),
                r"others may replace .*/inside/token, for the mode of its folder is 0777: chmod go-w .*/inside",
                id="folder",
            ),
            pytest.param(lambda path: path.parent.chmod(0o770), "its folder is 0770: chmod go-w", id="folder of a group"),
        ],
    )
    def test_what_others_can_change_or_read_is_refused(self, inside: Path, use, spoil, said: str):
        self._refused(inside, use, spoil, said)

    def test_a_link_into_a_folder_that_others_can_write_to_is_refused(self, tmp_path: Path, inside: Path):
        """H10: only the folder of the link was looked at, and the file could be exchanged where it is."""
        shared = tmp_path / "shared"
        shared.mkdir()
        shared.joinpath("token").touch(0o600)
        inside.joinpath("token").symlink_to(shared / "token")
        read_private(inside / "token", most=100)

        shared.chmod(0o770)

        for use in (check_private, open_private):
            with pytest.raises(FileRefused, match=r"the mode of its folder is 0770: chmod go-w .*/shared"):
                use(inside / "token")

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

        with pytest.raises(FileRefused, match=said):
            use(path)
        assert path.read_text() == "old\n"

    def test_another_accounts_file_is_refused_and_root_writes_for_it(self, tmp_path: Path):
        path = tmp_path / "token"
        path.write_text("old\n")
        path.chmod(0o600)
        given_to(path, NOBODY, NOBODY)

        for use in (lambda: read_private(path, most=100), lambda: append_private(path, "new")):
            with pytest.raises(FileRefused, match="belongs to nobody"):
                use()
        replace_private(path, b"whole")
        assert (path.read_text(), path.stat().st_uid, mode(path)) == ("whole", NOBODY, 0o600)

    @pytest.mark.parametrize("folder", [0o1777, 0o1775])
    def test_where_others_may_put_files_no_secret_is_written_for_another_account(self, tmp_path: Path, folder: int):
        tmp_path.chmod(folder)
        path = tmp_path / "token"
        path.write_text("")
        path.chmod(0o600)
        given_to(path, NOBODY, NOBODY)

        with pytest.raises(FileRefused, match="belongs to nobody"):
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
        with pytest.raises(FileRefused, match="more than 8192 bytes"):
            read_private(path, most=8192)

    def test_what_everyone_may_read_is_refused_for_secrets_alone(self, inside: Path):
        path = inside / "tokens"
        path.write_text("hashes")
        path.chmod(0o644)
        assert read_private(path, most=100, secret=False) == b"hashes"

    def test_a_secret_that_an_option_names_may_come_through_a_pipe(self, inside: Path):
        """`--passphrase-file <(…)`."""
        reading, writing = os.pipe()
        try:
            os.write(writing, b"geheim\n")
            os.close(writing)
            assert read_given_secret(Path(f"/dev/fd/{reading}"), most=100) == b"geheim\n"
        finally:
            os.close(reading)

    @pytest.mark.parametrize(("mode", "said"), [(0o622, "others than its owner may write"), (0o604, "everyone may read")])
    def test_a_pipe_that_others_can_use_brings_none(self, inside: Path, mode: int, said: str):
        os.mkfifo(inside / "pipe")
        (inside / "pipe").chmod(mode)
        with pytest.raises(FileRefused, match=said):
            read_given_secret(inside / "pipe", most=100)

    def test_a_device_brings_none(self):
        with pytest.raises(OSError, match="not a regular file"):
            read_given_secret(Path("/dev/zero"), most=100)


DAEMON = 64_000
"""An account of no machine: what the rule says of it needs no file of its own."""


def entry(mode: int, owner: int, group: int = 0) -> os.stat_result:
    """The status of a file or of a folder, as the system would give it."""
    return os.stat_result((mode, 1, 1, 1, owner, group, 0, 0, 0, 0))


@pytest.mark.parametrize(
    ("file", "folder", "reader", "said"),
    [
        pytest.param(
            entry(0o640, 0), entry(0o750, 0, DAEMON), DAEMON, "", id="root's, read by the daemon: as the role makes it"
        ),
        pytest.param(entry(0o600, DAEMON), entry(0o700, DAEMON), DAEMON, "", id="its own"),
        pytest.param(entry(0o600, DAEMON), entry(0o700, DAEMON), 0, "", id="the daemon's in its folder, read by root"),
        pytest.param(entry(0o600, NOBODY), entry(0o750, 0, NOBODY), 0, "", id="in root's folder for the file's account"),
        pytest.param(entry(0o600, NOBODY), entry(0o750, 0, DAEMON), 0, "belongs to nobody", id="in one for another account"),
        pytest.param(entry(0o600, NOBODY), entry(0o770, 0, NOBODY), 0, "belongs to nobody", id="whose group puts files there"),
        pytest.param(entry(0o600, DAEMON), entry(0o755, 0), NOBODY, "belongs to uid 64000", id="of an account without a name"),
        pytest.param(entry(0o600, NOBODY), entry(0o1777, 0), 0, "belongs to nobody", id="somebody's in /tmp"),
        pytest.param(entry(0o600, 0), entry(0o1777, 0), 0, "", id="root's in /tmp: nobody else can move it"),
        pytest.param(entry(0o600, 0), entry(0o1770, 0, DAEMON), 0, "", id="in a group's folder like it"),
        pytest.param(entry(0o600, 0), entry(0o777, 0), 0, "0777: chmod go-w /s$", id="in everybody's folder"),
        pytest.param(entry(0o640, 0), entry(0o770, 0, DAEMON), DAEMON, "0770: chmod go-w /s$", id="in its group's folder"),
        pytest.param(entry(0o644, 0), entry(0o755, 0), 0, "everyone may read /s/token", id="everybody reads it"),
        pytest.param(entry(0o660, 0), entry(0o755, 0), 0, "may write to /s/token", id="its group writes it"),
    ],
)
def test_who_else_has_a_hand_in_a_file(file, folder, reader, said):
    """H10: the rule, of any account on any machine."""
    why = why_exposed(Path("/s/token"), file, folder, reader=reader)

    assert bool(why) == bool(said)
    assert said == "" or re.search(said, str(why))


def modes_of_the_role() -> Iterator[int]:
    """Of what is for the daemon's group alone: folders and files, by all tasks that make one of them."""
    for file in sorted((ROOT / "ansible/roles/bascule/tasks").glob("*.yml")):
        text = file.read_text(encoding="utf-8")
        for made in re.finditer(r"owner: root\n +group: bascule\n +mode: \"(\d+)\"(?:\n +directory_mode: \"(\d+)\")?", text):
            yield from (int(mode, 8) for mode in made.groups() if mode)


def test_the_modes_that_the_role_sets_are_taken():
    """H10: whatever it makes for the daemon's group is readable there, and nobody else has a hand in it."""
    modes = list(modes_of_the_role())
    folders, files = [mode for mode in modes if mode & 0o100], [mode for mode in modes if not mode & 0o100]

    # And `chmod u=rwX,g=rX,o=` of the folder that is brought as a whole.
    assert (len(folders), len(files)) == (2, 1)
    for above, own in itertools.product(folders, files):
        assert why_exposed(Path("/s/token"), entry(own, 0, DAEMON), entry(above, 0, DAEMON), reader=DAEMON) is None
