"""`bascule check`, `store backup` and `store restore` are translated, except for names, values and words of other systems."""

from pathlib import Path

import pytest

from provisioner.cli.check.storage import show
from tests.builders.cli import a_lonely_site, ordered_by
from tests.builders.private import a_secret_file
from tests.builders.pseudo import pseudo, untranslated
from tests.builders.settings import Site
from tests.cli.test_check_storage import a_report

OF_OTHERS = "HTTPSConnectionPool Max retries exceeded with url Connection refused Errno No such file or directory UTC"
"""Words of the operating system and of libraries."""


@pytest.fixture
def site(tmp_path: Path) -> Site:
    (tmp_path / "here").mkdir()
    return a_lonely_site(tmp_path / "here")


def _untranslated(site: Site, *words: str, code: int, config: Path | None = None) -> set[str]:
    """The untranslated words of a run that ends with this exit code."""
    ended = pseudo(*words, "--config", str(config or site.main))
    assert ended.code == code, ended.said
    return set(untranslated((ended.out + ended.err).replace(str(site.folder.parent), "")))


@pytest.mark.parametrize("words", [(), ("directory",), ("storage",)])
def test_findings_of_a_site_whose_cluster_does_not_answer(site: Site, words: tuple[str, ...]) -> None:
    names = {
        "here",
        "melun",
        "standard",
        "everyone",
        "people",
        "ldif",
        "bascule",
        "yaml",
        "GET",
        "version",
        "access",
        "permissions",
    }

    found = _untranslated(site, "check", *words, code=0 if words == ("directory",) else 1)

    assert found <= names | set(OF_OTHERS.split())


def test_a_configuration_alone(site: Site) -> None:
    assert _untranslated(site, "check", "--offline", code=0) <= {"bascule", "yaml", "here"}


@pytest.mark.long
@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize("clones", [0, 100])
def test_advice_about_storages(clones: int, capsys: pytest.CaptureFixture[str]) -> None:
    show(a_report(clones=clones))

    assert set(untranslated(capsys.readouterr().out)) <= {"cluster", "lab", "thin", "standard", "min"}


def test_a_backup_and_what_comes_back(site: Site, tmp_path: Path) -> None:
    file, there = tmp_path / "backup", tmp_path / "there" / "bascule.yaml"
    assert pseudo("freeze", "--by", "claire", "--reason", "smoke", "--config", str(site.main)).code == 0
    by = {"claire", *ordered_by("").split(), "smoke"}
    paths = {"here", "there", "backup", "bascule", "yaml", "ca", "pem", "token", "note", "key", "people", "ldif", "standard"}
    paths |= {"profiles", "scenarios", "db", "UTC", "seine"}

    assert _untranslated(site, "store", "backup", str(file), code=0) <= paths
    key = ("--key", str(site.folder / "backup.key"))
    assert _untranslated(site, "store", "restore", str(file), *key, code=2, config=there) <= paths | by | {"no", "yes"}
    assert _untranslated(site, "store", "restore", str(file), code=3, config=there) <= paths | by
    assert _untranslated(site, "store", "restore", str(file), "--unproven", code=2, config=there) <= paths | by
    assert _untranslated(site, "store", "restore", str(file), *key, "--yes", code=0, config=there) <= paths | by


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("store", "backup", "there-already"), 3),
        (("store", "backup", "new", "--recipient", "age1", "--passphrase-file", "words"), 2),
        (("store", "backup", "new", "--passphrase-file", "no-file"), 3),
        (("store", "backup", "new", "--passphrase-file", "empty"), 3),
        (("store", "restore", "no-file"), 3),
        (("store", "restore", "there-already"), 3),
    ],
)
def test_a_backup_that_cannot_be(site: Site, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], code: int) -> None:
    monkeypatch.chdir(site.folder)
    (site.folder / "there-already").write_text("other", encoding="utf-8")
    a_secret_file(site.folder / "empty", "")

    quoted = {"bascule", "store", "backup", "Usage", "OPTIONS", "FILE", "no", "empty", "there"}
    assert _untranslated(site, *words, code=code) <= quoted | set(OF_OTHERS.split())
