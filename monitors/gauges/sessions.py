"""Sessions, and how old the knowledge of them is."""

from collections import Counter
from collections.abc import Mapping

from monitors.metric import Instants, Labels, Room, Rows, View
from provisioner.model.ids import ProfileName
from provisioner.model.machines.desktops import SessionState
from provisioner.model.machines.guest_bounds import Flow
from provisioner.model.session_counts import GroupKey, GroupKind
from provisioner.model.words import FirstBootWord, PushWord, SessionOrderWord

ROOM = Room("Sessions", of_cycle=True)
_SOURCES = ("push", "guest_agent", "ssh")


@ROOM.gauge(
    "sessions",
    "profile state",
    help="Open sessions on desktops as last read, by state.",
    query="sum by (state) (bascule_sessions)",
)
def sessions(view: View) -> Rows:
    return _by_state(view, view.census.sessions)


@ROOM.gauge(
    "sessions_peak",
    help="Most sessions open at once since the daemon started.",
    query="max_over_time(bascule_sessions_peak[1d])",
)
def peak(view: View) -> Rows:
    return {(): view.census.sessions_peak}


@ROOM.gauge(
    "desktops_sessions_unknown",
    "profile",
    help="Desktops with unknown sessions (not counted as zero).",
    query="sum(bascule_desktops_sessions_unknown)",
)
def unknown(view: View) -> Rows:
    return _by_profile(view, view.census.unknown_sessions)


@ROOM.gauge(
    "desktops_sessions_known",
    "profile",
    help="Desktops that are on and whose sessions are known: bascule_sessions is of these.",
    query="sum(bascule_desktops_sessions_unknown) / sum(bascule_desktops_sessions_known + bascule_desktops_sessions_unknown)",
)
def known(view: View) -> Rows:
    return _by_profile(view, view.census.known_sessions)


@ROOM.age(
    "sessions_oldest_reading",
    help="Age of the oldest document that bascule_sessions is of: who has come or gone since on that desktop is not counted. "
    "0: nothing is counted.",
    query="max(bascule_sessions_oldest_reading_age_seconds)",
)
def oldest_reading(view: View) -> Instants:
    return {(): view.status.session_figures.oldest_at}


@ROOM.gauge(
    "sessions_last_known",
    help="Sessions that desktops whose sessions are unknown had when they last said: they may go on. Not in bascule_sessions.",
    query="bascule_sessions_last_known / (bascule_sessions_last_known + on (instance) sum by (instance) (bascule_sessions))",
)
def last_known(view: View) -> Rows:
    return {(): view.status.session_figures.last_known}


@ROOM.gauge(
    "sessions_of_strangers",
    "profile state",
    help="Open sessions of people other than the desktop's agent, by state; they are part of bascule_sessions.",
    query="sum by (profile) (bascule_sessions_of_strangers) > 0",
)
def strangers(view: View) -> Rows:
    return _by_state(view, view.census.foreign_sessions)


@ROOM.gauge(
    "sessions_day_peak",
    help="Most sessions open at once today (UTC), to the event; kept through restarts of the daemon.",
    query="max_over_time(bascule_sessions_day_peak[7d])",
)
def day_peak(view: View) -> Rows:
    return {(): view.status.session_figures.day_peak}


@ROOM.gauge(
    "profile_sessions_day_peak",
    "profile",
    help="Most sessions open at once today (UTC) in the desktops of a profile, to the event. Not to be added up.",
)
def profile_peaks(view: View) -> Rows:
    return _of(GroupKind.PROFILE, view, view.status.session_figures.day_peaks)


@ROOM.gauge(
    "site_sessions",
    "site",
    help="Open sessions by the site of the desktop's agent; together as many as bascule_sessions.",
    query="topk(10, bascule_site_sessions)",
)
def site_sessions(view: View) -> Rows:
    return _of(GroupKind.SITE, view, view.status.session_figures.open)


@ROOM.gauge(
    "site_sessions_day_peak",
    "site",
    help="Most sessions open at once today (UTC) of the agents of a site, to the event. Not to be added up.",
)
def site_peaks(view: View) -> Rows:
    return _of(GroupKind.SITE, view, view.status.session_figures.day_peaks)


@ROOM.gauge(
    "wave_sessions",
    "wave",
    help="Open sessions by the wave of the desktop's agent; together as many as bascule_sessions.",
    query="sum by (wave) (bascule_wave_sessions) / sum by (wave) (bascule_desktops_wanted)",
)
def wave_sessions(view: View) -> Rows:
    return _of(GroupKind.WAVE, view, view.status.session_figures.open)


@ROOM.gauge(
    "wave_sessions_day_peak",
    "wave",
    help="Most sessions open at once today (UTC) of the agents of a wave, to the event. Not to be added up.",
)
def wave_peaks(view: View) -> Rows:
    return _of(GroupKind.WAVE, view, view.status.session_figures.day_peaks)


@ROOM.gauge(
    "desktops_heard",
    "source",
    help="Desktops that have said within half an hour who is logged on, by the way of their last document.",
    query="sum by (source) (bascule_desktops_heard)",
)
def heard(view: View) -> Rows:
    sources = view.status.session_figures.sources
    return {(source,): sources.get(source, 0) for source in _SOURCES}


@ROOM.total(
    "session_documents_total",
    "source",
    help="Documents of desktops taken in, by their way: pushed, or read through the guest agent or SSH.",
    query="sum by (source) (rate(bascule_session_documents_total[5m]))",
)
def documents(view: View) -> Rows:
    taken = view.status.session_figures.documents
    return {(source,): taken.get(source, 0) for source in _SOURCES}


@ROOM.total(
    "pushes_total",
    "result",
    help="Documents that desktops have pushed, by what became of them.",
    query='sum by (result) (increase(bascule_pushes_total{result!="accepted"}[1h])) > 0',
)
def pushes(view: View) -> Rows:
    counted = view.status.session_figures.pushes
    return {(word.value,): counted.get(word, 0) for word in PushWord}


@ROOM.gauge(
    "push_delay_seconds",
    help="Time that the last push of each desktop took to the daemon: the median over the desktops heard by push within half "
    "an hour, so that no single one moves it. Missing while there are none.",
    query="max_over_time(bascule_push_delay_seconds[15m])",
)
def push_delay(view: View) -> Rows:
    delay_s = view.status.session_figures.push_delay_s
    return {} if delay_s is None else {(): delay_s}


@ROOM.total(
    "sessions_inferred_total",
    help="Log-ons and log-offs that no event told of: counted when they were seen, not when they happened.",
    query="increase(bascule_sessions_inferred_total[1h])",
)
def inferred(view: View) -> Rows:
    return {(): view.status.session_figures.inferred}


@ROOM.total(
    "session_disagreements_total",
    help="Documents that show other sessions than the one before, without an event in between.",
    query="increase(bascule_session_disagreements_total[1h]) > 0",
)
def disagreements(view: View) -> Rows:
    return {(): view.status.session_figures.disagreements}


@ROOM.total(
    "host_key_changes_total",
    help="Desktops that have shown other SSH host keys than before: made anew, or somebody in between.",
    query="increase(bascule_host_key_changes_total[1d]) > 0",
)
def host_key_changes(view: View) -> Rows:
    return {(): view.status.session_figures.host_key_changes}


@ROOM.total(
    "first_boot_requests_total",
    "result",
    help="Requests of desktops for their first-boot data, by what became of them.",
    query='sum by (result) (increase(bascule_first_boot_requests_total{result!="given"}[1h])) > 0',
)
def first_boots(view: View) -> Rows:
    counted = view.status.session_figures.first_boots
    return {(word.value,): counted.get(word, 0) for word in FirstBootWord}


@ROOM.total(
    "session_orders_total",
    "result",
    help="Questions of desktops what to do with their sessions, by what became of them; messages and log-offs ordered.",
    query="sum by (result) (increase(bascule_session_orders_total[1h]))",
)
def session_orders(view: View) -> Rows:
    counted = view.status.session_figures.orders
    return {(word.value,): counted.get(word, 0) for word in SessionOrderWord}


@ROOM.total(
    "desktop_words_cut_total",
    "kind",
    help="What desktops have said or asked beyond their bounds, by its kind: not taken. The status names them for an hour.",
    query="sum by (kind) (increase(bascule_desktop_words_cut_total[1h])) > 0",
)
def cut(view: View) -> Rows:
    counted = view.status.session_figures.cut
    return {(flow.value,): counted.get(flow, 0) for flow in Flow}


def _shown(view: View, profile: str) -> str:
    return view.status.session_figures.groups.label(GroupKind.PROFILE, profile)


def _by_profile(view: View, counted: Mapping[ProfileName, int]) -> Rows:
    rows: Counter[Labels] = Counter()
    for profile in view.profiles:
        rows[(_shown(view, profile),)] += counted[ProfileName(profile)]
    return rows


def _by_state(view: View, counted: Mapping[tuple[ProfileName, SessionState], int]) -> Rows:
    rows: Counter[Labels] = Counter({(_shown(view, p), state.value): 0 for p in view.profiles for state in SessionState})
    for (profile, state), count in counted.items():
        rows[_shown(view, profile), state.value] += count
    return rows


def _of(kind: GroupKind, view: View, counts: Mapping[GroupKey, int]) -> Rows:
    profiles = dict.fromkeys((_shown(view, profile) for profile in view.profiles) if kind is GroupKind.PROFILE else (), 0)
    return {(label,): count for label, count in {**profiles, **view.status.session_figures.by(kind, counts)}.items()}
