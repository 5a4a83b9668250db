"""The trial proves itself: with each rule removed in turn, from a copy of the sources, it has to fail."""

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.mutants import copy_sources, misplaced, mutate
from tests.chaos.rules.mutant import Mutant, without

_ORDERS, _FILES = ("--orders", "1500"), ("--files", "250")
_TIMEOUT_S = 1200


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """A rule less, and what is played without it."""

    mutant: Mutant
    played: tuple[str, ...] = _ORDERS


MUTANTS = (
    Removed(
        mutant=without(
            "an instant is in the years that have dates",
            "    if not _is_number(at) or not 0 <= at < LAST_AT:\n",
            "    if not _is_number(at):\n",
            seed=1,
        )
    ),
    Removed(
        mutant=without(
            "a day is in these years", "    if not FIRST_YEAR <= date.year <= LAST_YEAR:\n", "    if False:\n", seed=1
        )
    ),
    Removed(
        mutant=without(
            "a duration has an end",
            "Field(strict=True, ge=0, le=LONGEST_S, allow_inf_nan=False)",
            "Field(strict=True, ge=0, allow_inf_nan=False)",
            ("        bounds.duration(self.keep_s)\n", ""),
            ("        bounds.duration(self.interval_s)\n", ""),
            seed=1,
        )
    ),
    Removed(
        mutant=without(
            "a batch beyond the last year never comes",
            "    return at if at < LAST_AT else math.inf\n",
            "    return at\n",
            seed=1,
        )
    ),
    Removed(
        mutant=without(
            "an order that fails costs itself",
            "            except Exception as error:\n                _LOG.exception(",
            "            except ZeroDivisionError as error:\n                _LOG.exception(",
            ("    if not FIRST_YEAR <= date.year <= LAST_YEAR:\n", "    if False:\n"),
            seed=1,
        )
    ),
    Removed(
        mutant=without(
            "an order that cannot be read costs itself",
            "        except Exception as error:  # whatever comes of its content: it costs this order alone\n",
            "        except ZeroDivisionError as error:\n",
            seed=1,
        )
    ),
    Removed(
        mutant=without(
            "a run that cannot be read waits for an operator",
            "    except Exception as error:\n        run = stand_in_of_row(",
            "    except ZeroDivisionError as error:\n        run = stand_in_of_row(",
            seed=2,
        )
    ),
    Removed(
        mutant=without(
            "a named file that cannot be read is a problem of its place",
            "        except (OSError, ValueError) as error:\n            self.complain(unreadable(file, error), *path)\n",
            "        except ZeroDivisionError as error:\n            self.complain(unreadable(file, error), *path)\n",
            seed=1,
        ),
        played=_FILES,
    ),
    Removed(
        mutant=without(
            "a duration of 400 digits is none",
            "and (isinstance(value, int) or math.isfinite(value)):",
            "and math.isfinite(value):",
            seed=1,
        ),
        played=("--files", "2000"),
    ),
)


def survivors(*, words: str = "") -> tuple[int, list[str]]:
    """The number of removed rules, and those that nothing noticed; each result is printed as it comes."""
    tried = [removed for removed in MUTANTS if words in removed.mutant.rule]
    unnoticed = []
    for removed in tried:
        caught, said = _try(removed)
        print(f"{'caught  ' if caught else 'SURVIVED'}  without '{removed.mutant.rule}': {said}", flush=True)
        unnoticed += [] if caught else [removed.mutant.rule]
    return len(tried), unnoticed


def _try(removed: Removed) -> tuple[bool, str]:
    if wrong := misplaced(removed.mutant):
        return False, wrong
    with tempfile.TemporaryDirectory(prefix="fuzz-") as place:
        copy_sources(Path(place))
        mutate(removed.mutant, Path(place))
        command = [sys.executable, "-m", "tests.fuzz", *removed.played, "--seed", str(removed.mutant.seed)]
        try:
            done = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False)
        except subprocess.TimeoutExpired:
            return True, "it waits for ever"
    first = done.stdout.partition("\n")[0]
    if done.returncode not in (0, 1) or (done.returncode == 1 and "BAD" not in done.stdout):
        return False, f"the trial itself broke: {done.stderr.strip().splitlines()[-1:]}"
    return done.returncode == 1, first[:200] if done.returncode else "nothing failed"


__all__ = ["MUTANTS", "Removed", "survivors"]
