"""H6: a backup of somebody else can do no more than be refused, whatever is in it; what it may write, it has shown before."""

import gzip
import os
import random
import tarfile
import time
from contextlib import contextmanager
from pathlib import Path

import pyrage
import pytest

from provisioner.adapters.backups.keys import Proof, ProofKey, make_key
from provisioner.daemon.backup import make_backup
from provisioner.daemon.restore_plan import Restoring, plan_restore
from provisioner.daemon.restoring import open_backup, restore
from provisioner.errors import BackupError, StoreError
from tests.builders.backups import CONFIG, Member, a_manifest, forge, kept
from tests.builders.bounded import run_with
from tests.builders.directory import FixedClock

MAIN = Member(name="files/0001", content=CONFIG)
EVIL = Member(name="files/0002", content=b"* * * * * root id\n")


@pytest.fixture
def there(tmp_path: Path) -> Path:
    """The new machine's configuration, which is not there yet."""
    (tmp_path / "there").mkdir()
    return tmp_path / "there" / "bascule.yaml"


@pytest.fixture
def cron(tmp_path: Path) -> Path:
    """A folder whose files root obeys."""
    (tmp_path / "cron.d").mkdir()
    return tmp_path / "cron.d"


@pytest.fixture
def key(tmp_path: Path) -> ProofKey:
    return make_key(tmp_path / "backup.key")


def order(there: Path, **other) -> Restoring:
    return Restoring(config=there, environment={}, clock=FixedClock(), by="root", **other)


@contextmanager
def opened(there: Path, file: Path, *, with_key: bool = False, **other):
    key = {"key": file.parent / "backup.key"} if with_key else {}
    with open_backup(file, config=there, **key, **other) as backup:
        yield backup


def code_of(there: Path, file: Path, *, with_key: bool = False, **other) -> str:
    """Why nothing is written."""
    before = sorted(there.parent.parent.rglob("*"))
    with pytest.raises(BackupError) as raised, opened(there, file, with_key=with_key) as backup:
        plan_restore(backup, order(there, **other))
    assert sorted(there.parent.parent.rglob("*")) == before
    return raised.value.reason.code


class TestPlaces:
    """The row: an archive wrote absolute paths as root."""

    def test_a_place_that_nobody_has_named_is_refused_whatever_is_said_yes_to(self, tmp_path: Path, there: Path, cron: Path):
        file = forge(tmp_path / "b", [a_manifest({"files/0002": str(cron / "evil")}), MAIN, EVIL])
        assert code_of(there, file, unproven=True) == "restore_outside"
        assert code_of(there, file, unproven=True, below=(tmp_path / "there",)) == "restore_outside"
        assert list(cron.iterdir()) == []

    def test_in_a_folder_that_is_named_it_is_written_and_shown_before(self, tmp_path: Path, there: Path, cron: Path):
        file = forge(tmp_path / "b", [a_manifest({"files/0002": str(cron / "file")}), MAIN, EVIL])
        with opened(there, file) as backup:
            request = order(there, unproven=True, below=(cron,))
            plan = plan_restore(backup, request)
            assert [place.path for place in plan.places()] == [there, cron / "file"]
            assert (plan.outside, plan.unproven.code) == ((cron / "file",), "backup_proof_none")
            restore(backup, plan, request)
        assert (cron / "file").read_bytes() == EVIL.content

    def test_of_a_proven_maker_it_is_shown_as_outside(self, tmp_path: Path, there: Path, cron: Path, key: ProofKey):
        file = forge(tmp_path / "b", [a_manifest({"files/0002": str(cron / "file")}), MAIN, EVIL], key=key)
        with opened(there, file, with_key=True) as backup:
            plan = plan_restore(backup, order(there))
        assert (plan.outside, plan.unproven) == ((cron / "file",), None)

    @pytest.mark.parametrize("path", ["linked/evil", "linked/a/b/evil", "file"])
    def test_a_link_in_the_folder_does_not_make_it_inside(self, tmp_path: Path, there: Path, cron: Path, path: str):
        (there.parent / "linked").symlink_to(cron)
        (there.parent / "file").symlink_to(cron / "evil")
        file = forge(tmp_path / "b", [a_manifest({"files/0002": path}), MAIN, EVIL])
        assert code_of(there, file, unproven=True) == "restore_outside"

    def test_a_link_that_is_put_there_after_the_list_was_shown_is_not_followed(self, tmp_path: Path, there: Path, cron: Path):
        file = forge(tmp_path / "b", [a_manifest({"files/0002": "sub/evil"}), MAIN, EVIL])
        (there.parent / "sub").mkdir()
        with opened(there, file) as backup:
            plan = plan_restore(backup, order(there, unproven=True))
            (there.parent / "sub").rmdir()
            (there.parent / "sub").symlink_to(cron)
            with pytest.raises(BackupError, match="sub is a link"):
                restore(backup, plan, order(there, unproven=True))
        assert list(cron.iterdir()) == []

    def test_a_file_that_is_put_there_after_the_list_was_shown_stays(self, tmp_path: Path, there: Path, cron: Path):
        file = forge(tmp_path / "b", [a_manifest(), MAIN])
        with opened(there, file) as backup:
            plan = plan_restore(backup, order(there, unproven=True))
            there.symlink_to(cron / "evil")
            with pytest.raises(BackupError, match="cannot be written"):
                restore(backup, plan, order(there, unproven=True))
        assert list(cron.iterdir()) == []

    def test_two_files_for_a_place_are_refused(self, tmp_path: Path, there: Path):
        for path in ("bascule.yaml", "./bascule.yaml", "sub/../bascule.yaml", str(there)):
            file = forge(tmp_path / "b", [a_manifest({"files/0002": path}), MAIN, EVIL])
            with pytest.raises(BackupError) as raised, opened(there, file) as backup:
                plan_restore(backup, order(there, unproven=True))
            assert raised.value.reason.code in ("restore_twice", "manifest_unreadable")

    @pytest.mark.parametrize("proven", [False, True])
    @pytest.mark.parametrize("place", ["backup.key", "keys/other"])
    def test_it_brings_no_key_that_proves_the_next_one(
        self, tmp_path: Path, there: Path, key: ProofKey, place: str, proven: bool
    ):
        """H6: said yes to once, its maker was believed from then on."""
        evil = Member(name="files/0002", content=b"\nbascule-backup-" + 43 * b"x" + b"\n")
        members = [a_manifest({"files/0002": place}), MAIN, evil]
        file = forge(tmp_path / "b", members, key=key if proven else None)
        assert code_of(there, file, with_key=proven, unproven=not proven) == "backup_member_foreign"

    @pytest.mark.parametrize("mode", [0o4755, 0o2755, -1, 0o1000])
    def test_no_file_gets_rights_beyond_reading_writing_and_running(self, tmp_path: Path, there: Path, mode: int):
        manifest = a_manifest()
        forged = manifest.content.replace(b'"mode": 384', b'"mode": %d' % mode)
        assert forged != manifest.content
        file = forge(tmp_path / "b", [Member(name="manifest.json", content=forged), MAIN])
        assert code_of(there, file, unproven=True) == "manifest_unreadable"


class TestProof:
    """Who has made it: a MAC, by a key that is in no backup."""

    def test_each_state_is_known(self, tmp_path: Path, there: Path, key: ProofKey):
        members = [a_manifest(), MAIN]
        states = {
            Proof.HOLDS: forge(tmp_path / "holds", members, key=key),
            Proof.NONE: forge(tmp_path / "none", members),
            Proof.WRONG: forge(tmp_path / "wrong", members, key=ProofKey("bascule-backup-of-somebody-else")),
        }
        for state, file in states.items():
            with opened(there, file, with_key=True) as backup:
                assert backup.proof is state
        with opened(there, states[Proof.HOLDS]) as backup:
            assert backup.proof is Proof.NO_KEY

    def test_without_a_proof_nothing_is_written_unless_it_is_asked_for(self, tmp_path: Path, there: Path, key: ProofKey):
        members = [a_manifest(), MAIN]
        assert code_of(there, forge(tmp_path / "b", members, key=key)) == "backup_proof_no_key"
        assert code_of(there, forge(tmp_path / "b", members), with_key=True) == "backup_proof_none"
        other = ProofKey("bascule-backup-of-somebody-else")
        assert code_of(there, forge(tmp_path / "b", members, key=other), with_key=True) == "backup_proof_wrong"

    def test_whatever_is_changed_the_proof_is_wrong(self, tmp_path: Path, there: Path, key: ProofKey):
        whole = forge(tmp_path / "whole", [a_manifest(), MAIN], key=key)
        with tarfile.open(whole) as tar:
            proof = tar.extractfile("proof").read()
        proven = Member(name="proof", content=proof)
        changed = {
            "a content": [a_manifest(), Member(name=MAIN.name, content=CONFIG.swapcase()), proven],
            "a place": [a_manifest({"files/0001": "other.yaml"}), MAIN, proven],
            "a member more": [a_manifest({"files/0002": "more"}), MAIN, EVIL, proven],
            "another order": [MAIN, a_manifest(), proven],
            "an empty proof": [a_manifest(), MAIN, Member(name="proof", content=b" ")],
        }
        for what, members in changed.items():
            with opened(there, forge(tmp_path / "b", members), with_key=True) as backup:
                assert backup.proof is Proof.WRONG, what

    def test_content_moved_between_members_is_another_archive(self, key: ProofKey):
        def mac(*members: tuple[str, bytes]) -> bytes:
            maker = key.maker()
            for name, content in members:
                maker.begin(name, len(content))
                maker.add(content)
            return maker.made()

        assert len({mac(("a", b"bc")), mac(("ab", b"c")), mac(("a", b"b"), ("", b"c")), mac(("a", b"b"), ("c", b""))}) == 4

    @pytest.mark.parametrize("mode", [0o644, 0o666, 0o620])
    def test_a_key_that_others_may_read_or_write_proves_nothing(self, tmp_path: Path, there: Path, key: ProofKey, mode: int):
        file = forge(tmp_path / "b", [a_manifest(), MAIN], key=key)
        (tmp_path / "backup.key").chmod(mode)
        assert code_of(there, file, with_key=True) == "backup_file_unreadable"

    def test_any_other_file_is_no_key(self, tmp_path: Path, there: Path):
        (tmp_path / "backup.key").write_text("short\n")
        (tmp_path / "backup.key").chmod(0o600)
        assert code_of(there, forge(tmp_path / "b", [a_manifest(), MAIN]), with_key=True) == "no_proof_key"

    def test_a_clear_backup_is_refused_where_a_key_to_decrypt_was_given(self, tmp_path: Path, there: Path, key: ProofKey):
        file = forge(tmp_path / "b", [a_manifest(), MAIN], key=key)
        for given in ({"identities": b"AGE-SECRET-KEY-1"}, {"passphrase": "words"}):
            with pytest.raises(BackupError) as raised, opened(there, file, with_key=True, **given):
                pass
            assert raised.value.reason.code == "backup_clear"

    def test_encryption_for_our_public_key_proves_no_maker(self, tmp_path: Path, there: Path, key: ProofKey):
        """The row: anybody has the public key."""
        pair = pyrage.x25519.Identity.generate()
        file = forge(tmp_path / "b", [a_manifest(), MAIN])
        file.write_bytes(pyrage.encrypt(file.read_bytes(), [pair.to_public()]))
        with opened(there, file, with_key=True, identities=str(pair).encode()) as backup:
            with pytest.raises(BackupError) as raised:
                plan_restore(backup, order(there))
            assert raised.value.reason.code == "backup_proof_none"


class TestMembers:
    """Only what our own backups have, in its place."""

    @pytest.mark.parametrize(
        "member",
        [
            pytest.param(Member(name="files/0002", type=tarfile.SYMTYPE, link="/etc/shadow"), id="a link"),
            pytest.param(Member(name="files/0002", type=tarfile.LNKTYPE, link="files/0001"), id="a hard link"),
            pytest.param(Member(name="files/0002", type=tarfile.CHRTYPE), id="a device"),
            pytest.param(Member(name="files/0002", type=tarfile.FIFOTYPE), id="a pipe"),
            pytest.param(Member(name="files/0002", type=tarfile.DIRTYPE), id="a folder"),
            pytest.param(Member(name="files/0001", content=b"again"), id="a name twice"),
            pytest.param(Member(name="../../etc/passwd", content=b"x"), id="a path"),
            pytest.param(Member(name="/etc/passwd", content=b"x"), id="an absolute path"),
            pytest.param(Member(name="files/0009", content=b"x"), id="not in the manifest"),
        ],
    )
    def test_what_no_backup_holds_is_refused(self, tmp_path: Path, there: Path, member: Member):
        file = forge(tmp_path / "b", [a_manifest(), MAIN, member])
        assert code_of(there, file, unproven=True) == "backup_member_foreign"

    def test_nothing_comes_after_the_proof(self, tmp_path: Path, there: Path, key: ProofKey):
        members = [a_manifest(), MAIN, Member(name="proof", content=b"x"), Member(name="store.db")]
        assert code_of(there, forge(tmp_path / "b", members), unproven=True) == "backup_member_foreign"

    def test_what_the_manifest_names_is_there(self, tmp_path: Path, there: Path):
        file = forge(tmp_path / "b", [a_manifest({"files/0002": "token"}), MAIN])
        assert code_of(there, file, unproven=True) == "member_missing"

    @pytest.mark.parametrize(
        ("name", "value", "code"),
        [
            pytest.param('A="x"\nLD_PRELOAD', b"x", "manifest_unreadable", id="two lines"),
            pytest.param("A B", b"x", "manifest_unreadable", id="a blank"),
            pytest.param("TOKEN\n", b"x", "manifest_unreadable", id="an end of a line"),
            pytest.param("TOKEN", b"a\0b", "backup_variable_unreadable", id="a zero"),
            pytest.param("TOKEN", b"\xff", "backup_variable_unreadable", id="no text"),
        ],
    )
    def test_a_variable_is_a_name_and_a_text(self, tmp_path: Path, there: Path, name: str, value: bytes, code: str):
        variable = Member(name=f"variables/{name}", content=value)
        file = forge(tmp_path / "b", [a_manifest(variables=[name]), MAIN, variable])
        (there.parent / "bascule.env").write_text("other")
        assert code_of(there, file, unproven=True) == code


class TestSizes:
    """Looked at before memory or disk is taken."""

    def test_a_store_that_says_it_has_8_gib_costs_nothing(self, tmp_path: Path, there: Path):
        file = forge(tmp_path / "b", [a_manifest(), MAIN, Member(name="store.db", size=8**11 - 1)])
        begun = time.monotonic()
        assert code_of(there, file, unproven=True) == "backup_damaged"
        assert time.monotonic() - begun < 2

    @pytest.mark.parametrize(("name", "size"), [("files/0001", 64_000_001), ("manifest.json", (4 << 20) + 1)])
    def test_a_file_larger_than_any_configuration_has_is_not_read(self, tmp_path: Path, there: Path, name: str, size: int):
        file = forge(tmp_path / "b", [Member(name=name, size=size)])
        assert code_of(there, file, unproven=True) == "member_large"

    @pytest.mark.long
    def test_more_members_than_any_backup_has_are_not_read(self, tmp_path: Path, there: Path):
        many = [Member(name=f"files/{number:05}") for number in range(10_001)]
        assert code_of(there, forge(tmp_path / "b", [a_manifest(), *many]), unproven=True) == "backup_damaged"

    @pytest.mark.long
    def test_what_unpacks_without_end_is_left_in_little_memory(self, tmp_path: Path):
        """A store of zeros: a GiB in a MiB."""
        member = tarfile.TarInfo("store.db")
        member.size = 2 << 30
        file = tmp_path / "bomb"
        file.write_bytes(gzip.compress(member.tobuf()) + gzip.compress(bytes(16 << 20), 9) * 80)
        code = (
            "import sys\nfrom pathlib import Path\nfrom provisioner.daemon.restoring import open_backup\n"
            "from provisioner.errors import BackupError\n"
            "try:\n    open_backup(Path(sys.argv[1]), config=Path('c')).__enter__()\n"
            "except BackupError as error:\n    print(error.reason.code)\n"
        )
        ended = run_with(800 << 20, code, str(file))
        assert ended.stdout.strip() == "backup_damaged", ended.stderr[-600:]

    @pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME])
    def test_a_name_without_end_is_not_held(self, tmp_path: Path, there: Path, kind: bytes):
        file = forge(tmp_path / "b", [Member(name="x", type=kind, size=2 << 30)])
        assert code_of(there, file, unproven=True) == "backup_damaged"


class TestStore:
    """The copy of the store is a database of somebody else."""

    @pytest.mark.long
    @pytest.mark.parametrize(
        "program",
        [
            "CREATE VIEW endless AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n",
            "CREATE TABLE computed (a, b GENERATED ALWAYS AS (zeroblob(1000000000)))",
            "CREATE VIRTUAL TABLE v USING fts5(a)",
        ],
    )
    def test_a_copy_with_a_program_in_it_is_not_read(self, tmp_path: Path, program: str):
        import sqlite3

        from provisioner.adapters.sql.copies import copied_file
        from provisioner.adapters.sql.store import SqlStore

        copy, made = tmp_path / "copy.db", tmp_path / "store.db"
        store = SqlStore(f"sqlite:///{made}", clock=FixedClock())
        store.claim()
        assert store.copy_to(copy)
        store.close()
        with copied_file(copy):
            pass
        with sqlite3.connect(copy) as connection:
            connection.execute(program)
        with pytest.raises(StoreError) as raised, copied_file(copy):
            pass
        assert raised.value.reason.code == "copy_program"


class TestFuzz:
    """With a fixed seed: a plan, or the one error class, in bounded time."""

    @pytest.mark.long
    @pytest.mark.parametrize("rounds", [150, pytest.param(5000, marks=pytest.mark.night)])
    def test_wrong_bytes_are_a_backup_error_or_a_plan(self, tmp_path: Path, there: Path, key: ProofKey, rounds: int):
        whole = forge(tmp_path / "b", [a_manifest({"files/0002": "sub/token"}), MAIN, EVIL], key=key, packed=False).read_bytes()
        chance, file, begun = random.Random(6), tmp_path / "wrong", time.monotonic()
        for number in range(rounds):
            wrong = bytearray(whole)
            for _ in range(chance.choice((1, 2, 8, 40))):
                wrong[chance.randrange(len(wrong))] = chance.choice(
                    (0, 0x22, 0x30, 0x39, 0x7F, 0x80, 0xFF, chance.randrange(256))
                )
            part = wrong if chance.random() < 0.8 else wrong[: chance.randrange(len(wrong))]
            packed = gzip.compress(part, 1)
            file.write_bytes(packed if number % 3 else packed[: chance.randrange(len(packed))] + bytes(chance.randrange(3)))
            try:
                with opened(there, file, with_key=True) as backup:
                    plan = plan_restore(backup, order(there))
                    assert (backup.proof, bytes(part[: len(whole)])) == (Proof.HOLDS, bytes(part)), plan
            except BackupError as error:
                assert error.reason.code, str(error)  # noqa: PT017 (not raised is right, too)
        assert list(there.parent.iterdir()) == []
        assert time.monotonic() - begun < rounds


def test_a_backup_is_written_into_no_file_that_somebody_else_has_put_there(tmp_path: Path):
    """The unfinished file had a name that could be guessed, and was opened whatever it was: a link, another's file."""
    from tests.builders.cli import a_lonely_site

    (tmp_path / "site").mkdir()
    site, others = a_lonely_site(tmp_path / "site"), tmp_path / "theirs"
    others.write_text("")
    others.chmod(0o666)
    (tmp_path / ".backup.unfinished").symlink_to(others)

    make_backup(site.main, tmp_path / "backup", environment=os.environ, clock=FixedClock())

    assert others.read_text() == ""
    (tmp_path / "linked").symlink_to(others)
    with pytest.raises(BackupError, match="is there already"):
        make_backup(site.main, tmp_path / "linked", environment=os.environ, clock=FixedClock())
    assert others.read_text() == ""


def test_the_key_is_in_no_backup(tmp_path: Path):
    from tests.builders.cli import a_lonely_site

    site = a_lonely_site(tmp_path)
    made = make_backup(site.main, tmp_path / "first", environment=os.environ, clock=FixedClock())
    assert (made.key, made.key_made, made.unproven) == (tmp_path / "backup.key", True, None)
    assert (tmp_path / "backup.key").read_bytes().strip() not in gzip.decompress((tmp_path / "first").read_bytes())
    assert oct((tmp_path / "backup.key").stat().st_mode & 0o777) == "0o600"

    (tmp_path / "copy.yaml").write_bytes((tmp_path / "backup.key").read_bytes())
    with pytest.raises(BackupError) as raised:
        make_backup(site.main, tmp_path / "second", environment=os.environ, clock=FixedClock())
    assert raised.value.reason.code == "backup_key_inside"
    assert not (tmp_path / "second").exists()


def test_where_no_key_can_be_made_there_is_a_backup_all_the_same_and_it_says_so(tmp_path: Path):
    from tests.builders.cli import a_lonely_site

    site = a_lonely_site(tmp_path)
    (tmp_path / "backup.key").mkdir()
    made = make_backup(site.main, tmp_path / "backup", environment=os.environ, clock=FixedClock())
    assert (made.unproven is not None, (tmp_path / "backup").exists()) == (True, True)
    with pytest.raises(BackupError):
        make_backup(site.main, tmp_path / "b", environment=os.environ, clock=FixedClock(), key=tmp_path / "backup.key")


def test_owners_and_modes_are_those_of_the_list(tmp_path: Path, there: Path, key: ProofKey):
    assert kept("x")["mode"] == 0o600
    file = forge(tmp_path / "b", [a_manifest(), MAIN], key=key)
    with opened(there, file, with_key=True) as backup:
        restore(backup, plan_restore(backup, order(there)), order(there))
    assert (there.read_bytes(), oct(there.stat().st_mode & 0o777), there.stat().st_uid) == (CONFIG, "0o600", os.geteuid())
