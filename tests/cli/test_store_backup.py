"""`bascule store backup` and `bascule store restore`: the whole installation in one file, restored on another machine."""

import gzip
import io
import json
import os
import stat
import tarfile
import zlib
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pyrage
import pytest

from provisioner.adapters.sql.store import SqlStore
from provisioner.model.intents import IntentKind
from tests.builders.backups import Member, as_before_the_proof, forge, members_of
from tests.builders.cli import a_lonely_site, bascule, files_of, journal_of, ordered_by
from tests.builders.directory import FixedClock
from tests.builders.private import a_secret_file

pytestmark = pytest.mark.long


@pytest.fixture
def site(tmp_path):
    (tmp_path / "here").mkdir()
    site = a_lonely_site(tmp_path / "here")
    with closing(SqlStore(f"sqlite:///{site.folder}/bascule.db", clock=FixedClock())) as store:
        store.claim()
    assert _on(site.main, "freeze", "--by", "claire", "--reason", "the lights flicker").code == 0
    return site


def _on(config: Path, *words: str, **environment: str):
    return bascule(*words, "--config", str(config), **environment)


def _restore(site, tmp_path: Path, *words: str, file: str = "backup"):
    """With the key of the site, and a yes."""
    key = ("--key", str(site.folder / "backup.key"))
    return _on(_there(tmp_path), "store", "restore", str(tmp_path / file), *key, "--yes", *words)


def _orders(folder: Path):
    store = SqlStore(f"sqlite:///{folder}/bascule.db", clock=FixedClock())
    return [(intent.kind, intent.by, intent.reason) for intent in store.intents()]


def _kept_of(folder: Path):
    """All files except the store's and the files of this machine alone."""
    return {
        name: ((folder / name).read_bytes(), stat.S_IMODE((folder / name).stat().st_mode))
        for name in files_of(folder)
        if (folder / name).is_file() and not name.startswith(("bascule.db", "freeze"))
    }


def _there(tmp_path: Path) -> Path:
    return tmp_path / "there" / "bascule.yaml"


def test_everything_comes_back_elsewhere(site, tmp_path):
    file = tmp_path / "backup"

    made = _on(site.main, "store", "backup", str(file))
    ended = _restore(site, tmp_path, "--by", "ahmed", "--reason", "the machine burnt")

    assert (made.code, ended.code) == (0, 0), made.said + ended.said
    named = {"bascule.yaml", "token", "note-key", "people.ldif", "ca/ca.pem"}
    back = _kept_of(tmp_path / "there")
    assert named <= set(back)
    assert back == {name: kept for name, kept in _kept_of(site.folder).items() if name in back}
    assert _orders(tmp_path / "there") == [(IntentKind.FREEZE, ordered_by("claire"), "the lights flicker")]
    assert f"in force again: freeze, by {ordered_by('claire')}: the lights flicker" in ended.out
    lines = journal_of(_there(tmp_path))
    assert lines[0]["what"] == "restore"
    assert lines[0]["reason"].startswith(f"by {ordered_by('ahmed')}: the machine burnt (from a backup made ")


def test_a_backup_is_readable_by_its_owner_alone_and_says_what_it_holds_in_clear(site, tmp_path):
    made = _on(site.main, "store", "backup", str(tmp_path / "backup"))

    assert stat.S_IMODE((tmp_path / "backup").stat().st_mode) == 0o600
    assert "holds every secret in clear: keep it as a secret, or encrypt it with --recipient" in made.said
    assert [name for name in files_of(tmp_path) if ".bascule-" in str(name)] == []


def test_files_of_another_day_are_in_it_too(site, tmp_path):
    (site.folder / "scenarios").mkdir(exist_ok=True)
    (site.folder / "scenarios" / "next-week.yaml").write_text("waves: []\n", encoding="utf-8")

    assert _on(site.main, "store", "backup", str(tmp_path / "backup")).code == 0
    assert _restore(site, tmp_path).code == 0

    assert (tmp_path / "there" / "scenarios" / "next-week.yaml").read_text(encoding="utf-8") == "waves: []\n"


@pytest.mark.parametrize(("main", "made"), [(0o600, 0o600), (0o640, 0o640), (0o644, 0o640)])
def test_secrets_of_the_environment_come_back_as_an_environment_file(site, tmp_path, main, made):
    """N7: whoever reads bascule.yaml as its owner or group reads it, too: the daemon that works with both."""
    site.change("{file: token}", "{environment: MELUN_TOKEN}")
    site.main.chmod(main)

    assert _on(site.main, "store", "backup", str(tmp_path / "backup"), MELUN_TOKEN='a"b\\c$HOME`id`').code == 0
    ended = _restore(site, tmp_path)

    assert ended.code == 0, ended.said
    file = tmp_path / "there" / "bascule.env"
    assert file.read_text(encoding="utf-8") == 'MELUN_TOKEN="a\\"b\\\\c\\$HOME\\`id\\`"\n'
    assert stat.S_IMODE(file.stat().st_mode) == made


@pytest.mark.parametrize("there", ["bascule.yaml", "token", "bascule.db"])
def test_nothing_is_written_where_something_else_is(site, tmp_path, there):
    assert _on(site.main, "store", "backup", str(tmp_path / "backup")).code == 0
    other = tmp_path / "there" / there
    other.parent.mkdir()
    other.write_text("another's", encoding="utf-8")

    ended = _restore(site, tmp_path)

    assert ended.code == 3
    assert f"something else is there already; move it away first: {other}" in ended.said
    assert files_of(tmp_path / "there") == {there}


def test_restoring_goes_on_where_it_was_stopped(site, tmp_path):
    assert _on(site.main, "store", "backup", str(tmp_path / "backup")).code == 0
    assert _restore(site, tmp_path).code == 0
    for file in (tmp_path / "there").glob("bascule.db*"):
        file.unlink()
    (tmp_path / "there" / "token").unlink()

    ended = _restore(site, tmp_path)

    assert ended.code == 0
    assert [line.strip() for line in ended.out.splitlines() if "written" in line] == [f"written: {tmp_path}/there/token"]
    assert _orders(tmp_path / "there") == [(IntentKind.FREEZE, ordered_by("claire"), "the lights flicker")]


def test_a_backup_is_never_written_over_another(site, tmp_path):
    (tmp_path / "backup").write_text("yesterday's", encoding="utf-8")

    ended = _on(site.main, "store", "backup", str(tmp_path / "backup"))

    assert ended.code == 3
    assert f"{tmp_path}/backup is there already: name another file" in ended.said
    assert (tmp_path / "backup").read_text(encoding="utf-8") == "yesterday's"


class TestEncrypted:
    """Optional encryption, with keys or a passphrase."""

    def test_a_key_pair_opens_it_and_nothing_in_it_is_in_clear(self, site, tmp_path):
        pair = pyrage.x25519.Identity.generate()
        a_secret_file(tmp_path / "key", f"# created: today\n{pair}\n")

        made = _on(site.main, "store", "backup", str(tmp_path / "backup"), "--recipient", str(pair.to_public()))
        ended = _restore(site, tmp_path, "--identity", str(tmp_path / "key"))

        assert (made.code, ended.code) == (0, 0), ended.said
        assert made.err.startswith(f"{site.folder}/backup.key was made: keep a copy of it elsewhere")
        assert (tmp_path / "backup").read_bytes().startswith(b"age-encryption.org/v1")
        assert (tmp_path / "there" / "token").read_bytes() == (site.folder / "token").read_bytes()

    @pytest.mark.real
    def test_a_passphrase_opens_it(self, site, tmp_path):
        a_secret_file(tmp_path / "words", "correct horse battery staple\n")
        words = ("--passphrase-file", str(tmp_path / "words"))

        assert _on(site.main, "store", "backup", str(tmp_path / "backup"), *words).code == 0
        assert _restore(site, tmp_path, *words).code == 0

    @pytest.mark.parametrize(
        ("words", "says"),
        [
            ((), "this backup is encrypted: give --identity FILE or --passphrase-file FILE"),
            (("--passphrase-file", "words"), "this backup cannot be decrypted"),
            (("--identity", "other"), "this backup cannot be decrypted"),
            (("--identity", "words"), "this backup cannot be decrypted"),
        ],
    )
    def test_without_the_key_nothing_is_changed(self, site, tmp_path, monkeypatch, words, says):
        monkeypatch.chdir(tmp_path)
        a_secret_file(tmp_path / "words", "correct horse battery staple\n")
        a_secret_file(tmp_path / "other", f"{pyrage.x25519.Identity.generate()}\n")
        pair = pyrage.x25519.Identity.generate()
        assert _on(site.main, "store", "backup", str(tmp_path / "backup"), "--recipient", str(pair.to_public())).code == 0

        ended = _restore(site, tmp_path, *words)

        assert ended.code == 3
        assert says in ended.said
        assert not (tmp_path / "there").exists()

    @pytest.mark.parametrize("option", ["--passphrase-file", "--identity"])
    @pytest.mark.parametrize(
        ("mode", "said"), [(0o644, "everyone may read {file}: chmod o-rwx"), (0o620, "may write to {file}: chmod go-w")]
    )
    def test_no_secret_is_taken_from_a_file_of_everybody(self, site, tmp_path, option, mode, said):
        """H10: what an option names is read as what the configuration names is."""
        file = a_secret_file(tmp_path / "secret", "correct horse battery staple\n")
        a_backup = tmp_path / "backup"
        assert _on(site.main, "store", "backup", str(a_backup)).code == 0
        file.chmod(mode)

        ended = _restore(site, tmp_path, option, str(file))

        assert (ended.code, said.format(file=file) in ended.said) == (3, True), ended.said

    def test_what_is_no_key_makes_no_backup(self, site, tmp_path):
        ended = _on(site.main, "store", "backup", str(tmp_path / "backup"), "--recipient", "age1nobody")

        assert ended.code == 3
        assert "age1nobody: no public key of age or SSH" in ended.said
        assert not (tmp_path / "backup").exists()


class TestDamaged:
    """A backup is untrusted input, and may be damaged even if it is authentic."""

    def _restored(self, tmp_path: Path, content: bytes):
        (tmp_path / "damaged").write_bytes(content)
        ended = _on(_there(tmp_path), "store", "restore", str(tmp_path / "damaged"), "--unproven", "--yes")
        assert not (tmp_path / "there").exists()
        assert ended.code == 3
        return ended.said

    @pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.99])
    def test_a_part_of_a_backup_changes_nothing(self, site, tmp_path, share):
        assert _on(site.main, "store", "backup", str(tmp_path / "backup")).code == 0
        content = (tmp_path / "backup").read_bytes()

        said = self._restored(tmp_path, content[: int(len(content) * share)])

        assert "this backup is damaged" in said or "this is not a backup of Bascule's" in said

    @pytest.mark.parametrize("place", [0.1, 0.5, 0.9])
    def test_one_wrong_bit_changes_nothing(self, site, tmp_path, place):
        assert _on(site.main, "store", "backup", str(tmp_path / "backup")).code == 0
        content = (tmp_path / "backup").read_bytes()

        assert "this backup is damaged" in self._restored(tmp_path, _damaged(content, int(len(content) * place)))

    def test_another_files_archive_changes_nothing(self, tmp_path):
        assert "holds no manifest.json" in self._restored(tmp_path, _tar({"hello": b"there"}))

    @pytest.mark.parametrize("path", ["../../etc/passwd", "a/../../b", "", "."])
    def test_no_file_leaves_its_folder(self, tmp_path, path):
        kept = f'{{"path": "{path}", "mode": 420, "owner": "", "group": ""}}'
        manifest = f'{{"bascule": "1", "installation": "x", "made_at": 1, "config": "a", "files": {{"files/1": {kept}}}}}'

        said = self._restored(tmp_path, _tar({"manifest.json": manifest.encode(), "files/1": b"x"}))

        assert "manifest cannot be read" in said


def _damaged(content: bytes, place: int) -> bytes:
    """With one wrong bit at the place, or after it.

    Among zeros, another distance to what is repeated gives the same bytes: that is not a damage.
    """
    for at in range(place, len(content)):
        wrong = bytearray(content)
        wrong[at] ^= 1
        try:
            gzip.decompress(wrong)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            return bytes(wrong)
    raise AssertionError("no bit matters")


def _tar(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def test_a_restore_for_programs_is_one_document(site, tmp_path):
    assert _on(site.main, "store", "backup", str(tmp_path / "backup")).code == 0

    restored = _restore(site, tmp_path, "--json").document

    assert restored["installation"] == "seine"
    assert str(tmp_path / "there" / "bascule.yaml") in restored["written"]


class TestAsked:
    """H6: every place is shown and asked for; what proves nothing is restored by a question of its own alone."""

    @pytest.fixture
    def backup(self, site, tmp_path):
        assert _on(site.main, "store", "backup", str(tmp_path / "backup")).code == 0
        return tmp_path / "backup"

    def _forged(self, backup: Path, **changed: bytes) -> Path:
        """With other contents, and without a proof."""
        members = [member for member in members_of(backup) if member.name != "proof"]
        manifest = json.loads(members[0].content)
        names = {kept["path"]: member for member, kept in manifest["files"].items()}
        contents = {names[name.replace("_", ".")]: content for name, content in changed.items()}
        return forge(backup, [replace(each, content=contents.get(each.name, each.content)) for each in members])

    def test_without_a_yes_the_places_are_shown_and_nothing_is_written(self, site, tmp_path, backup):
        ended = _on(_there(tmp_path), "store", "restore", str(backup), "--key", str(site.folder / "backup.key"))

        assert ended.code == 2
        for name in ("bascule.yaml", "token", "note-key", "bascule.db"):
            mode = stat.S_IMODE((site.folder / name).stat().st_mode)
            assert f"{tmp_path}/there/{name} ({mode:04o} " in ended.said
        assert "Write these 7 files?" in ended.said
        assert not (tmp_path / "there").exists()

    def test_what_is_not_proven_is_named_in_the_question(self, tmp_path, backup):
        ended = _on(_there(tmp_path), "store", "restore", str(backup), "--unproven")

        assert ended.code == 2
        assert "Nobody knows who has made this backup (there is no key here" in ended.said
        assert "chooses the secrets, the people, the clusters and the standing orders of seine" in ended.said
        assert not (tmp_path / "there").exists()

    def test_the_key_beside_the_configuration_is_found(self, site, tmp_path, backup):
        (tmp_path / "there").mkdir()
        (tmp_path / "there/backup.key").write_bytes((site.folder / "backup.key").read_bytes())
        (tmp_path / "there/backup.key").chmod(0o600)

        assert _on(_there(tmp_path), "store", "restore", str(backup), "--yes").code == 0

    def test_a_backup_of_an_older_bascule_is_restored_where_it_is_asked_for(self, site, tmp_path, backup):
        kept = [member for member in members_of(backup) if member.name not in ("proof", "store.db")]
        store = next(member for member in members_of(backup) if member.name == "store.db")
        (tmp_path / "store.db").write_bytes(store.content)
        as_before_the_proof(backup, kept, tmp_path / "store.db")

        refused = _restore(site, tmp_path)
        ended = _restore(site, tmp_path, "--unproven")

        assert (refused.code, ended.code) == (3, 0), ended.said
        assert "nothing in this backup proves who has made it: it is of an older Bascule" in refused.said
        assert _orders(tmp_path / "there") == [(IntentKind.FREEZE, ordered_by("claire"), "the lights flicker")]

    def test_a_store_in_another_place_than_was_shown_is_not_written(self, site, tmp_path, backup):
        config = site.main.read_bytes().replace(b"sqlite:///bascule.db", f"sqlite:///{tmp_path}/cron".encode())
        ended = _on(_there(tmp_path), "store", "restore", str(self._forged(backup, bascule_yaml=config)), "--unproven", "--yes")

        assert ended.code == 3
        assert f"has its store at {tmp_path}/cron, which its list of places does not have" in ended.said
        assert not (tmp_path / "cron").exists()

    def test_a_variable_that_the_configuration_does_not_name_is_not_written(self, site, tmp_path, backup):
        members = [member for member in members_of(backup) if member.name != "proof"]
        manifest = {**json.loads(members[0].content), "variables": ["LD_PRELOAD"]}
        forged = [replace(members[0], content=json.dumps(manifest).encode()), *members[1:]]
        forge(backup, [*forged, Member(name="variables/LD_PRELOAD", content=b"/tmp/evil.so")])

        ended = _on(_there(tmp_path), "store", "restore", str(backup), "--unproven", "--yes")

        assert ended.code == 3
        assert "secrets that its configuration does not name (LD_PRELOAD)" in ended.said
        assert not (tmp_path / "there/bascule.env").exists()

    def test_no_file_beside_the_store_gets_another_owner(self, site, tmp_path, backup):
        """A place such as /etc/shado gave /etc/shadow away: owners were set by the beginning of a name."""
        members = [member for member in members_of(backup) if member.name != "proof"]
        manifest = json.loads(members[0].content)
        manifest["store"] |= {"owner": "nobody", "group": "nogroup"}
        forge(backup, [replace(members[0], content=json.dumps(manifest).encode()), *members[1:]])
        (tmp_path / "there").mkdir()
        (tmp_path / "there/bascule.dbshadow").write_text("root's")

        ended = _on(_there(tmp_path), "store", "restore", str(backup), "--unproven", "--yes")

        assert ended.code == 0, ended.said
        assert (tmp_path / "there/bascule.dbshadow").stat().st_uid == os.geteuid()
