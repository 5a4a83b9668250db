"""Whether pools follow their people well enough."""

from tests.bench.judges import NOT_MEASURED, Found, Judge


def most_of(key: str, most: float, unit: str = "") -> Judge:
    """The worst of all weeks."""

    def judge(found: Found) -> tuple[bool, str]:
        worst = max((week[key] for week in found["weeks"]), default=None)
        if worst is None:
            return False, NOT_MEASURED
        return worst <= most, f"{worst:g}{unit} at worst, {len(found['weeks'])} weeks"

    return judge


UNUSUAL_SIZE = 200
"""People on a usual day: at a smaller site a single person is a large share of them, and one free desktop many hours."""


def unusual_most(key: str, most: float, unit: str = "") -> Judge:
    """The worst kind of unusual day, over all sites of a size."""

    def judge(found: Found) -> tuple[bool, str]:
        rows = [row for row in found["rows"] if row["people"] >= UNUSUAL_SIZE]
        if not rows:
            return False, NOT_MEASURED
        worst = max(rows, key=lambda row: float(row[key]))
        return worst[key] <= most, f"{worst[key]:g}{unit} at worst ({worst['kind']}, {worst['people']:,} people)"

    return judge


def blind_fails(found: Found) -> tuple[bool, str]:
    """Every week of people in groups, with a buffer for people who come independently."""
    shares = [week["blind_waited_percent"] for week in found["weeks"] if "blind_waited_percent" in week]
    if not shares:
        return False, NOT_MEASURED
    return min(shares) > 1.0, f"{min(shares):g} to {max(shares):g} %, {len(shares)} days"


def mornings_wait(found: Found) -> tuple[bool, str]:
    """The worst morning on a twin."""
    shares = [morning["waited_percent"] for morning in found["mornings"]]
    if not shares:
        return False, NOT_MEASURED
    alone = all(morning["most_on_one"] == 1 and not morning["unserved"] for morning in found["mornings"])
    return max(shares) <= 1.0 and alone, f"{max(shares):g} % at worst, {len(shares)} mornings"


def lends_quick(found: Found) -> tuple[bool, str]:
    """The time that 95 of 100 orders are answered in, and that nobody has two desktops."""
    good = found["p95_s"] < 2.0 and found["double"] == 0 and found["lent"] == found["orders"]
    return good, f"{found['p95_s']:g} s, {found['lent']} of {found['orders']} lent, {found['double']} double"


def rotation_right(found: Found) -> tuple[bool, str]:
    """Nobody is cut or waits without being told, and the pool never has more desktops than it may."""
    trials = found["trials"]
    if not trials:
        return False, NOT_MEASURED
    wrong = sum(trial["wrong"] for trial in trials)
    most = all(trial["most_desktops"] <= trial["pool"] for trial in trials)
    came, worked = sum(trial["came"] for trial in trials), sum(trial["worked"] for trial in trials)
    return wrong == 0 and most, f"{wrong} of {came} half-days, {worked} worked, {len(trials)} trials"
