"""A single problem in a scenario."""

import pytest

from provisioner.model.scenario.scenarios import PreparationLevel
from provisioner.settings.scenario import load_scenario
from tests.builders.settings import SURGE, a_site

NOT_READ = "is not read: add 'title' to directory.attributes.extra in bascule.yaml"
MOMENT = "must be a time with its zone, such as 2026-11-03 06:00 Europe/Paris or 2026-11-03T06:00:00+01:00"

LEVEL = "needs a level: say `prepare: stopped` or `prepare: running`"
TIME = (
    "leaves no time to prepare: the wave opens as soon as the scenario is in force; "
    "give the wave an after, or the scenario a starts_at"
)
USELESS = "prepares no desktop: each wave says `prepare: none`"


@pytest.mark.parametrize(
    ("surge", "expected"),
    [
        pytest.param(SURGE, [], id="everyone at once is right"),
        pytest.param(
            SURGE + "  - {name: rest, who: {sites: [Melun]}}\n",
            ["surge.yaml:5:5 waves[1]: selects no agent: wave 'all' before it selects everyone"],
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
            [
                "surge.yaml:1:12 starts_at: the time zone Europe/Melun is not known on this machine: write it as Europe/Paris, "
                "or a difference such as +01:00"
            ],
            id="an unknown zone",
        ),
        pytest.param(
            "starts_at: 2026-03-29 02:30 Europe/Paris\n" + SURGE,
            ["surge.yaml:1:12 starts_at: does not exist: the clocks go forward in that hour"],
            id="an hour that is skipped",
        ),
        pytest.param(
            SURGE + "    prepare: warm\n    after: 2h\n",
            ["surge.yaml:5:14 waves[0].prepare: must be 'none', 'stopped' or 'running'"],
            id="a level that there is not",
        ),
        pytest.param(
            "prepare: true\n" + SURGE,
            ["surge.yaml:1:10 prepare: must be 'none', 'stopped' or 'running'"],
            id="a level that is no word",
        ),
        pytest.param(
            SURGE + "    prepare: stopped\n    prepare_before: 0\n    after: 2h\n",
            ["surge.yaml:6:21 waves[0].prepare_before: must be more than 0"],
            id="a preparation that takes no time",
        ),
        pytest.param(
            SURGE + "    prepare_before: 12h\n    after: 2h\n",
            ["surge.yaml:5:21 waves[0].prepare_before: " + LEVEL],
            id="a time for no preparation",
        ),
        pytest.param(
            "prepare: stopped\n" + SURGE + "    prepare: none\n    prepare_before: 12h\n    after: 2h\n",
            ["surge.yaml:1:10 prepare: " + USELESS, "surge.yaml:7:21 waves[0].prepare_before: " + LEVEL],
            id="the scenario's level, and the only wave wants none",
        ),
        pytest.param(
            "prepare_before: 12h\n" + SURGE,
            ["surge.yaml:1:17 prepare_before: " + LEVEL],
            id="the scenario's time for no preparation",
        ),
        pytest.param(
            SURGE + "    prepare: running\n",
            ["surge.yaml:5:14 waves[0].prepare: " + TIME],
            id="a wave that opens before anything can be prepared",
        ),
        pytest.param("prepare: stopped\n" + SURGE, ["surge.yaml:1:10 prepare: " + TIME], id="no wave leaves time to prepare"),
        pytest.param(
            "prepare: stopped\nstarts_at: 2026-11-03 08:00 Europe/Paris\n" + SURGE, [], id="until it begins there is time"
        ),
        pytest.param(
            "name: s\nwaves: []\n", ["surge.yaml:2:8 waves: at least one wave is needed, or a rotation"], id="no wave"
        ),
        pytest.param(
            "name: s\nwaves:\n  - {name: a, who: {attributes: {title: [chef]}}}\n",
            ["surge.yaml:3:34 waves[0].who.attributes.title: " + NOT_READ],
            id="an attribute that is not read",
        ),
        pytest.param("", ["surge.yaml:1:1 name: is missing"], id="an empty file"),
    ],
)
def test_problems_of_the_scenario(tmp_path, surge, expected):
    assert a_site(tmp_path).append("scenario: surge.yaml\n").write("surge.yaml", surge).problems() == expected


def test_a_wave_is_prepared_as_it_says_or_else_as_the_scenario_says(tmp_path):
    file = tmp_path / "surge.yaml"
    file.write_text(
        "name: s\nstarts_at: 2026-11-03 08:00 Europe/Paris\nprepare: stopped\nprepare_before: 12h\nwaves:\n"
        "  - {name: a, who: {sites: [Melun]}}\n"
        "  - {name: b, who: {sites: [Meaux]}, prepare: running, prepare_before: 1h}\n"
        "  - {name: c, who: everyone, prepare: none}\n"
    )

    waves = load_scenario(file).waves

    assert [(wave.prepare, wave.prepare_before_s) for wave in waves] == [
        (PreparationLevel.STOPPED, 43_200.0), (PreparationLevel.RUNNING, 3_600.0), (PreparationLevel.NONE, 43_200.0)
    ]  # fmt: skip
