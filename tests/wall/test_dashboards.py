"""The dashboards' JSON: up to date, whole, and readable by people who see colours differently."""

import itertools
import json
import re
from typing import Any

import pytest

from monitors.table import TABLE
from tests.wall import palette
from tests.wall.colours import distance, seen_as
from tests.wall.everything import FOLDER, files
from tests.wall.shipped import asked, dashboards, metrics_in
from tests.wall.texts import LANGUAGES
from tests.wall.unshown import UNSHOWN

ALL = [pytest.param(dashboard, id=name) for name, dashboard in dashboards().items()]
_LABELS = {row.name: set(row.labels) for row in TABLE}
DOCS = FOLDER.parents[2] / "docs"
_UNITS = {"none", "s", "bytes", "percentunit", "reqps"}


def test_the_files_are_what_the_code_makes():
    assert {path: path.read_text(encoding="utf-8") for path in FOLDER.glob("*/*.json")} == dict(files()), (
        "run `python -m tests.wall`"
    )


@pytest.mark.parametrize("dashboard", ALL)
def test_panels_lie_side_by_side_within_the_width_and_have_ids_of_their_own(dashboard: dict[str, Any]):
    taken: set[tuple[int, int]] = set()
    for panel in dashboard["panels"]:
        box = panel["gridPos"]
        cells = set(itertools.product(range(box["x"], box["x"] + box["w"]), range(box["y"], box["y"] + box["h"])))
        assert box["x"] + box["w"] <= 24
        assert not taken & cells, panel["title"]
        taken |= cells

    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])
    assert len(taken) == 24 * (1 + max(y for _, y in taken)), "no holes"


@pytest.mark.parametrize("dashboard", ALL)
def test_panels_say_what_they_show_and_what_to_do_and_ask_the_readers_source(dashboard: dict[str, Any]):
    for panel in dashboard["panels"]:
        references = [target["refId"] for target in panel["targets"]]
        assert panel["title"]
        assert len(panel["description"]) > 10
        assert references == sorted(set(references))
        assert {target["datasource"]["uid"] for target in panel["targets"]} == {"${datasource}"}
        assert panel["fieldConfig"]["defaults"]["unit"] in _UNITS
        assert len(panel["links"]) == 1


@pytest.mark.parametrize(("name", "dashboard"), dashboards().items())
def test_the_runbook_of_each_panel_exists_in_the_language_of_the_dashboard(name: str, dashboard: dict[str, Any]):
    """F21: French panels led to English pages."""
    folder = "fr/runbooks" if name.startswith("fr/") else "en/runbooks"
    pages = {f"${{docs}}/{folder}/{path.name}" for path in (DOCS / folder).glob("*.md")}

    assert {link["url"] for panel in dashboard["panels"] for link in panel["links"]} <= pages


@pytest.mark.parametrize("dashboard", ALL)
def test_variables_are_declared_and_used(dashboard: dict[str, Any]):
    declared = {variable["name"] for variable in dashboard["templating"]["list"]}
    used = set(re.findall(r"\$\{?(\w+)", str(dashboard["panels"]))) - {"__rate_interval", "__range"}

    assert used == declared


_SHOWN_TOGETHER = re.compile(r"bascule_\w*sessions\w*\{")
"""Metrics whose profiles are shown together if they have few people."""


@pytest.mark.parametrize("dashboard", ALL)
def test_a_variable_has_the_profiles_of_the_metrics_that_it_chooses_from(dashboard: dict[str, Any]):
    """F11: with a pool, `$profile` emptied six panels: sessions have no profile that is shown with others."""
    for variable in dashboard["templating"]["list"]:
        if variable["name"] != "profile":
            continue
        together = "bascule_sessions" in variable["query"]
        chosen = [
            target["expr"] for panel in dashboard["panels"] for target in panel["targets"] if "$profile" in target["expr"]
        ]

        assert chosen
        assert {bool(_SHOWN_TOGETHER.search(expression)) for expression in chosen} == {together}


_COUNTS_SESSIONS = re.compile(r"bascule_((pool|site|wave|profile)_)?sessions(_of_strangers|(_day)?_peak)?\b")
_UNKNOWN, _OLDEST = re.compile(r"bascule_(pool_)?desktops_sessions_unknown"), "bascule_sessions_oldest_reading_age_seconds"


def test_each_number_of_sessions_has_its_band_beside_it():
    """F13: 160 sessions were shown of 744, and nothing beside it said that the other desktops were not known."""
    for name, dashboard in dashboards().items():
        shown = [(panel, " ".join(target["expr"] for target in panel["targets"])) for panel in dashboard["panels"]]
        counting = [(panel, asks) for panel, asks in shown if _COUNTS_SESSIONS.search(asks)]
        assert [panel["title"] for panel, asks in counting if not _UNKNOWN.search(asks)] == [], name
        assert not counting or any(_OLDEST in asks for _, asks in counting), name


def test_every_dashboard_has_a_name_and_a_uid_of_its_own_in_each_language():
    found = dashboards()

    assert len({dashboard["uid"] for dashboard in found.values()}) == len(found)
    assert len({dashboard["title"] for dashboard in found.values()}) == len(found)
    assert all(set(dashboard["uid"]) <= set("abcdefghijklmnopqrstuvwxyz-") for dashboard in found.values())
    assert {name.partition("/")[0] for name in found} == set(LANGUAGES)


def test_both_languages_ask_the_same():
    assert [ask.expression for ask in asked("en")] == [ask.expression for ask in asked("fr")]


@pytest.mark.parametrize("ask", [pytest.param(ask, id=f"{ask.dashboard} {ask.where}: {n}") for n, ask in enumerate(asked())])
def test_expressions_name_metrics_and_labels_that_exist(ask: Any):
    assert metrics_in(ask.expression) <= _LABELS.keys()
    for name, selector in re.findall(r"(bascule_[a-z_0-9]+)\{([^}]*)\}", ask.expression):
        (metric,) = metrics_in(name)
        assert set(re.findall(r"(\w+)\s*[!=]=?~?\"", selector)) <= _LABELS[metric] | {"le"}


def test_each_metric_is_on_a_panel_or_it_is_said_why_not():
    """F23: 58 of 177 were on none."""
    shown = set[str]().union(*(metrics_in(ask.expression) for ask in asked()))

    assert _LABELS.keys() - shown - UNSHOWN.keys() == set(), "a panel, or a line in tests/wall/unshown.py"
    assert set(UNSHOWN) - _LABELS.keys() == set()
    assert len(shown & _LABELS.keys()) > 160


def test_the_crisis_room_fits_one_screen():
    """1080 lines: Grafana draws a unit in 30 + 8 of them, beside a head of 40 in kiosk mode."""
    for language in LANGUAGES:
        high = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in dashboards()[f"{language}/crisis"]["panels"])
        assert 40 + 38 * high <= 1080


@pytest.mark.parametrize("kind", ["protan", "deutan", "tritan"])
def test_colour_blind_people_tell_the_states_and_the_lines_apart(kind: str):
    states = (palette.GOOD, palette.LOOK, palette.ACT)
    nearest = [
        min(distance(seen_as(kind, first), seen_as(kind, second)) for first, second in itertools.combinations(colours, 2))
        for colours in (states, palette.SERIES[:5])
    ]

    assert min(nearest) >= 10  # CIE76: 2.3 is just noticeable


@pytest.mark.parametrize("ask", [pytest.param(ask, id=f"{ask.dashboard} {ask.where}: {n}") for n, ask in enumerate(asked())])
def test_no_duration_is_made_up_from_buckets(ask: Any):
    """F23: the duration of a cycle that was shown was where a bucket ends."""
    assert "histogram_quantile" not in ask.expression


_COLOUR = re.compile(r'"(?:fixedColor|color|iconColor)": "([^"]+)"')


@pytest.mark.parametrize("dashboard", ALL)
def test_every_colour_is_of_the_palette_and_none_is_left_to_grafana(dashboard: dict[str, Any]):
    """F23: `palette-classic` has reds and greens that colour-blind people mix up."""
    text = json.dumps(dashboard)
    ours = {colour for colour in vars(palette).values() if isinstance(colour, str) and colour.startswith("#")}

    assert "palette-classic" not in text
    assert set(_COLOUR.findall(text)) <= ours


def test_pictures_are_small():
    """They are looked at over a line of the countryside."""
    sizes = [path.stat().st_size for path in (DOCS / "pictures").iterdir()]

    assert sizes
    assert max(sizes) < 200_000
