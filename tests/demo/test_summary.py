"""When a demonstration counts as a success."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from provisioner.demo.summary import Summary
from provisioner.texts.languages import catalogue_of

DOCS = Path(__file__).parents[2] / "docs"

GOOD = Summary(
    agents=1700,
    ready=1700,
    sessions=1550,
    sessions_true=1550,
    sessions_expected=1550,
    sessions_peak=1550,
    sessions_peak_true=1550,
    log_ons=1703,
    log_offs=153,
    wall_seconds=60.0,
    virtual_seconds=600.0,
    writes_per_desktop=3.0,
    api_calls_per_desktop=4.6,
    cpu_ms_per_desktop=15.0,
    lock_timeouts=0,
    duplicates=0,
    orphans=0,
    bound_seconds=550.0,
    efficiency=0.917,
)


@pytest.mark.parametrize(
    ("changed", "faults"),
    [
        pytest.param({}, [], id="all is well"),
        pytest.param({"ready": 1699}, ["1699 of 1700 desktops are ready"], id="one is missing"),
        pytest.param({"agents": 0, "ready": 0}, ["0 of 0 desktops are ready"], id="nobody is no success"),
        pytest.param({"sessions": 1551}, ["1551 sessions counted, 1550 are open"], id="a session too many"),
        pytest.param({"sessions": 1549, "sessions_true": 1549}, ["1549 sessions, 1550 expected"], id="somebody did not log on"),
        pytest.param({"sessions_peak": 1551}, ["1551 sessions at once at most, 1550 in truth"], id="a log-off seen too late"),
        pytest.param({"duplicates": 1}, ["1 desktop is doubled"], id="a double"),
        pytest.param({"orphans": 2}, ["2 desktops are orphaned"], id="orphans"),
        pytest.param({"writes_per_desktop": 3.01}, ["3.01 writes a desktop"], id="a write too many"),
    ],
)
def test_faults(changed, faults):
    assert replace(GOOD, **changed).faults() == faults


def test_the_figures_for_programs_are_the_fields():
    figures = GOOD.figures()

    assert {"agents", "ready", "sessions_peak", "wall_seconds", "virtual_seconds", "writes_per_desktop"} <= figures.keys()
    assert {"api_calls_per_desktop", "cpu_ms_per_desktop", "lock_timeouts", "duplicates", "orphans"} <= figures.keys()
    assert {"bound_seconds", "efficiency"} <= figures.keys()


def test_people_see_every_figure():
    said = " ".join(f"{what} {figure}" for what, figure in GOOD.rows())

    for text in ("1700", "1550 / 1550", "1703 / 153", "60.0 s", "600 s", "550 s", "0.92", "3.00", "4.60", "15.0 ms", "0 / 0"):
        assert text in said


@pytest.mark.parametrize(("language", "shows"), [("en", str), ("fr", catalogue_of("fr").gettext)])
def test_the_page_to_try_it_shows_these_rows(language: str, shows: Callable[[str], str]):
    """Some of them, with the figures of a real run."""
    page = (DOCS / language / "try.md").read_text(encoding="utf-8")
    (sample,) = re.findall(r"(?ms)^```\n(agents .*?)^```$", page)
    shown = [re.split(r" +(?=\d)", line.replace("\N{NO-BREAK SPACE}", " "))[0] for line in sample.splitlines()]

    assert len(shown) >= 5
    assert set(shown) <= {shows(name).replace("\N{NO-BREAK SPACE}", " ") for name, _ in GOOD.rows()}
