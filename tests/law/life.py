"""A trial whose daemon publishes after each cycle as production does."""

from random import Random

from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from monitors.collector import registry_of
from monitors.metric import Known
from monitors.recorder import Recorder
from provisioner.api.site import Noticeboard
from provisioner.daemon.publishing import Publisher
from provisioner.model.actions import Outcome
from provisioner.model.status import Status
from provisioner.pve.wire import ApiRequest, ApiResponse
from provisioner.twin.calls import VirtualClock
from provisioner.wrong.keeping import WrongList
from tests.chaos.trial import Trial
from tests.chaos.world import CLUSTER, World
from tests.law.figures import untrue_of_figures
from tests.law.heard import Heard, Series
from tests.law.listed import untrue_of_list
from tests.law.people import untrue_of_person
from tests.law.truth import SAMPLE_S, Past

_HUNG_AFTER_S, _HUNG_FOR_S = (60.0, 1200.0), (30.0, 5400.0)
_HANG = 3
_SCRAPED = 0.1
"""In so many cycles somebody reads the metrics, which takes longest."""
_CLOCK_S = 600.0
"""So long after the daemon's clock was put right, times from before are in what it says."""
_ASKED = 2
"""People in each cycle."""


class Life(Trial):
    """One seed. `untrue` has what was said, and was not so."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._chance = Random(f"the law of {world.seed}")
        self.past = Past(self.twin, directory=lambda: self.people.state == "back")
        self.untrue: list[str] = []
        self._wrong_clock_until = float("-inf")
        self._speaker: tuple[int, Publisher, Recorder, Noticeboard] | None = None

    def arm(self) -> None:
        """As the trial; besides, desktops hang now and then."""
        super().arm()
        self.every(SAMPLE_S, self.past.sample)
        for _ in range(self._chance.randint(0, _HANG)):
            self.events.at(self.events.now + self._chance.uniform(*_HUNG_AFTER_S), self._hangs)

    @property
    def over(self) -> bool:
        """Also once something untrue was said."""
        return bool(self.untrue) or super().over

    def judge_the_end(self) -> None:
        """A desktop that hangs for good is nobody's fault."""

    def observe(self, request: ApiRequest, response: ApiResponse | None) -> None:
        """When the cluster says what is on it."""
        super().observe(request, response)
        if request.path == "/cluster/resources" and response is not None and response.ok:
            self.past.answered_at = self.events.now

    def _hangs(self) -> None:
        ready = [guest for guest in self.hands.desktops() if guest.ready]
        if ready:
            guest = self._chance.choice(ready)
            self.note("scene", f"VM {guest.vmid} hangs")
            guest.hung = True
            self.events.after(self._chance.uniform(*_HUNG_FOR_S), lambda: setattr(guest, "hung", False))

    def _outcome(self, outcome: Outcome) -> None:
        super()._outcome(outcome)
        if self._speaker is not None:
            self._speaker[2].outcome(outcome)

    def _status(self, status: Status) -> None:
        super()._status(status)
        self.past.sample()
        publisher, recorder, board = self._speaking()
        publisher.status(status)
        recorder.status(status)
        assert board.last is not None
        metrics = _scraped(recorder, VirtualClock(self.events)) if self._chance.random() < _SCRAPED else None
        if self._machine.ahead_s:
            self._wrong_clock_until = self.events.now + _CLOCK_S
        if self.events.now < self._wrong_clock_until:
            return  # what it says of times is not so, and it cannot know that
        heard = Heard(published=board.last, scene=self, past=self.past, metrics=metrics)
        self.untrue += (f"at {self.events.now - self._began:.0f} s {text}" for text in self._judged(heard))

    def _judged(self, heard: Heard) -> list[str]:
        people = heard.published.status.roster.agents if heard.published.status.roster else {}
        asked = self._chance.sample(sorted(people), k=min(_ASKED, len(people)))
        of_people = (text for agent_id in asked for text in untrue_of_person(heard, people[agent_id]))
        return [*untrue_of_list(heard), *untrue_of_figures(heard), *of_people]

    def _speaking(self) -> tuple[Publisher, Recorder, Noticeboard]:
        """Of the present life: they are made anew with each."""
        if self._speaker is None or self._speaker[0] != self.lives:
            reconciler, board, wrong = self._reconciler, Noticeboard(), WrongList((CLUSTER,))
            assert reconciler is not None
            profiles, waves = tuple(self._config.profiles), tuple(wave.name for wave in self._config.scenario.waves)
            known = Known(profiles=profiles, clusters=(CLUSTER,), waves=waves)
            recorder = Recorder(clock=VirtualClock(self.events), known=known, wrong=wrong)
            self._speaker = (self.lives, Publisher(board, lambda: reconciler, wrong=wrong.of), recorder, board)
        return self._speaker[1:]


def _scraped(recorder: Recorder, clock: VirtualClock) -> Series:
    page = generate_latest(registry_of(recorder, clock=clock)).decode()
    samples = (sample for family in text_string_to_metric_families(page) for sample in family.samples)
    return {(sample.name, frozenset(sample.labels.items())): sample.value for sample in samples}


__all__ = ["Life"]
