"""A trial whose daemon publishes after each cycle as production does."""

from functools import partial
from random import Random

from monitors.collector import registry_of
from monitors.metric import KnownNames
from monitors.recorder import Recorder
from provisioner.api.site import Noticeboard
from provisioner.daemon.publishing import StatusPublisher
from provisioner.model.actions import Outcome
from provisioner.model.status import Status
from provisioner.planning.survey.surveyor import Surveyor
from provisioner.ports import Events, all_of
from provisioner.pve.wire import ApiRequest, ApiResponse
from provisioner.twin.calls import VirtualClock
from provisioner.wrong.keeping import WrongList
from tests.chaos.surroundings import Loss
from tests.chaos.trial import Trial
from tests.chaos.world import CLUSTER, World
from tests.law.besides import Besides, Crowd
from tests.law.figures import untrue_of_figures
from tests.law.heard import Heard, Series
from tests.law.listed import untrue_of_list
from tests.law.night import Night
from tests.law.people import untrue_of_person
from tests.law.recounted import untrue_of_recounted
from tests.law.trouble import Trouble
from tests.law.truth import SAMPLE_S, Past

_HUNG_AFTER_S, _HUNG_FOR_S = (60.0, 1200.0), (30.0, 5400.0)
_HANG = 3
_AWAY, _AWAY_AFTER_S, _DIRECTORY_S, _LOST_LOOKS = 0.4, (60.0, 900.0), 1500.0, 60
_TROUBLES, _TROUBLE_AFTER_S, _TROUBLE_FOR_S = 4, (20.0, 600.0), (30.0, 1800.0)
_SILENT_QUORUM, _LOST_QUESTIONS = 0.2, 8
_LONG, _LONG_S = 0.25, 4500.0
"""Such a share of lives lasts so long: by then a desktop that hangs is known to."""
_SCRAPED = 0.1
"""In so many cycles somebody reads the metrics, which takes longest."""
_CLOCK_S = 600.0
"""So long after the daemon's clock was put right, times from before are in what it says."""
_ASKED = 1
"""Of the people, in each cycle."""


class Life(Trial):
    """One seed. `untrue` has what was said, and was not so."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._chance = Random(f"the law of {world.seed}")
        self.people = self._crowd = Crowd(world.agents, self._machine.now, lambda: self.events.now)
        self.past = Past(self.twin, directory=lambda: self.people.state == "back")
        self.besides = Besides(self.twin, self._crowd)
        self.night = Night()
        self.untrue: list[str] = []
        self._wrong_clock_until = float("-inf")
        self._lasts_until = self._life_began_at = self.events.now
        self._speaker: tuple[int, StatusPublisher, Recorder, Noticeboard] | None = None

    def arm(self) -> None:
        """As the trial; besides, desktops hang now and then, and directory and cluster are away for long."""
        super().arm()
        self.every(SAMPLE_S, self.past.sample)
        draw, began = self._chance, self.events.now
        if draw.random() < _AWAY:
            self.events.at(began + draw.uniform(*_AWAY_AFTER_S), self._directory_away)
        if draw.random() < _AWAY and not self.world.tampered:
            self.events.at(began + draw.uniform(*_AWAY_AFTER_S), self._cluster_away)
        self._lasts_until = began + (_LONG_S if draw.random() < _LONG else 0.0)
        drawn = {each.thing: each for each in draw.sample(self.besides.troubles, k=draw.randint(0, _TROUBLES))}
        for trouble in drawn.values():
            at = began + draw.uniform(*_TROUBLE_AFTER_S)
            self.events.at(at, partial(self._trouble, trouble, on=True))
            self.events.at(at + draw.uniform(*_TROUBLE_FOR_S), partial(self._trouble, trouble, on=False))
        if draw.random() < _SILENT_QUORUM:
            self.events.at(began + draw.uniform(*_AWAY_AFTER_S), self._quorum_not_said)
        for _ in range(self._chance.randint(0, _HANG)):
            self.events.at(self.events.now + self._chance.uniform(*_HUNG_AFTER_S), self._hangs)

    @property
    def over(self) -> bool:
        """Also once something untrue was said; a long life goes on although everybody is served."""
        if self.untrue or self.judge.wrong:
            return True
        return super().over and self.events.now >= self._lasts_until

    def judge_the_end(self) -> None:
        """A desktop that hangs for good is nobody's fault. What was noted of times while the clock was wrong is wrong, too."""
        if self._wrong_clock_until == float("-inf"):
            self.untrue += self.night.untrue()

    def observe(self, request: ApiRequest, response: ApiResponse | None) -> None:
        """When the cluster says what is on it."""
        super().observe(request, response)
        if response is not None and response.ok and request.path == "/cluster/resources":
            self.past.answers()
        if response is None and request.path == "/cluster/status":
            self.past.quorum_asked_at = self.events.now
        if response is not None and response.ok and request.path == "/cluster/status":
            self.past.quorum_at = self.events.now

    def _trouble(self, trouble: Trouble, *, on: bool) -> None:
        self.note("scene", f"{trouble.what}: {'from now on' if on else 'no more'}")
        trouble.set(on, self.events.now)
        if self._reconciler is not None:
            self.besides.tell(self._reconciler)

    def _quorum_not_said(self) -> None:
        self.note("scene", "the cluster does not say whether it has its quorum")
        self.losses.append(Loss(endpoint="/cluster/status", how="before", left=_LOST_QUESTIONS))

    def _directory_away(self) -> None:
        self.note("scene", "the directory is away for long")
        self.people.state = "unreachable"
        self.events.after(_DIRECTORY_S, lambda: setattr(self.people, "state", "back"))

    def _cluster_away(self) -> None:
        self.note("scene", f"{_LOST_LOOKS} looks at the cluster are lost")
        self.losses.append(Loss(endpoint="/cluster/resources", how="before", left=_LOST_LOOKS))

    def _hangs(self) -> None:
        ready = [guest for guest in self.hands.desktops() if guest.ready]
        if ready:
            guest = self._chance.choice(ready)
            self.note("scene", f"VM {guest.vmid} hangs")
            guest.hung = True
            self.events.after(self._chance.uniform(*_HUNG_FOR_S), lambda: setattr(guest, "hung", False))

    def _surveyed(self) -> tuple[Surveyor, Events]:
        """Whether a change is overlooked is what the chaos suite plays: here the time is spent on what is said."""
        return Surveyor(), all_of(())

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
        self.night.hear(status, self._store)
        assert board.last is not None
        metrics = _scraped(recorder, VirtualClock(self.events)) if self._chance.random() < _SCRAPED else None
        if self._machine.ahead_s:
            self._wrong_clock_until = self.events.now + _CLOCK_S
        if self.events.now < self._wrong_clock_until:
            return  # what it says of times is not so, and it cannot know that
        heard = Heard(published=board.last, scene=self, past=self.past, metrics=metrics, began_at=self._life_began_at)
        self.untrue += (f"at {self.events.now - self._began:.0f} s {text}" for text in self._judged(heard))

    def _judged(self, heard: Heard) -> list[str]:
        people = heard.published.status.roster.agents if heard.published.status.roster else {}
        asked = self._chance.sample(sorted(people), k=min(_ASKED, len(people)))
        of_people = (text for agent_id in asked for text in untrue_of_person(heard, people[agent_id]))
        of_troubles = (text for trouble in self.besides.troubles for text in trouble.untrue(heard))
        return [*untrue_of_list(heard), *untrue_of_recounted(heard), *untrue_of_figures(heard), *of_troubles, *of_people]

    def _speaking(self) -> tuple[StatusPublisher, Recorder, Noticeboard]:
        """Of the present life: they are made anew with each."""
        if self._speaker is None or self._speaker[0] != self.lives:
            reconciler, board, wrong = self._reconciler, Noticeboard(), WrongList((CLUSTER,))
            assert reconciler is not None
            self._life_began_at = self.events.now
            self.besides.tell(reconciler)
            self.night.begin(wrong, self._store, self.events.now)
            profiles, waves = tuple(self._config.profiles), tuple(wave.name for wave in self._config.scenario.waves)
            known = KnownNames(profiles=profiles, clusters=(CLUSTER,), waves=waves)
            recorder = Recorder(clock=VirtualClock(self.events), known=known, wrong=wrong)
            self._speaker = (self.lives, StatusPublisher(board, lambda: reconciler, wrong=wrong.of), recorder, board)
        return self._speaker[1:]


def _scraped(recorder: Recorder, clock: VirtualClock) -> Series:
    samples = (sample for family in registry_of(recorder, clock=clock).collect() for sample in family.samples)
    return {(sample.name, frozenset(sample.labels.items())): sample.value for sample in samples}


__all__ = ["Life"]
