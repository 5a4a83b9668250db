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


def blind_fails(found: Found) -> tuple[bool, str]:
    """Every week of people in groups, with a buffer for people who come independently."""
    shares = [week["blind_waited_percent"] for week in found["weeks"] if "blind_waited_percent" in week]
    if not shares:
        return False, NOT_MEASURED
    return min(shares) > 1.0, f"{min(shares):g} to {max(shares):g} %, {len(shares)} days"
