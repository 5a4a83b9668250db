"""The dashboards on a site with two profiles, one of few people, and with a pool and a rotation (F11)."""

import re
from collections.abc import Iterator

import pytest
from prometheus_client.openmetrics.exposition import generate_latest

from monitors.collector import registry_of
from monitors.metric import KnownNames
from provisioner.capabilities.brokers.model import STATES, BrokerState
from provisioner.extensions import Parts
from provisioner.model.ids import ProfileName
from provisioner.model.pools import AfterPerson, Lend
from tests.builders.mixed_site import a_mixed_site, work
from tests.builders.monitors import SetClock, a_recorder
from tests.builders.pools import DESK
from tests.builders.rotation import a_rotation, a_scenario
from tests.monitors.everything import that_knows_everything
from tests.servers.prometheus import Prometheus, prometheus_with
from tests.wall.recorded import SCRAPE_S, Recording
from tests.wall.shipped import asked, dashboards, filled
from tests.wall.surge import Surge

_PROFILED = [
    (panel["title"], target["expr"])
    for panel in dashboards()["en/sessions"]["panels"]
    for target in panel["targets"]
    if "$profile" in target["expr"] and "offset" not in target["expr"]
]


@pytest.fixture(scope="module")
def scraped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Prometheus, float]]:
    """Six draw and four do not; half of them come to the pool at a time. And the time of the last scrape."""
    home, scenario = tmp_path_factory.mktemp("mixed"), a_scenario(a_rotation())
    site = a_mixed_site(office=4, scenario=scenario, lend=Lend.BY_PLAN, after_person=AfterPerson.RESTART, size=6)
    work(site, "shared")
    recorder = a_recorder(known=KnownNames(profiles=tuple(map(ProfileName, site.config.profiles))))
    registry, pages = registry_of(recorder, clock=site.clock), dict[float, str]()
    for _ in range(8):
        site.carry_out(site.look(after=SCRAPE_S))
        recorder.status(site.status)
        pages[site.clock.at] = generate_latest(registry).decode()
    Recording(surge=Surge(), pages=pages, moments={}).write(home / "mixed.txt")
    with prometheus_with(home / "mixed.txt", home) as server:
        yield server, max(pages)


@pytest.mark.real
@pytest.mark.parametrize(("title", "expression"), _PROFILED)
def test_whichever_profile_the_reader_chooses_no_panel_is_empty(scraped, title: str, expression: str):
    """F11: `$profile=` emptied six panels, because sessions had other labels than the variable."""
    server, at = scraped
    (variable,) = [each for each in dashboards()["en/sessions"]["templating"]["list"] if each["name"] == "profile"]
    asks = re.fullmatch(r"label_values\((\w+), (\w+)\)", variable["query"])
    assert asks
    profiles = server.label_values(asks[2], of=asks[1], begins=at - 600, ends=at)
    empty = [name for name in profiles if not server.query(filled(expression.replace("$profile", name)), at=at)]

    assert len(profiles) > 1
    assert not empty


@pytest.mark.real
def test_a_pool_of_a_fixed_size_is_on_the_wall(scraped):
    """F11: only pools that follow their people were."""
    server, at = scraped
    expressions = [ask.expression for ask in asked() if re.search(r"bascule_(pool|rotation)_", ask.expression)]
    silent = [expression for expression in expressions if not server.query(expression, at=at)]

    assert len(expressions) > 12
    assert not silent
    assert [found["metric"] for found in server.query("sum by (pool) (bascule_pool_size)", at=at)] == [{"pool": DESK}]


@pytest.mark.real
def test_what_only_some_sites_have_is_shown_where_it_is(tmp_path):
    """A pool that follows its people, a rotation and a broker: what no surge has."""
    clock = SetClock()
    registry = registry_of(
        that_knows_everything(Parts().having(STATES, (BrokerState(broker="guacamole", uses_at=0.0),))), clock=clock
    )
    pages = {clock.now() + n * SCRAPE_S: generate_latest(registry).decode() for n in range(1, 5)}
    Recording(surge=Surge(), pages=pages, moments={}).write(tmp_path / "everything.txt")
    of_some = re.compile(r"bascule_(pool|rotation|autoscale|broker)")
    expressions = [ask.expression for ask in asked() if of_some.search(ask.expression) and "increase" not in ask.expression]
    with prometheus_with(tmp_path / "everything.txt", tmp_path) as server:
        silent = {expression for expression in expressions if not server.query(expression, at=max(pages))}

    assert len(expressions) > 30
    assert silent == {"max(bascule_rotation_published_until_timestamp_seconds > 0) - time()"}, "no week is published"
