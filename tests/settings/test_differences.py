"""What differs between two configurations: key by key, in the words of the files, and never a secret."""

from dataclasses import fields, replace
from pathlib import Path

import pytest

from provisioner.settings.reload import HIDDEN, differences
from provisioner.settings.values import Reload, Settings
from tests.builders.settings import SECRET, SURGE, a_site
from tests.settings.test_reload import changed


def keys_with_values(before, after):
    return [(each.key, each.before, each.after) for each in differences(before, after)]


def after(tmp_path, change):
    site = a_site(tmp_path)
    before = site.load()
    change(site)
    return before, site.load()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param(lambda site: site.append("# a word\n"), [], id="a comment"),
        pytest.param(lambda site: site.append("budget: {retry_cap: 5min}\n"), [], id="a default, written otherwise"),
        pytest.param(
            lambda site: site.append("budget: {retry_cap: 90s, clones_per_local_domain: 3}\n"),
            [("budget.clones_per_local_domain", "32", "3"), ("budget.retry_cap", "5min", "90s")],
            id="two keys of a section",
        ),
        pytest.param(
            lambda site: site.change("vcpus: 2", "vcpus: 4", name="standard.yaml"),
            [("profiles.standard.vcpus", "2", "4")],
            id="a profile's key",
        ),
        pytest.param(
            lambda site: site.change("pve!daemon", "pve!other").environment.update(MELUN_TOKEN="another-secret"),
            [
                ("clusters.melun.token_id", "bascule@pve!daemon", "bascule@pve!other"),
                ("clusters.melun.token_secret", HIDDEN, HIDDEN),
            ],
            id="a token and its secret",
        ),
        pytest.param(
            lambda site: site.write("note-key", "another key of many characters\n"),
            [("note_key", HIDDEN, HIDDEN)],
            id="a note key",
        ),
        pytest.param(
            lambda site: site.change("last: 21999", "last: 22999"),
            [("clusters.melun.vmids", "[20000, 21999]", "[20000, 22999]")],
            id="a range of VMIDs",
        ),
        pytest.param(
            lambda site: site.change("who: everyone", "who: {groups: [b, a]}"),
            [("entitlements[0].who.groups", "[]", "[a, b]")],
            id="who is entitled",
        ),
        pytest.param(
            lambda site: site.append("store: {journal_keep: never}\n"), [("store.journal_keep", "180d", "never")], id="for ever"
        ),
    ],
)
def test_each_key_is_named_as_in_its_file(tmp_path: Path, change, expected):
    assert keys_with_values(*after(tmp_path, change)) == expected


def test_a_scenario_that_is_removed_is_named_with_all_its_keys(tmp_path: Path):
    without = a_site(tmp_path).load()
    with_it = a_site(tmp_path / "x").write("surge.yaml", SURGE).append("scenario: surge.yaml\n").load()

    assert ("scenario", str(tmp_path / "x" / "surge.yaml"), None) in keys_with_values(
        with_it, replace(with_it, scenario_file=None)
    )
    assert ("scenario.name", "surge", None) in keys_with_values(with_it, replace(without, scenario=None))
    assert all(each.after is None for each in differences(with_it, replace(with_it, scenario=None, scenario_file=None)))


@pytest.mark.parametrize("field", [each for each in fields(Settings) if each.name != "sections"], ids=lambda field: field.name)
def test_no_field_is_forgotten_no_secret_is_shown_and_each_says_what_a_reload_does(tmp_path: Path, field):
    old = a_site(tmp_path).load()
    new = replace(old, **{field.name: changed(old, tmp_path)[field.name]})

    found = differences(old, new)

    assert found
    assert {each.reload for each in found} == {field.metadata["reload"]} <= set(Reload)
    texts = " ".join(f"{each.before} {each.after}" for each in found)
    assert SECRET not in texts
    assert old.note_key.secret.decode() not in texts
    assert " object at 0x" not in texts
