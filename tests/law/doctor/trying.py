"""`check` on a drawn site, then the daemon started there: whether what was said came."""

import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from provisioner.daemon.composition import site_config_of
from provisioner.doctor.cluster import examine
from provisioner.doctor.entitlement import profiles_used
from provisioner.doctor.findings import Finding, Grade
from provisioner.doctor.prospect import within_s
from provisioner.errors import StoreError
from provisioner.model.actions import Outcome
from provisioner.model.ids import GuestKey, Vmid
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.machines.desktops import Phase
from provisioner.model.people.agents import Roster
from provisioner.model.status import Status
from provisioner.model.words import JournalWord
from provisioner.ports import ApiCall
from provisioner.reasons import people, trials
from provisioner.reasons.reason import Reason
from provisioner.reconciler import Reconciler
from tests.law.doctor.breaking import break_some
from tests.law.doctor.site import Site, a_site

_EARLIER, _EARLIER_S = 0.4, 300.0
"""Such a share of the sites has desktops from before, made so long."""
_COME = 6
"""People who are new since."""
_SEEN_S = 30.0
"""By then the clusters show what was broken."""
FAILED_TRIALS = frozenset(
    each.code
    for each in (trials.NOT_MADE, trials.FAILED, trials.NO_AGENT, trials.NO_SCRIPT, trials.BAD_REPORT, trials.NOT_READY)
)
_NOBODY = frozenset(each.code for each in (people.NOBODY_READY, people.NO_STORE, people.NO_PEOPLE))


class Watch:
    """What comes of a life of the daemon."""

    def __init__(self, before: frozenset[GuestKey] = frozenset()) -> None:
        self.new: set[GuestKey] = set()
        """Desktops that are ready for people, and were not."""
        self.last: Status | None = None
        self._before = before

    def api_call(self, call: ApiCall) -> None:
        """No matter."""

    def outcome(self, outcome: Outcome) -> None:
        """No matter."""

    def directory_read(self, roster: Roster | None, error: str) -> None:
        """No matter."""

    def notice(self, subject: str, text: str) -> None:
        """No matter."""

    def status(self, status: Status) -> None:
        """After a cycle."""
        self.last = status
        ready = (each for each in status.desktops.values() if each.phase is Phase.READY and each.wanted)
        self.new |= {each.reservation.key for each in ready} - self._before

    @property
    def waiting(self) -> int | None:
        """People who are to have a desktop and have none that is ready; None: nobody knows who is wanted."""
        if self.last is None or self.last.roster is None:
            return None
        ready = {each.reservation.seat for each in self.last.desktops.values() if each.phase is Phase.READY}
        return len(self.last.demand.wants.keys() - ready)


@dataclass(frozen=True, kw_only=True)
class Tried:
    """One seed."""

    seed: int
    broken: tuple[str, ...]
    said: str
    """That nobody would be made ready, or that somebody would; empty: that nobody waits."""
    why: str
    faults: tuple[str, ...]
    """The codes of everything bad."""
    waiting: int | None
    """At the end; None: not known."""
    ready: int
    """Newly, within the time that was named."""
    waits_for: tuple[str, ...] = field(default=(), compare=False)
    unseen: bool = False
    trial: str = ""
    """The code of what `check --trial` shows, where nothing bad was found; empty: no trial was made."""

    @property
    def untrue(self) -> str:
        """What was said and is not so; empty: nothing."""
        if self.ready and self.said == "nobody":
            return f"{self.ready} were made ready, and the doctor says nobody would: {self.why}"
        if not self.ready and self.waiting != 0 and self.said != "nobody" and not self.shown_otherwise:
            return f"nobody was made ready, and the doctor says {self.said or 'that nobody waits'!r}: {self.waits_for}"
        return ""

    @property
    def shown_otherwise(self) -> bool:
        """Of what only a desktop that boots can show: a trial fails, or is left out because something else is bad."""
        return self.unseen and (bool(self.faults) or self.trial in FAILED_TRIALS)

    @property
    def under_law(self) -> bool:
        """Whether somebody was wanted."""
        return bool(self.ready) or self.waiting != 0


def try_seed(seed: int) -> Tried:
    """Draw, break, look, and let the daemon try."""
    with tempfile.TemporaryDirectory(prefix="doctor-law-") as folder:
        site = a_site(seed, Path(folder))
        if site.draw.random() < _EARLIER:
            _make_earlier(site)
        break_some(site)
        site.events.advance(site.events.now + _SEEN_S)
        return _tried(seed, site)


def _tried(seed: int, site: Site) -> Tried:
    findings = examine(site.settings, site.outside(), now=site.events.now)
    said, why = _said(findings)
    watch = Watch(_ready(site))
    with suppress(StoreError):
        site.live(watch, until=_until(site, watch, within_s(site_config_of(site.settings))))
    deferred = watch.last.plan.reasons if watch.last is not None else ()
    faults = tuple(sorted({finding.code for finding in findings if finding.grade is Grade.BAD}))
    shown_by_trial = not watch.new and said == "somebody" and not faults
    return Tried(
        seed=seed,
        broken=tuple(site.broken),
        said=said,
        why=why,
        faults=faults,
        waiting=0 if site.opens_later and watch.waiting is None else watch.waiting,
        ready=len(watch.new),
        waits_for=tuple(sorted({str(reason) for reason, _, _ in deferred}))[:3],
        unseen=site.unseen,
        trial=_trial(site) if shown_by_trial else "",
    )


def _trial(site: Site) -> str:
    """What `check --trial` shows of the first profile for which it fails."""
    for profile in sorted(profiles_used(site.settings)):
        name = f"{profile}/1"
        site.store.give(Intent(kind=IntentKind.TRIAL, by="the law", at=site.events.now, target=name))
        site.live(Watch(), until=lambda _, name=name: not _stands(site, name))  # type: ignore[misc]
        line = next(each for each in site.store.journal(subject=name) if each.result == JournalWord.WITHDRAWN)
        why = line.reason.arguments.get("why") if isinstance(line.reason, Reason) else None
        if isinstance(why, Reason) and why.code in FAILED_TRIALS:
            return why.code
    return "trial_ready"


def _stands(site: Site, name: str) -> bool:
    return any(intent.kind is IntentKind.TRIAL and intent.target == name for intent in site.store.intents())


def _said(findings: tuple[Finding, ...]) -> tuple[str, str]:
    for finding in findings:
        if finding.code in _NOBODY:
            return "nobody", str(finding.text)
        if finding.code == people.SOMEBODY_READY.code:
            return "somebody", str(finding.text)
    return "", ""


def _make_earlier(site: Site) -> None:
    """A daemon has worked there for some minutes; since then further people have come."""
    assert isinstance(site.people.roster, Roster)
    everybody = site.people.roster
    site.people.roster = Roster(read_at=everybody.read_at, agents=dict(sorted(everybody.agents.items())[: -_COME or None]))
    watch = Watch()
    site.live(watch, until=_until(site, watch, _EARLIER_S, all_of_it=True))
    site.people.roster = everybody


def _until(site: Site, watch: Watch, seconds: float, *, all_of_it: bool = False) -> Callable[[Reconciler], bool]:
    ends = site.events.now + seconds

    def over(_: Reconciler) -> bool:
        return site.events.now >= ends or (bool(watch.new) and not all_of_it)

    return over


def _ready(site: Site) -> frozenset[GuestKey]:
    return frozenset(
        GuestKey(cluster, Vmid(guest.vmid))
        for cluster, twin in site.twins.items()
        for guest in twin.cluster.guests.values()
        if guest.desktop and guest.ready
    )


__all__ = ["Tried", "try_seed"]
