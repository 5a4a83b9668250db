"""Judges of warnings of waves that will be late, and of their bands."""

from tests.bench.judges import NOT_MEASURED, Found


def in_time(found: Found) -> tuple[bool, str]:
    """Of the disturbed waves that were late."""
    if not found["late"]:
        return False, NOT_MEASURED
    message = f"{found['good']} of {found['late']}, shapes from seed {found['seed']}"
    return bool(found["good"] >= 0.95 * found["late"]), message


def in_vain(found: Found) -> tuple[bool, str]:
    """Of the undisturbed waves."""
    return bool(found["clean"] and found["false"] <= 0.02 * found["clean"]), f"{found['false']} of {found['clean']}"


def bands(found: Found) -> tuple[bool, str]:
    """Nine of ten would be perfect, and one in twenty later."""
    known = found["held"] + found["sooner"] + found["later"]
    if not known:
        return False, NOT_MEASURED
    held, later = found["held"] / known, found["later"] / known
    return 0.86 <= held <= 0.96 and later <= 0.05, f"{held:.1%} of {known}, later {later:.1%}"
