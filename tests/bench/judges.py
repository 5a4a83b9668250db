"""Whether a figure is good enough, and its text on the page: pure functions of a sub-benchmark's result."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

Found = Mapping[str, Any]
Judge = Callable[[Found], tuple[bool, str]]
"""Met or not, and what was measured, in words."""
PEERS = ("script", "ansible")
NOT_MEASURED = "not measured"


def mean_efficiency(twin: str, least: float) -> Judge:
    """Of all seeds; only where all that can be held were ready."""

    def judge(found: Found) -> tuple[bool, str]:
        runs, mean = found["twins"][twin]["runs"], found["twins"][twin]["mean"]["efficiency"]
        return mean >= least and all(map(_all_held, runs)), f"{mean:.3f}, {_seeds(runs)}, {found['agents']:,} desktops"

    return judge


def mean_timeouts(twin: str, most_percent: float) -> Judge:
    """Of all seeds, per hundred desktops."""

    def judge(found: Found) -> tuple[bool, str]:
        mean = found["twins"][twin]["mean"]["lock_timeouts_percent"]
        return mean <= most_percent, f"{mean:.2f} %, {_seeds(found['twins'][twin]['runs'])}"

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
        cases = [case for case in found["cases"] if case["twin"] == twin]
        message = ", ".join(f"{_speed(case)} {case['regret']:.1%}" for case in cases)
        return bool(cases) and all(case["regret"] <= most for case in cases), message or NOT_MEASURED

    return judge


def timeouts_at_all_speeds(twin: str, most_percent: float) -> Judge:
    """Of the default settings."""

    def judge(found: Found) -> tuple[bool, str]:
        shares = [(_speed(case), case["default"]["timeouts_percent"]) for case in found["cases"] if case["twin"] == twin]
        message = ", ".join(f"{speed} {share:.2f} %" for speed, share in shares)
        return bool(shares) and all(share <= most_percent for _, share in shares), message or NOT_MEASURED

    return judge


def switch(key: str, *, most: float | None = None, least: float | None = None) -> Judge:
    """A figure of the real daemon's switch; only where everybody got ready."""

    def judge(found: Found) -> tuple[bool, str]:
        switch = found["switch"]
        value, complete = switch.get(key), switch["failed"] == 0
        if value is None:
            return False, NOT_MEASURED
        enough = (most is None or value <= most) and (least is None or value >= least)
        return complete and enough, f"{value}, {switch['ready']:,} of {switch['desktops']:,} ready, clock × {switch['scale']:g}"

    return judge


def peak_everywhere(most: float) -> Judge:
    """Of the daemon on every twin, in the larger of its runs."""

    def judge(found: Found) -> tuple[bool, str]:
        peaks = {name: max(race["bascule"]["peak_mib"] for race in races.values()) for name, races in found["twins"].items()}
        message = ", ".join(f"{name} {peak:g}" for name, peak in peaks.items())
        return bool(peaks) and max(peaks.values()) <= most, message or NOT_MEASURED

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
        largest, times = found["sizes"][-1], found["largest_by_smallest"][key]
        return times <= most, f"× {times:g} ({largest[key]:,.0f} ms at {largest['desktops']:,})"

    return judge


def capacity(nodes: int, most_ms: float) -> Judge:
    """The dearest shape with so many nodes and one profile."""

    def judge(found: Found) -> tuple[bool, str]:
        dearest = max(shape["all_ms"] for shape in found["shapes"] if (shape["nodes"], shape["profiles"]) == (nodes, 1))
        return dearest <= most_ms, f"{dearest:.0f} ms"

    return judge


def forecasts(key: str, least: float, most: float) -> Judge:
    """A figure over all questions."""

    def judge(found: Found) -> tuple[bool, str]:
        figure = found[key]
        return figure is not None and least <= figure <= most, "none" if figure is None else f"{figure:.3g}"

    return judge


def fits(found: Found) -> tuple[bool, str]:
    """On each site that is too small, what binds is right, and two runs confirm the largest wave."""
    rows = found["rows"]
    right, confirmed = (
        sum(row["right"] for row in rows),
        sum(row["so_many_in_time"] and row["more_is_too_many"] for row in rows),
    )
    sizes = " to ".join(
        f"{people:,}" for people in sorted({min(row["people"] for row in rows), max(row["people"] for row in rows)})
    )
    return right == confirmed == len(rows), f"{right} and {confirmed} of {len(rows)}, {sizes} people"


def probes_name(least: float) -> Judge:
    """This share of the surges of each kind; the last kind, with nothing broken, has its own promise."""

    def judge(found: Found) -> tuple[bool, str]:
        rows = [row for row in found["rows"] if row["broken"] != "nothing"]
        said = ", ".join(f"{row['broken']} {row['named']}" for row in rows)
        return all(row["named"] >= least * row["surges"] for row in rows), f"{said} of {rows[0]['surges']}"

    return judge


def probes_silent(found: Found) -> tuple[bool, str]:
    """Where nothing is broken, nothing is named."""
    (row,) = (row for row in found["rows"] if row["broken"] == "nothing")
    return row["wrong"] == 0, f"{row['wrong']} of {row['surges']}"


def reading(at: int, key: str, most: float, unit: str) -> Judge:
    """Of the directory's size at that place: read to its last entry."""

    def judge(found: Found) -> tuple[bool, str]:
        size = found["sizes"][at]
        return size["people"] == size["wanted"] and size[key] <= most, f"{size[key]:g} {unit}, {size['people']:,} people"

    return judge


def nothing_unexplained(found: Found) -> tuple[bool, str]:
    """Of the random entries: each is an agent, or rejected with its reason."""
    fuzz = found["fuzz"]
    message = f"{fuzz['agents']:,} agents, {fuzz['rejected']:,} rejected for {len(fuzz['reasons'])} kinds of reasons"
    return fuzz["agents"] + fuzz["rejected"] == fuzz["entries"] and fuzz["without_reason"] == 0, message


def into_a_pool(most: float) -> Judge:
    """How many times longer a switch takes that clones into a pool, at worst; only where everybody got a desktop in it."""

    def judge(found: Found) -> tuple[bool, str]:
        shapes, agents = found["shapes"], found["agents"]
        complete = all(run["ready"] == run["members"] == agents for shape in shapes for run in shape["with"])
        message = ", ".join(f"{shape['title']} {shape['ratio']:.4f}" for shape in shapes)
        return complete and all(shape["ratio"] <= most for shape in shapes), message

    return judge


def no_membership_lost(found: Found) -> tuple[bool, str]:
    """To a wait for the lock of user.cfg."""
    lost = {shape["title"]: sum(run["user_cfg_timeouts"] for run in shape["with"]) for shape in found["shapes"]}
    message = ", ".join(f"{title} {count}" for title, count in lost.items())
    return not any(lost.values()), f"{message}, in {len(found['seeds'])} runs each"


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
        late = [row for row in rows if any(cycles is None or cycles > most for cycles in row["cycles"].values())]
        message = f"{len(rows) - len(late)} of {len(rows)} reasons"
        return not late, message + "".join(f"; late: {row['row']}, {row['what']}" for row in late)

    return judge


def fewer_calls(twin: str, times: float) -> Judge:
    """Fewer calls per desktop than each peer. The ratio without guest readings, which peers do not make, is only shown."""

    def judge(found: Found) -> tuple[bool, str]:
        races = dict(_races(found, twin))
        ratios = {peer: _calls(race[peer]) / _calls(race["bascule"]) for peer, race in races.items()}
        message = ", ".join(
            f"{ratio:.1f} times fewer than {peer}{_without(peer, races[peer])}" for peer, ratio in ratios.items()
        )
        return ratios.keys() == set(PEERS) and min(ratios.values()) >= times, message or NOT_MEASURED

    return judge


def _calls(racer: Found) -> float:
    return float(racer["calls_per_desktop"])


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
        message = "; ".join(_race_told(peer, race) for peer, race in races.items())
        return races.keys() == set(PEERS) and all(_won(peer, race) for peer, race in races.items()), message or NOT_MEASURED

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


def _failed(racer: Found) -> str:
    return f"{racer['failed']} failed" + (" and so never done" if racer["failed"] else "")


def ready_after_s(racer: Found, desktops: int) -> float:
    """Virtual seconds until so many were seen ready; infinite: never."""
    return next((after for ready, after in racer["ready_after"] if ready >= desktops), float("inf"))


def _of_size(at: int, key: str, most: float, unit: str) -> Judge:
    def judge(found: Found) -> tuple[bool, str]:
        size = found["sizes"][at]
        return size[key] <= most, f"{size[key]:g} {unit} at {size['desktops']:,}"

    return judge


def _seeds(runs: Sequence[Found]) -> str:
    return f"mean of {len(runs)} seeds" if len(runs) > 1 else "one seed"


def _races(found: Found, twin: str) -> Iterator[tuple[str, Found]]:
    races: Mapping[str, Found] = found["twins"].get(twin, {})
    yield from races.items()


def _all_held(run: Found) -> bool:
    return bool(run["ready"] >= run["can_hold"])


def _speed(case: Found) -> str:
    return str(case["title"].removeprefix(f"{case['twin']} "))
