"""`bascule forecast --picture FILE`: refused before anything is rehearsed, written whole, the same again."""

import re
import subprocess
import sys

import pytest

from tests.builders.cli import SMALL_TWIN, a_lonely_site, bascule, files_of

pytestmark = pytest.mark.long


@pytest.fixture
def site(tmp_path):
    site = a_lonely_site(tmp_path, agents=6)
    site.change("vmids: {pve1: 9001}", "vmids: {pve1: 9001, pve2: 9002}", name="standard.yaml")
    logins = ", ".join(re.findall(r"(?m)^uid: (\S+)", (site.folder / "people.ldif").read_text(encoding="utf-8"))[:2])
    waves = f"[{{name: 'crisis <cell>', who: {{logins: [{logins}]}}}}, {{name: everyone, who: everyone, after: 5min}}]"
    site.append("scenario: surge.yaml\n").write("surge.yaml", f"name: surge\nwaves: {waves}\n")
    return site.write("small.yaml", SMALL_TWIN)


def _pictured(site, name, *words):
    twin, picture = site.folder / "small.yaml", site.folder / name
    return bascule("forecast", "--config", str(site.main), "--twin", str(twin), "--picture", str(picture), *words)


def _texts(site, name):
    """Of a picture."""
    return set(re.findall(r">([^<>\n]+)</text>", (site.folder / name).read_text(encoding="utf-8")))


def test_a_picture_shows_the_verdict_the_waves_and_what_binds_each(site):
    ended = _pictured(site, "night.svg", "--by", "2099-01-01 08:00")

    assert (ended.code, ended.err) == (0, "")
    texts = _texts(site, "night.svg")
    assert {"yes: all would be ready by 2099-01-01 08:00", "6 of 6 wanted desktops would be ready", "desktops"} <= texts
    assert {"crisis &lt;cell&gt;", "everyone", "2 of 2", "4 of 4", "deadline 2099-01-01 08:00", "nine of ten cases"} <= texts
    assert any(text.strip().startswith("its opening, and the time of one boot") for text in texts)


def test_the_picture_is_whole_or_not_there_and_replaces_an_earlier_one(site):
    before = files_of(site.folder)
    picture = site.folder / "night.PNG"
    picture.write_text("an earlier one", encoding="utf-8")

    ended = _pictured(site, "night.PNG", "--json")

    assert ended.document["verdict"] == "yes"
    assert picture.read_bytes().startswith(b"\x89PNG\r\n")
    assert set(files_of(site.folder)) - set(before) == {"night.PNG"}


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        pytest.param("night.jpg", "the name must end with .svg or .png", id="a suffix that it does not know"),
        pytest.param("night", "the name must end with .svg or .png", id="no suffix"),
        pytest.param("nowhere/night.svg", "there is no folder", id="a folder that is not there"),
    ],
)
def test_a_picture_that_cannot_be_made_is_refused_before_anything_is_rehearsed(site, name, complaint):
    before = files_of(site.folder)

    ended = _pictured(site, name)

    assert (ended.code, ended.out, len(ended.err.splitlines())) == (2, "", 1)
    assert complaint in ended.err
    assert files_of(site.folder) == before


def test_a_picture_in_french_is_french(site, monkeypatch):
    monkeypatch.setenv("BASCULE_LANG", "fr")

    _pictured(site, "nuit.svg")

    assert {"postes", "prévus", "neuf cas sur dix", "2 sur 2"} <= _texts(site, "nuit.svg")


def test_the_command_loads_matplotlib_only_to_draw():
    loads = "import sys, provisioner.cli.forecast.command; sys.exit('matplotlib' in sys.modules or 'numpy' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", loads], timeout=60, check=False).returncode == 0
