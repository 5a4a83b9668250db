"""When a trial has ended, and what it has shown. Pure."""

from collections.abc import Mapping

from provisioner.model.ids import Instant, Seat
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.kept.records import DesktopRecord, Records
from provisioner.model.machines.desktops import FirstBoot, Phase, Unheard
from provisioner.model.machines.seats import trial_seat
from provisioner.model.people.profiles import Profile
from provisioner.model.site_config import SiteConfig
from provisioner.model.trials import places_of, trial_named
from provisioner.model.words import GuestWord
from provisioner.planning.demand.trials import profile_tried
from provisioner.planning.inputs import Situation
from provisioner.planning.survey.lifecycle import first_boot_failed
from provisioner.planning.survey.survey import Survey
from provisioner.reasons import trials as reasons
from provisioner.reasons.reason import ALSO, NONE, Reason, join_reasons
from provisioner.reasons.steps import LATE

_AGAINST = (IntentKind.FREEZE, IntentKind.HOLD)
"""Orders under which no desktop is made, or none is deleted."""
_UNUSABLE = frozenset({GuestWord.VERSION, GuestWord.UNREADABLE, GuestWord.CROWDED, GuestWord.OUTDATED})
_NO_AGENT = frozenset({GuestWord.NO_AGENT, GuestWord.NO_ANSWER})


def why_no_trial(order: Intent, records: Records, config: SiteConfig) -> Reason:
    """Why no trial desktop could be made and deleted; empty: it can be ordered."""
    name = trial_named(order.target)
    if name is None or name.profile not in config.profiles:
        return reasons.NAMES_PROFILE(name=order.target, profiles=join_reasons(sorted(config.profiles), ALSO))
    places = places_of(config.profiles[name.profile])
    if name.place is not None and name.place not in places:
        known = join_reasons(("/".join(place) for place in places), ALSO)
        return reasons.NAMES_STORAGE(name="/".join(name.place), profile=name.profile, storages=known)
    if against := next((intent.kind for intent in records.intents if intent.kind in _AGAINST), None):
        return reasons.STANDS_AGAINST(kind=against.value)
    standing = any(intent.kind is IntentKind.TRIAL and intent.target == order.target for intent in records.intents)
    left = next((desktop for desktop in records.reservations if desktop.seat == trial_seat(order.target)), None)
    return NONE if standing or left is None else reasons.LEFT_BEHIND(name=order.target, desktop=left.name)


def end_of_trial(intent: Intent, survey: Survey, situation: Situation, waits: Mapping[Seat, Reason]) -> Reason:
    """What the trial has shown; empty: it goes on. `waits`: what a seat's desktop waits for, by this cycle's plan.

    1. it is ready, and the order does not say until when it stays, for a probe; 2. it was given up; 3. its first boot has
    failed; 4. it took longer than its profile allows.
    """
    profile = situation.config.profiles.get(profile_tried(intent))
    if profile is None:
        return reasons.NO_PROFILE()
    desktop = survey.of_seat.get(trial_seat(intent.target))
    record = None if desktop is None else situation.records.desktops.get(desktop.name)
    if desktop is None or record is None:
        return _not_made(intent, profile, waits, situation.now)
    phase, why = survey.phases[desktop.name]
    if phase is Phase.READY:
        return NONE if intent.until is not None else _ready(record)
    if phase is Phase.FAILED:
        return reasons.FAILED(why=why)
    if first_boot_failed(record, situation.snapshot.clusters.get(desktop.cluster)):
        return reasons.FIRST_BOOT_FAILED()
    if record.started_at is None:
        return _not_made(intent, profile, waits, situation.now, why)
    late = situation.now > record.started_at + profile.ready_timeout_s
    return _not_ready(record, profile, why) if late else NONE


def _not_made(
    intent: Intent, profile: Profile, waits: Mapping[Seat, Reason], now: Instant, why: Reason = NONE
) -> Reason:  # fmt: skip
    """It may wait for others before its clone, and between its clone and its start, as long as each of these may take."""
    after_s = profile.clone_timeout_s + profile.start_timeout_s
    if now <= intent.at + after_s:
        return NONE
    return reasons.NOT_MADE(after_s=round(after_s), why=waits.get(trial_seat(intent.target), why) or LATE(after_s=after_s))


def _ready(record: DesktopRecord) -> Reason:
    report, began = record.report, record.started_at or record.reservation.reserved_at
    assert report is not None  # it is ready by its report
    boot_s = round(max(0.0, (report.ready_at or report.read_at) - began))
    if doubt := report.doubt(report.read_at):
        return reasons.UNDATED(boot_s=boot_s, why=doubt)
    return reasons.READY(made_s=round(began - record.reservation.reserved_at), boot_s=boot_s)


def _not_ready(record: DesktopRecord, profile: Profile, why: Reason) -> Reason:
    after_s = round(profile.ready_timeout_s)
    if record.unheard is not None:
        return _unheard(record.unheard, after_s)
    if record.report is None:
        return reasons.NOT_READY(after_s=after_s, why=why)
    done = record.report.first_boot is FirstBoot.DONE
    return reasons.PORT_CLOSED() if done else reasons.FIRST_BOOT_LONG(after_s=after_s)


def _unheard(unheard: Unheard, after_s: int) -> Reason:
    if unheard.word in _NO_AGENT:
        return reasons.NO_AGENT(after_s=after_s, why=unheard.text)
    if unheard.word is GuestWord.NO_FILE:
        return reasons.NO_SCRIPT(why=unheard.text)
    if unheard.word in _UNUSABLE:
        return reasons.BAD_REPORT(why=unheard.text)
    return reasons.NOT_READY(after_s=after_s, why=unheard.text)
