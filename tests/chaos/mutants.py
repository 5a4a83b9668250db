"""The suite proves itself: with each safety rule removed in turn, from a copy of the sources, some seed has to fail."""

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_TIMEOUT_S = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One rule less: in `file`, `text`, which must be there once, becomes `instead`."""

    rule: str
    file: str
    text: str
    instead: str


def _without(rule: str, file: str, text: str, instead: str) -> Mutant:
    return Mutant(rule=rule, file=f"provisioner/{file}", text=text, instead=instead)


MUTANTS = (
    _without(
        "an empty store waits for what is on its way",
        "planning/planner.py",
        "if memory.rebuilt_since is not None and now < memory.rebuilt_since + self.situation.settle_s:",
        "if False:",
    ),
    _without(
        "no new desktop before every VM is explained", "planning/planner.py", "if self.seen.unidentified:", "if False:"
    ),
    _without("a VM is proven before it is used", "planning/lifecycle.py", "if not reservation.proven:", "if False:"),
    _without(
        "a VMID that is taken is adopted by its note alone",
        "execution/executor.py",
        "    if isinstance(answer, Reservation):\n",
        "    if answer is None and action.name is not None:\n"
        "        return Effects(outcomes=(done(action, ending),), proven=(action.name,))\n"
        "    if isinstance(answer, Reservation):\n",
    ),
    _without(
        "a note proves one VMID",
        "pve/operations.py",
        "reservation is not None and reservation.key == action.key",
        "reservation is not None",
    ),
    _without(
        "a proof is void once another VM may stand there",
        "execution/bookkeeping.py",
        "    guest, order = view.guests.get(one.vmid), in_flight.get(one.key)\n",
        "    return False\n    guest, order = view.guests.get(one.vmid), in_flight.get(one.key)\n",
    ),
    _without(
        "reservations are durable before the clone",
        "reconciler.py",
        "self._commit(bookkeeping.of_orders(",
        "self._kept.apply(bookkeeping.of_orders(",
    ),
    _without(
        "a clone is repeated under the same VMID",
        "planning/planner.py",
        "self._clone_again(want, reservation, profile)",
        "self._create(want, profile)",
    ),
    _without(
        "an unknown outcome is no failure, after which another VMID is taken",
        "execution/executor.py",
        "    if isinstance(action, _SEEN_LATER) and (error is None or isinstance(error, OutcomeUnknown)):\n",
        "    if isinstance(action, Clone) and isinstance(error, OutcomeUnknown):\n"
        "        failed = after(error, action, Ending(started_at=work.ordered_at, now=now))\n"
        "        return _without(executor, (action.key,)), Effects(outcomes=(replace(failed, retire_vmid=True),))\n"
        "    if isinstance(action, _SEEN_LATER) and (error is None or isinstance(error, OutcomeUnknown)):\n",
    ),
    _without(
        "an observation older than the answer says nothing",
        "execution/executor.py",
        "work.answered_at is None or view.taken_at < work.answered_at",
        "work.answered_at is None",
    ),
    _without(
        "a clone that has just ended is no leftover", "planning/situation.py", "_JUST_ENDED_S = 60.0", "_JUST_ENDED_S = -1e12"
    ),
    _without(
        "a retired VMID is never handed out",
        "planning/numbering.py",
        "used |= {key.vmid for key in memory.retired if key.cluster == cluster}",
        "used |= set()",
    ),
    _without(
        "a VM of somebody else's retires its VMID",
        "execution/executor.py",
        "return Effects(outcomes=(replace(outcome, retire_vmid=True),))",
        "return Effects(outcomes=(outcome,))",
    ),
    _without("a freeze stops every write", "planning/safety.py", "if not seen.frozen:", "if True:"),
    _without(
        "nothing is written on a paused cluster", "planning/safety.py", "sorted(seen.paused.items())", "()"
    ),
    _without(
        "an offline node's desktops are unknown", "planning/lifecycle.py", "if not view.complete_on(node):", "if False:"
    ),
    _without(
        "a report counts for one boot", "planning/lifecycle.py", "and same_boot(facts.report, guest, facts.view)", ""
    ),
    _without(
        "a clock put back halts nothing",
        "reconciler.py",
        "watch.due_at = min(watch.due_at, now + self.order.policy.pace.observe_idle_s)",
        "pass",
    ),
    _without(
        "who waits for an order's end is told so", "planning/planner.py", "if phase not in _SAYS_ITSELF and", "if False and"
    ),
)  # fmt: skip


def survivors(seeds: str) -> list[str]:
    """Rules whose removal no seed noticed; each result is printed as it comes."""
    unnoticed = []
    for mutant in MUTANTS:
        caught, said = _try(mutant, seeds)
        print(f"{'caught  ' if caught else 'SURVIVED'}  without '{mutant.rule}': {said}", flush=True)
        unnoticed += [] if caught else [mutant.rule]
    print(f"{len(MUTANTS) - len(unnoticed)} of {len(MUTANTS)} removed rules caught")
    return unnoticed


def _try(mutant: Mutant, seeds: str) -> tuple[bool, str]:
    with tempfile.TemporaryDirectory(prefix="chaos-") as place:
        _copy(Path(place))
        file = Path(place, mutant.file)
        source = file.read_text(encoding="utf-8")
        if source.count(mutant.text) != 1:
            return False, f"its text is in {mutant.file} {source.count(mutant.text)} times: write the mutant anew"
        file.write_text(source.replace(mutant.text, mutant.instead), encoding="utf-8")
        command = [sys.executable, "-m", "tests.chaos", "--seeds", seeds, "--stop"]
        done = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False)
    lines = done.stdout.splitlines()
    first = next((line for line in lines if line.startswith("seed ")), "")
    if done.returncode not in (0, 1) or (done.returncode == 1 and not first):
        return False, f"the suite itself broke: {done.stderr.strip().splitlines()[-1:]}"
    return done.returncode == 1, first.partition("; ")[0] or "no seed failed"


def _copy(place: Path) -> None:
    shutil.copytree(ROOT / "provisioner", place / "provisioner", ignore=shutil.ignore_patterns("__pycache__"))
    for part in ("chaos", "scenarios"):
        shutil.copytree(ROOT / "tests" / part, place / "tests" / part, ignore=shutil.ignore_patterns("__pycache__"))
    for file in (ROOT / "tests").glob("*.py"):
        shutil.copy(file, place / "tests")


__all__ = ["MUTANTS", "survivors"]
