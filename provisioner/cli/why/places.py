"""A node, a wave, or a directory entry that is not an agent, as lines of `why`."""

from collections.abc import Iterator, Mapping

from provisioner.cli.documents import (
    ClusterDocument,
    EntryWhy,
    NodeDocument,
    NodeWhy,
    ShortDocument,
    StorageDocument,
    WaveDocument,
    WaveWhy,
)
from provisioner.cli.surge.lines import eta_lines
from provisioner.cli.why_parts import clock, count_lines, order_lines
from provisioner.reasons.reason import ALSO, join_reasons
from provisioner.reasons.views import STATE_CORDONED, STATE_DRAINED, STATE_OFFLINE, STATE_ONLINE
from provisioner.texts.translate import N_, _, listed, plural, term, translated

_SHORT = {
    "memory": N_("short of memory: {left} MiB left"),
    "cores": N_("short of cores: {left} vCPUs left"),
    "storage": N_("short of storage {storage}: {left} GiB left"),
}
_SHORT_FOR = {
    "memory": N_("short of memory: {left} MiB left, a desktop that waits needs {needed}"),
    "cores": N_("short of cores: {left} vCPUs left, a desktop that waits needs {needed}"),
    "storage": N_("short of storage {storage}: {left} GiB left, a desktop that waits needs {needed}"),
}


def node_lines(why: NodeWhy) -> Iterator[str]:
    """Whether it takes desktops, what is on it, what is left and what is short."""
    name = f"{why['cluster']}/{why['name']}"
    if (node := why["node"]) is None:
        yield _("node {name}: its state is not known without the daemon", name=name)
        yield plural("{count} desktop was made for it", "{count} desktops were made for it", why["kept"] or 0)
    else:
        yield _("node {name}: {state}", name=name, state=_state(node))
        if why["observed"] is not None:
            yield from _observed(why["observed"])
        yield from _on_it(node, why["phases"])
        yield _left(node, why["storages"])
    for short in why["short"]:
        yield _short(short)
    yield from count_lines(N_("desktops on it:"), why["troubles"])
    yield from count_lines(N_("waiting because of it:"), why["waiting"])
    yield from order_lines(why["intents"])


def wave_lines(why: WaveWhy, *, at: str) -> Iterator[str]:
    """How far it is, and what the others wait for."""
    wave = why["wave"]
    if is_empty(wave):
        yield _(
            "wave '{wave}' of scenario '{scenario}' has nobody who is to have a desktop: it selects no agent, or people of "
            "earlier waves alone; `bascule check` names a group or a login that is not there",
            wave=wave["wave"],
            scenario=why["scenario"],
        )
        yield from order_lines(why["intents"])
        return
    yield plural(
        "wave '{wave}' of scenario '{scenario}': {ready} of {count} wanted desktop ready",
        "wave '{wave}' of scenario '{scenario}': {ready} of {count} wanted desktops ready",
        wave["wanted"],
        wave=wave["wave"],
        scenario=why["scenario"],
        ready=wave["ready"],
    )
    if why["phases"]:
        yield _("by phase: {phases}", phases=_phases(why["phases"]))
    if why["missing"]:
        yield plural("not created yet: {count} desktop", "not created yet: {count} desktops", why["missing"])
    yield from _later(wave, now=at)
    if why["binds"]:
        yield _("most of those that wait wait for: {binds}", binds=why["binds"])
    yield from count_lines(N_("waiting:"), why["waiting"])
    yield from count_lines(N_("failed or unknown:"), why["stuck"])
    yield from count_lines(N_("not wanted yet:"), why["later"])
    yield from order_lines(why["intents"])


def is_empty(wave: WaveDocument) -> bool:
    """Whether nobody is in it: then nothing can be said of it."""
    return not (wave["wanted"] or wave["ahead"] or wave["resting"] or wave["later"])


def entry_lines(entry: EntryWhy) -> Iterator[str]:
    """A directory entry, and why it is not an agent."""
    yield _("directory entry {entry} is not an agent: {why}", entry=entry["entry"], why=entry["because"]["text"])


def _state(node: NodeDocument) -> str:
    words = [STATE_ONLINE() if node["online"] else STATE_OFFLINE()]
    if node["cordoned"]:
        words.append(STATE_DRAINED() if node["drained"] else STATE_CORDONED())
    state = translated(join_reasons(words, ALSO))
    return _("{state} ({why})", state=state, why=node["because"]["text"]) if node["because"] is not None else state


def _observed(cluster: ClusterDocument) -> Iterator[str]:
    if cluster["quorate"] is False:
        yield _("cluster {cluster} has no quorum", cluster=cluster["cluster"])
    if cluster["paused"] is not None:
        yield _("cluster {cluster} is paused: {why}", cluster=cluster["cluster"], why=cluster["paused"]["text"])


def _on_it(node: NodeDocument, phases: Mapping[str, int]) -> Iterator[str]:
    text = plural("{count} desktop on it", "{count} desktops on it", node["desktops"])
    sessions = plural("{count} open session", "{count} open sessions", node["sessions"])
    yield listed(f"{text} ({_phases(phases)})" if phases else text, sessions)
    if node["sessions_unknown"]:
        yield plural("sessions of {count} desktop unknown", "sessions of {count} desktops unknown", node["sessions_unknown"])


def _left(node: NodeDocument, storages: list[StorageDocument]) -> str:
    memory, vcpus = (_number(node[key]) for key in ("memory_left_mib", "vcpus_left"))
    text = _("left for desktops: {memory} MiB of memory, {vcpus} vCPUs", memory=memory, vcpus=vcpus)
    parts = (_("{gib} GiB on {storage}", gib=_number(entry["left_gib"]), storage=entry["storage"]) for entry in storages)
    return ", ".join((text, *parts))


def _short(short: ShortDocument) -> str:
    texts = _SHORT if short["needed"] is None else _SHORT_FOR
    storage, left, needed = short["storage"], _number(short["left"]), _number(short["needed"])
    return _(texts[short["resource"]], storage=storage, left=left, needed=needed)


def _later(wave: WaveDocument, *, now: str) -> Iterator[str]:
    if wave["ahead"]:
        yield plural("made ahead of need: {count} desktop", "made ahead of need: {count} desktops", wave["ahead"])
    if wave["next_opens_at"]:
        yield _("the next batch opens at {time}", time=clock(wave["next_opens_at"]))
    if wave["late"]:
        yield plural("{count} desktop is late", "{count} desktops are late", wave["late"])
    if wave["next_due_at"]:
        yield _("the next deadline: {time}", time=clock(wave["next_due_at"]))
    yield from eta_lines([wave], now=now)


def _phases(phases: Mapping[str, int]) -> str:
    return ", ".join(f"{count} × {term('phase', phase)}" for phase, count in phases.items())


def _number(value: float | None) -> str:
    return "?" if value is None else f"{value:.0f}"
