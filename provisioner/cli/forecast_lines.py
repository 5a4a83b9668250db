"""A forecast as lines for people: the verdict first, then waves, who is left without a desktop, and what is assumed."""

from collections.abc import Iterator

from provisioner.cli.capacity_rows import COLUMNS as CAPACITY_COLUMNS
from provisioner.cli.capacity_rows import capacity_rows
from provisioner.cli.finding_lines import show_finding
from provisioner.cli.forecast_figures import SHARES
from provisioner.cli.forecast_stage import Question
from provisioner.cli.output import duration, print_table, say
from provisioner.rehearsal.forecast import Forecast
from provisioner.rehearsal.waves import WaveForecast
from provisioner.texts.translate import N_, _, headings, plural

_WAVES = headings("wave", "wanted", "ready", "opens", "all ready after")


def show(result: Forecast, question: Question) -> None:
    """All of it."""
    for line in _verdict(result):
        say(line)
    for finding in question.faults:
        show_finding(finding)
    if result.wanted:
        times = [(f"{share:.0%}", duration(result.after_s(share))) for share in SHARES]
        print_table("", headings("ready", "after"), times, numbers=("after",))
        say(_("what it waits for: {binds}", binds=result.binds))
    if result.lock_timeouts:
        say(_("storage lock time-outs on the way: {count}", count=result.lock_timeouts))
    if len(result.waves) > 1:
        print_table(N_("waves"), _WAVES, map(_wave, result.waves), numbers=_WAVES[1:])
    for title, reasons in ((N_("without a desktop"), result.unmet), (N_("not wanted"), result.not_wanted)):
        rows = [(count, reason) for reason, count in reasons.items()]
        print_table(title, headings("agents", "reason"), rows, numbers=("agents",))
    print_table(
        N_("room at the end"), CAPACITY_COLUMNS, capacity_rows(result.capacity, result.outlook), numbers=("room for more",)
    )
    for assumption in question.assumptions:
        say(_("assumed: {what}", what=assumption))


def _verdict(result: Forecast) -> Iterator[str]:
    """How many get a desktop, and each reason why that is not all."""
    if not result.wanted and not result.unopened:
        yield _("nobody would get a desktop: nobody is wanted")
    elif result.after_s(1.0) == 0.0:
        yield _("all {count} wanted desktops are ready already: nothing is left to do", count=result.wanted)
    else:
        yield plural(
            "{ready} of {count} wanted desktop would be ready",
            "{ready} of {count} wanted desktops would be ready",
            result.wanted,
            ready=result.ready,
        )
        if result.ready_now:
            yield plural("{count} of them is ready now", "{count} of them are ready now", result.ready_now)
    if result.cut:
        yield _("the rehearsal was cut before the end of the switch: it says nothing about what comes later")
    if result.unopened:
        yield plural("the wave of {count} agent has not opened", "the waves of {count} agents have not opened", result.unopened)
    for wave in result.waves:
        if not wave.wanted and not result.unopened:
            yield _("wave {wave} is without agents: no entitled agent is left for it", wave=wave.name)


def _wave(wave: WaveForecast) -> tuple[object, ...]:
    opens = "-" if wave.opens_after_s is None else duration(wave.opens_after_s) if wave.opens_after_s > 0 else _("open")
    return wave.name, wave.wanted, wave.ready, opens, duration(wave.last_after_s) if wave.wanted else "-"
