"""A pool and the last decision about it, as lines of `why`, `pool show` and `status`."""

from collections.abc import Iterator, Mapping

from provisioner.cli.documents import AutoscaleDocument, PoolDocument, PoolFigures
from provisioner.cli.times import duration
from provisioner.cli.why_parts import clock
from provisioner.reasons.pools import AUTOSCALE_NEW
from provisioner.texts.translate import N_, _, plural

_STEPS = {
    "pardon": N_("{count} to keep on"),
    "start": N_("{count} to start"),
    "drain": N_("{count} to shut down"),
    "make": N_("{count} to make"),
}


def pool_lines(pool: PoolDocument) -> Iterator[str]:
    """How many desktops do what; what was decided, and from what."""
    yield _counts(pool)
    if (decided := pool["autoscale"]) is None:
        yield _("it keeps {size} desktops, and {spare} free ones ready", size=pool["size"], spare=pool["spare"])
        return
    yield from autoscale_lines(decided)


def _counts(pool: PoolDocument | PoolFigures) -> str:
    free = pool["ready"] + pool["off"] + pool["coming"]
    return plural(
        "pool {pool}: {lent} of {count} desktop lent, {free} free ({now} lendable)",
        "pool {pool}: {lent} of {count} desktops lent, {free} free ({now} lendable)",
        pool["made"],
        pool=pool["name"],
        lent=pool["lent"] + pool["waiting"],
        free=free,
        now=pool["lendable"],
    )


def autoscale_lines(decided: AutoscaleDocument) -> Iterator[str]:
    """The last decision, with its inputs."""
    yield from (because["text"] for because in decided["because"])
    yield _(
        "by the decision of {time}: {running} are to run ({most} at most), and {existing} to exist",
        time=clock(decided["at"]),
        running=decided["running"],
        most=decided["running_most"],
        existing=decided["existing"],
    )
    boot, clone = decided["boot"], decided["clone"]
    yield _(
        "measured: {boot} until a desktop that is off is ready, {clone} until a new one is made; {learned}",
        boot=duration(boot["lead_s"]),
        clone=duration(clone["lead_s"]),
        learned=_learned(decided["learned_days"]),
    )
    yield _(
        "{lately} people came in this quarter of an hour and the last one; since the daemon started {waited} of {came} waited",
        lately=decided["came_lately"],
        waited=decided["waited"],
        came=decided["came"],
    )
    yield from _done(decided)


def _learned(days: int) -> str:
    if not days:
        return _("no earlier day is known to learn from yet")
    return plural("learned from {count} earlier day", "learned from {count} earlier days", days)


def _done(decided: AutoscaleDocument) -> Iterator[str]:
    steps = steps_in_words(decided)
    if decided["mode"] == "shadow":
        yield (
            _("in shadow: nothing of it is ordered; decided: {steps}", steps=steps)
            if steps
            else _("in shadow: nothing of it is ordered, and it would change nothing")
        )
        yield from _differences(decided["differences"])
    elif steps:
        yield _("decided: {steps}", steps=steps)


def steps_in_words(decided: AutoscaleDocument) -> str:
    """`3 to start, 1 to make`; empty: none. What was done of it is in the journal."""
    steps = (("pardon", decided["pardon"]), ("start", decided["start"]), ("drain", decided["drain"]), ("make", decided["make"]))
    return ", ".join(_(_STEPS[step], count=count) for step, count in steps if count)


def _differences(differences: Mapping[str, int]) -> Iterator[str]:
    if count := sum(differences.values()):
        yield "  " + plural(
            "it wants {count} desktop otherwise than `size` and `spare` do",
            "it wants {count} desktops otherwise than `size` and `spare` do",
            count,
        )


def _while_new(decided: AutoscaleDocument) -> Iterator[str]:
    """Desktops that run because little is known yet: nobody is to wonder at them."""
    return (because["text"] for because in decided["because"] if because["code"] == AUTOSCALE_NEW.code)


def pool_line(pool: PoolFigures) -> str:
    """One line of `status`: `pool help-desk: 12 of 20 desktops lent, 5 free (3 lendable); autoscale in shadow: 3 to start`."""
    line, decided = _counts(pool), pool["autoscale"]
    if decided is None:
        return line
    steps = "; ".join((steps_in_words(decided) or _("nothing to do"), *_while_new(decided)))
    if decided["mode"] == "shadow":
        return _("{line}; autoscale in shadow: {steps}", line=line, steps=steps)
    return _("{line}; autoscale: {steps}", line=line, steps=steps)
