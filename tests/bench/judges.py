"""Whether a figure is good enough, and how it is told: pure functions of a sub-benchmark's result."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Found = Mapping[str, Any]
Judge = Callable[[Found], tuple[bool, str]]
"""Met or not, and what was measured, in words."""
PEERS = ("script", "ansible")


def mean_efficiency(twin: str, least: float) -> Judge:
    """Of all seeds; only where all that can be held were ready."""

    def judge(found: Found) -> tuple[bool, str]:
        runs, mean = found["twins"][twin]["runs"], found["twins"][twin]["mean"]["efficiency"]
        return mean >= least and all(
            map(_all_held, runs)
        ), f"{mean:.3f}, mean of {len(runs)} seeds, {found['agents']:,} desktops"

    return judge


def mean_timeouts(twin: str, most_percent: float) -> Judge:
    """Of all seeds, per hundred desktops."""

    def judge(found: Found) -> tuple[bool, str]:
        mean = found["twins"][twin]["mean"]["lock_timeouts_percent"]
        return mean <= most_percent, f"{mean:.2f} %, mean of {len(found['twins'][twin]['runs'])} seeds"

    return judge


def no_late_timeouts(twin: str) -> Judge:
    """Of any seed."""

    def judge(found: Found) -> tuple[bool, str]:
        late = sum(run["late_lock_timeouts"] for run in found["twins"][twin]["runs"])
        return late == 0, f"{late} in {len(found['twins'][twin]['runs'])} runs"

    return judge


def everybody_held(twin: str) -> Judge:
    """Under every seed: ready are all that the hardware alive at the end has room for, and each other one has a reason."""

    def judge(found: Found) -> tuple[bool, str]:
        runs = found["twins"][twin]["runs"]
        explained = all(sum(run["unmet"].values()) == run["wanted"] - run["ready"] and "" not in run["unmet"] for run in runs)
        worst = min(runs, key=lambda run: run["ready"] - run["can_hold"])
        reasons = "all others have a reason" if explained else "some have no reason"
        return all(map(_all_held, runs)) and explained, f"{worst['ready']:,} of {worst['can_hold']:,} at worst, {reasons}"

    return judge


def regret(twin: str, most: float) -> Judge:
    """At every speed of storage."""

    def judge(found: Found) -> tuple[bool, str]:
        cases = [one for one in found["cases"] if one["twin"] == twin]
        told = ", ".join(f"{_speed(one)} {one['regret']:.1%}" for one in cases)
        return bool(cases) and all(one["regret"] <= most for one in cases), told or "not measured"

    return judge


def timeouts_at_all_speeds(twin: str, most_percent: float) -> Judge:
    """Of the default settings."""

    def judge(found: Found) -> tuple[bool, str]:
        shares = [(_speed(one), one["default"]["timeouts_percent"]) for one in found["cases"] if one["twin"] == twin]
        told = ", ".join(f"{speed} {share:.2f} %" for speed, share in shares)
        return bool(shares) and all(share <= most_percent for _, share in shares), told or "not measured"

    return judge


def switch(key: str, *, most: float | None = None, least: float | None = None) -> Judge:
    """A figure of the real daemon's switch; only where everybody got ready."""

    def judge(found: Found) -> tuple[bool, str]:
        one = found["switch"]
        value, complete = one[key], one["failed"] == 0
        enough = value is not None and (most is None or value <= most) and (least is None or value >= least)
        return complete and enough, f"{value}, {one['ready']:,} of {one['desktops']:,} ready, clock × {one['scale']:g}"

    return judge


def peak_everywhere(most: float) -> Judge:
    """Of the daemon on every twin, in the larger of its runs."""

    def judge(found: Found) -> tuple[bool, str]:
        peaks = {name: max(race["bascule"]["peak_mib"] for race in races.values()) for name, races in found["twins"].items()}
        told = ", ".join(f"{name} {peak:g}" for name, peak in peaks.items())
        return bool(peaks) and max(peaks.values()) <= most, told or "not measured"

    return judge


def smallest(key: str, most: float, unit: str) -> Judge:
    """Of the smallest site."""
    return _of_size(0, key, most, unit)


def largest(key: str, most: float, unit: str) -> Judge:
    """Of the largest site."""
    return _of_size(-1, key, most, unit)


def times_the_smallest(key: str, most: float) -> Judge:
    """How many times the smallest site's cost the largest's is."""

    def judge(found: Found) -> tuple[bool, str]:
        one, times = found["sizes"][-1], found["largest_by_smallest"][key]
        return times <= most, f"× {times:g} ({one[key]:,.0f} ms at {one['desktops']:,})"

    return judge


def reading(at: int, key: str, most: float, unit: str) -> Judge:
    """Of the directory's size at that place: read to its last entry."""

    def judge(found: Found) -> tuple[bool, str]:
        one = found["sizes"][at]
        return one["people"] == one["wanted"] and one[key] <= most, f"{one[key]:g} {unit}, {one['people']:,} people"

    return judge


def nothing_unexplained(found: Found) -> tuple[bool, str]:
    """Of the random entries: each is an agent, or rejected with its reason."""
    one = found["fuzz"]
    told = f"{one['agents']:,} agents, {one['rejected']:,} rejected for {len(one['reasons'])} kinds of reasons"
    return one["agents"] + one["rejected"] == one["entries"] and one["without_reason"] == 0, told


def into_a_pool(most: float) -> Judge:
    """How many times longer a switch takes that clones into a pool, at worst; only where everybody got a desktop in it."""

    def judge(found: Found) -> tuple[bool, str]:
        shapes, agents = found["shapes"], found["agents"]
        complete = all(run["ready"] == run["members"] == agents for one in shapes for run in one["with"])
        told = ", ".join(f"{one['title']} {one['ratio']:.4f}" for one in shapes)
        return complete and all(one["ratio"] <= most for one in shapes), told

    return judge


def no_membership_lost(found: Found) -> tuple[bool, str]:
    """To a wait for the lock of user.cfg."""
    lost = {one["title"]: sum(run["user_cfg_timeouts"] for run in one["with"]) for one in found["shapes"]}
    told = ", ".join(f"{title} {count}" for title, count in lost.items())
    return not any(lost.values()), f"{told}, in {len(found['seeds'])} runs each"


def under_faults(most_percent: float) -> Judge:
    """How many VMs more than people wanted were there at once, in percent; at worst."""

    def judge(found: Found) -> tuple[bool, str]:
        worst = max(found["rows"], key=lambda row: (row["most"] - row["wanted"]) / row["wanted"])
        more = 100 * (worst["most"] - worst["wanted"]) / worst["wanted"]
        return more <= most_percent, f"{max(0.0, more):.1f} % at worst ({worst['row']}: {worst['what']})"

    return judge


def nobody_else_touched(found: Found) -> tuple[bool, str]:
    """No VM of others was written to or is otherwise than it was, and what else was to hold did."""
    touched, amiss = sum(len(row["touched"]) for row in found["rows"]), [row["row"] for row in found["rows"] if row["amiss"]]
    return not touched and not amiss, f"{touched} touched in {len(found['rows'])} faults" + "".join(f", {row}" for row in amiss)


def soon_told(most: int) -> Judge:
    """In how many cycles each reason stood in status, log and metric."""

    def judge(found: Found) -> tuple[bool, str]:
        rows = [row for row in found["rows"] if row["to_tell"]]
        late = [row for row in rows if any(one is None or one > most for one in row["cycles"].values())]
        told = f"{len(rows) - len(late)} of {len(rows)} reasons"
        return not late, told + "".join(f"; late: {row['row']}, {row['what']}" for row in late)

    return judge


def fewer_calls(twin: str, times: float) -> Judge:
    """Than each peer, a desktop. What it would be without the readings of guests, which peers do not make, is only told."""

    def judge(found: Found) -> tuple[bool, str]:
        races = dict(_races(found, twin))
        ratios = {peer: _calls(race[peer]) / _calls(race["bascule"]) for peer, race in races.items()}
        told = ", ".join(f"{ratio:.1f} times fewer than {peer}{_without(peer, races[peer])}" for peer, ratio in ratios.items())
        return ratios.keys() == set(PEERS) and min(ratios.values()) >= times, told or "not measured"

    return judge


def _calls(one: Found) -> float:
    return float(one["calls_per_desktop"])


def _without(peer: str, race: Found) -> str:
    own = race["bascule"]
    readings = sum(n for name, n in own["calls_per_desktop_by_endpoint"].items() if name.endswith("/agent/file-read"))
    return f" ({_calls(race[peer]) / (_calls(own) - readings):.1f} without readings of guests)"


def ahead(twin: str) -> Judge:
    """Of each peer: no more failed, and done earlier. A peer that loses desktops is never done.

    Where Bascule is not done either, it is to have as many ready as the peer ever had, earlier than the peer.
    """

    def judge(found: Found) -> tuple[bool, str]:
        races = dict(_races(found, twin))
        told = "; ".join(_race_told(peer, race) for peer, race in races.items())
        return races.keys() == set(PEERS) and all(_won(peer, race) for peer, race in races.items()), told or "not measured"

    return judge


def _won(peer: str, race: Found) -> bool:
    own, other = race["bascule"], race[peer]
    if own["failed"] == 0 < other["failed"]:
        return True
    return bool(own["failed"] <= other["failed"] and ready_after_s(own, other["ready"]) < other["makespan_s"])


def _race_told(peer: str, race: Found) -> str:
    own, other = race["bascule"], race[peer]
    as_many_s = ready_after_s(own, other["ready"])
    return (
        f"{peer}: {other['ready']} ready after {other['makespan_s']:g} s, {_failed(other)}; "
        f"Bascule: as many after {as_many_s:g} s, {own['ready']} after {own['makespan_s']:g} s, {_failed(own)}"
    )


def _failed(one: Found) -> str:
    return f"{one['failed']} failed" + (" and so never done" if one["failed"] else "")


def ready_after_s(one: Found, desktops: int) -> float:
    """Virtual seconds until so many were seen ready; infinite: never."""
    return next((after for ready, after in one["ready_after"] if ready >= desktops), float("inf"))


def _of_size(at: int, key: str, most: float, unit: str) -> Judge:
    def judge(found: Found) -> tuple[bool, str]:
        one = found["sizes"][at]
        return one[key] <= most, f"{one[key]:g} {unit} at {one['desktops']:,}"

    return judge


def _races(found: Found, twin: str) -> Iterator[tuple[str, Found]]:
    races: Mapping[str, Found] = found["twins"].get(twin, {})
    yield from races.items()


def _all_held(run: Found) -> bool:
    return bool(run["ready"] >= run["can_hold"])


def _speed(case: Found) -> str:
    return str(case["title"].removeprefix(f"{case['twin']} "))
