"""With the Sunday file in the product: a week-end in virtual time, at the site that `init` writes.

Run by `test_sunday_file`, in a copy that has the policy. Half of the people work at counters, which are shut on Sundays.
"""

import re
from contextvars import copy_context
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from monitors.census import Census
from monitors.gauges.waves import resting
from monitors.stages import Stopwatch, TimedStage
from provisioner.cli import times
from provisioner.cli.operating.status_text import status_lines
from provisioner.cli.output import plain
from provisioner.cli.why.seat import seat_lines
from provisioner.daemon.offline_status import situation_of
from provisioner.model.intents import Intent, IntentKind, Terms
from provisioner.model.machines.desktops import Phase
from provisioner.model.scenario.etas import WaveOutlook
from provisioner.model.scenario.surges import SurgeState, SurgeTerms
from provisioner.planning.report.progress import progress_of
from provisioner.rehearsal.rehearse import Rehearsal
from provisioner.settings.site_zone import SiteZone
from provisioner.views.person.document import person_document
from provisioner.views.status import status_document
from provisioner.views.surge import surge_document
from provisioner.views.waves import waves_document
from provisioner.views.why.document import why_document
from provisioner.wrong.listing import wrong_in
from tests.builders.core import an_agent
from tests.builders.init import config_in, site_of_init
from tests.builders.person import published_by
from tests.builders.reconciler import Listener
from tests.builders.rehearsal import a_stage
from tests.builders.twin import a_spec
from tests.monitors.test_pools import read
from tests.rehearsal.test_outside_hours import go_on_to

ZONE = "Pacific/Auckland"
"""Half a day from UTC: a Sunday there is another one."""
AGENTS, BATCH = 12, 6
"""Half of each batch work at counters."""
SCENARIO = f"""\
name: week-end
calendar: departement
waves:
  - name: everyone
    who: everyone
    ready_by: start + 2h
    batches: {{size: {BATCH}, every: 30h}}
    gate: {{ready: 100%}}
"""
PROFILES = "\nprofiles:\n  standard: profiles/standard.yaml\n"
ENTITLED = "\nentitlements:\n"
COUNTERS = "  - profile: counter\n    who:\n      groups: [counters]\n"
OF_THE_SITE = frozenset({"surge_paused"})
SATURDAY, SUNDAY, MONDAY = "2027-01-16", "2027-01-17", "2027-01-18"


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE)).timestamp()


def a_config(spec, folder):
    """As `init` writes it, and a second profile, who gets it, and the scenario."""
    site = site_of_init(spec, folder, timezone=ZONE)
    (site / "profiles" / "counter.yaml").write_text((site / "profiles" / "standard.yaml").read_text())
    (site / "scenarios" / "week-end.yaml").write_text(SCENARIO)
    text = (site / "bascule.yaml").read_text()
    for old, new in (
        (PROFILES, f"{PROFILES}  counter: profiles/counter.yaml\n"),
        (ENTITLED, f"{ENTITLED}{COUNTERS}"),
        ("scenario: scenarios/everyone.yaml", "scenario: scenarios/week-end.yaml"),
    ):
        assert text.count(old) == 1
        text = text.replace(old, new)
    (site / "bascule.yaml").write_text(text)
    config = config_in(site)
    assert (sorted(config.profiles), config.scenario.calendar.zone) == (["counter", "standard"], ZONE)
    return replace(config, scenario=replace(config.scenario, by_hand=False))


class Counts(Listener):
    """What metrics count at each cycle's end."""

    def __init__(self):
        super().__init__()
        self.census, self.stopwatch = Census(), Stopwatch()
        self.waits = []
        """How long each person has waited for a ready desktop."""
        self.wrongly = set()
        """Whose desktop rested, and who counted as waiting."""

    def outcome(self, outcome):
        list(self.stopwatch.outcome(outcome))

    def status(self, status):
        self.census.follow(status)
        self.wrongly |= self.census.waiting.keys() & status.demand.resting.keys()
        self.waits += [lap.seconds for lap in self.stopwatch.status(status) if lap.stage is TimedStage.WHOLE]


class WeekEnd:
    """From Saturday morning on, with all that is counted meanwhile."""

    def __init__(self, folder, begins=f"{SATURDAY}T09:00"):
        spec, self.counts = a_spec(nodes=2), Counts()
        agents = [an_agent(number, groups=frozenset({"counters"} if number % 2 else ())) for number in range(1, AGENTS + 1)]
        config, listeners = a_config(spec, folder), (self.counts,)
        self.rehearsal = Rehearsal(a_stage(spec, agents=agents, config=config, begins_at=at(begins), listeners=listeners))
        self.reconciler, self.clusters = self.rehearsal.reconciler, self.rehearsal.twins

    @property
    def status(self):
        return self.reconciler.status

    def go_on(self, until):
        """Until then; returns how many are ready, and how many rest."""
        ready = go_on_to(self.rehearsal, at(until))
        return ready, len(self.status.demand.resting)

    def order(self, event):
        order = Intent(
            kind=IntentKind.SURGE, by="zoe", at=self.rehearsal.events.now, target=event, terms=Terms(surge=SurgeTerms())
        )
        assert self.reconciler.obey(order) == ""
        self.rehearsal.watch.moved_at = order.at


def heard(site):
    """Nobody waits, is late, or is wrong, whoever asks."""
    status = site.status
    (wave,) = waves_document(published_by(site)).waves
    late = {eta.outlook for eta in status.etas.values()} - {WaveOutlook.IN_TIME}
    wrong = [entry.code for entry in wrong_in(status, tuple(site.clusters)) if entry.code not in OF_THE_SITE]
    return (
        wave.late,
        wave.ahead,
        late,
        wrong,
        dict(site.counts.census.waiting),
        status.oldest_queued_at,
        list(status.plan.reasons),
    )


def shown(words):
    """By the site's clock."""

    def say():
        times.begin(now=at(f"{SUNDAY}T12:00"))
        times.use_zone(SiteZone(ZONE))
        return [times.in_words(line) for line in words()]

    return copy_context().run(say)


def nobody_wrote(_subject):
    return ()


def test_what_rests_on_sunday_is_late_wrong_and_waited_for_nowhere(tmp_path):
    site = WeekEnd(tmp_path)
    assert site.go_on(f"{SATURDAY}T10:00") == (BATCH, 0)
    site.order("pause")
    assert site.go_on(f"{SATURDAY}T23:59") == (BATCH, 0)
    waited = len(site.counts.waits)

    assert site.go_on(f"{SUNDAY}T08:00") == (BATCH // 2, BATCH // 2)
    assert heard(site) == (0, 0, set(), [], {}, None, [])
    status = site.status
    assert status.phases == {Phase.READY: BATCH // 2, Phase.STOPPED: BATCH // 2}
    assert read(resting, status) == {("off",): BATCH // 2, ("on",): 0}
    assert next(batch.ready for batch in progress_of(status).batches) == BATCH
    offline = situation_of(site.reconciler.config, site.reconciler.records, status.snapshot, status.at)
    assert offline.demand.resting.keys() == status.demand.resting.keys()

    site.order("resume")
    assert site.go_on(f"{SUNDAY}T20:00") == (AGENTS - BATCH // 2, BATCH // 2)
    assert heard(site) == (0, 0, set(), [], {}, None, [])
    assert site.reconciler.records.surge.state is SurgeState.RUNNING
    assert len(site.counts.waits) == waited + BATCH

    site.go_on(f"{SUNDAY}T23:59:20")
    assert site.status.phases.keys() - {Phase.READY} <= {Phase.STARTING, Phase.STOPPED}
    assert (len(site.status.demand.wants), len(site.status.demand.resting)) == (AGENTS, BATCH // 2)
    assert heard(site)[:-1] == (0, 0, set(), [], {}, None)

    assert site.go_on(f"{MONDAY}T00:01") == (AGENTS, 0)
    assert heard(site) == (0, 0, set(), [], {}, None, [])
    assert (len(site.status.demand.wants), len(site.counts.waits), site.counts.wrongly) == (AGENTS, waited + BATCH, set())


def test_it_is_said_until_when_and_why(tmp_path):
    site = WeekEnd(tmp_path)
    site.go_on(f"{SUNDAY}T12:00")
    published = published_by(site)
    document = {"daemon": None, "config": None, "status": plain(status_document(published))}

    assert f"on Sundays, until {MONDAY} 00:00:00: {BATCH // 2} desktops are off, 0 still on" in shown(
        lambda: status_lines(document, columns=1000)
    )
    assert surge_document(published).resting.when.code == "on_sundays"
    card = person_document(published, "login0001", nobody_wrote, now=published.status.at, within_s=120.0)
    (says,) = shown(lambda: [plain(card)["card"]["says"]["text"]])
    assert re.fullmatch(r"Agent 1 has desktop vd-\d+, which is off on Sundays: it is started again at 23:5\d", says)
    seat = plain(why_document(published, "login0001", nobody_wrote))["seat"]
    assert "wanted: off (the counters are shut on Sundays: rests until Monday 2027-01-18 00:00)" in shown(
        lambda: seat_lines(seat, document["status"]["at"])
    )
    assert seat["waits_since"] is None


def test_a_forecast_goes_on_until_monday(tmp_path):
    forecast = WeekEnd(tmp_path, begins=f"{SATURDAY}T16:00").rehearsal.run()

    assert (forecast.wanted, forecast.ready, forecast.unmet) == (AGENTS, AGENTS, {})
