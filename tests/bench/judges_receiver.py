"""Whether the receiver costs little enough."""

from tests.bench.judges import NOT_MEASURED, Found, Judge
from tests.bench.receiver.run import DESKTOPS

_ABSORBED_S = 15.0


def at_most(key: str, most: float, shown: str) -> Judge:
    """One figure; `shown`: how it is written."""

    def judge(found: Found) -> tuple[bool, str]:
        return found[key] <= most, shown.format(found[key])

    return judge


def absorbed(found: Found) -> tuple[bool, str]:
    """All reports at once: accepted by the daemon in time, none lost."""
    if found["together"] < DESKTOPS:
        return False, NOT_MEASURED
    took_s, lost, idle = found["together_accepted_s"], found["together_lost"], found["together_idle"]
    when = "not all" if took_s is None else f"{took_s:g} s"
    beside = f"the echo {found['together_echo_s']:g} s, with {idle:.0%} of the machine idle"
    return took_s is not None and took_s <= _ABSORBED_S and not lost, f"{when}, {lost} lost; {beside}"
