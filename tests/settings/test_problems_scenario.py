"""One thing wrong in a scenario."""

import pytest

from tests.builders_settings import SURGE, a_site

NOT_READ = "is not read: add 'title' to directory.attributes.extra in bascule.yaml"
MOMENT = "must be a time with its zone, such as 2026-11-03 06:00 Europe/Paris or 2026-11-03T06:00:00+01:00"


@pytest.mark.parametrize(
    ("surge", "expected"),
    [
        pytest.param(SURGE, [], id="everyone at once is right"),
        pytest.param(
            SURGE + "  - {name: rest, who: {sites: [Melun]}}\n",
            ["surge.yaml:5:5 waves[1]: selects nobody: wave 'all' before it takes everyone"],
            id="nobody is left",
        ),
        pytest.param(
            "name: s\nwaves:\n  - {name: a, who: {sites: [Melun]}}\n  - {name: a, who: everyone}\n",
            ["surge.yaml:4:12 waves[1].name: wave 'a' is there already: each needs a name of its own"],
            id="two waves of one name",
        ),
        pytest.param(
            SURGE + "    interval: 4h\n",
            ["surge.yaml:3:5 waves[0]: has an interval but no size: say how many agents a batch has"],
            id="batches of no size",
        ),
        pytest.param(
            "starts_at: 2026-11-03 06:00\n" + SURGE, ["surge.yaml:1:12 starts_at: " + MOMENT], id="a time without a zone"
        ),
        pytest.param(
            "starts_at: 2026-11-03 06:00 Europe/Melun\n" + SURGE,
            ["surge.yaml:1:12 starts_at: names a time zone that is not known on this machine"],
            id="an unknown zone",
        ),
        pytest.param(
            "starts_at: 2026-03-29 02:30 Europe/Paris\n" + SURGE,
            ["surge.yaml:1:12 starts_at: does not exist: the clocks go forward in that hour"],
            id="an hour that is skipped",
        ),
        pytest.param("name: s\nwaves: []\n", ["surge.yaml:2:8 waves: must have at least 1 entry"], id="no wave"),
        pytest.param(
            "name: s\nwaves:\n  - {name: a, who: {attributes: {title: [chef]}}}\n",
            ["surge.yaml:3:34 waves[0].who.attributes.title: " + NOT_READ],
            id="an attribute that is not read",
        ),
        pytest.param("", ["surge.yaml:1:1 name: is missing", "surge.yaml:1:1 waves: is missing"], id="an empty file"),
    ],
)
def test_problems_of_the_scenario(tmp_path, surge, expected):
    assert a_site(tmp_path).append("scenario: surge.yaml\n").write("surge.yaml", surge).problems() == expected
