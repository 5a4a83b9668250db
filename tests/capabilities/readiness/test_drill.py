"""`bascule scenario drill`: a scenario is rehearsed on a twin, and reported as a surge is; nothing is made or kept."""

import pytest

from tests.builders.cli import SMALL_TWIN, a_lonely_site, bascule, files_of

pytestmark = pytest.mark.long

SCENARIO = """\
name: drill
waves:
  - {name: first, who: everyone, size: 2, interval: 10min}
"""


@pytest.fixture(scope="module")
def drilled(tmp_path_factory):
    site = a_lonely_site(tmp_path_factory.mktemp("drill"))
    site.write("twin.yaml", SMALL_TWIN)
    site.write("drill.yaml", SCENARIO)
    words = ("--on", "twin", "--twin", str(site.folder / "twin.yaml"), "--config", str(site.main))
    before = files_of(site.folder)
    ended = bascule("scenario", "drill", str(site.folder / "drill.yaml"), *words, "--json")
    assert files_of(site.folder) == before
    return ended


def test_a_drill_is_reported_as_a_surge_is(drilled):
    report = drilled.document

    assert drilled.code == 0, drilled.err
    assert (report["scenario"], report["anonymous"]) == ("drill", True)
    assert [(batch["batch"], batch["planned"], batch["ready"]) for batch in report["batches"]] == [(1, 2, 2), (2, 1, 1)]
    assert report["curve"][-1]["ready"] == 3
