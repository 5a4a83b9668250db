"""What a command costs: `python -m tests.bench.commands PYTHON`, beside what importing typer costs in the same run.

PYTHON is the interpreter of a virtual environment in which the wheel is installed. A daemon's API answers meanwhile.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.builders.api import an_api_site, serving
from tests.builders.cli import a_lonely_site, keep
from tests.builders.core import a_desktop
from tests.builders.views import a_publication

_ROUNDS = 15
MOST = 2.0
"""Times `import typer`, in processor time."""
LARGE = frozenset({"sqlalchemy", "pydantic", "pydantic_core", "ldap3", "fastapi", "yaml", "rich"})
_LOADED = "import sys; from provisioner.cli.entry import main; sys.argv = sys.argv[1:]\ntry: main()\nexcept SystemExit: pass\n"
_LOADED += "print('LOADED', *sorted({name.partition('.')[0] for name in sys.modules}))"


def cost_s(command: list[str], environment: dict[str, str]) -> float:
    """Processor time of one run."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime


def measured(python: str, folder: Path) -> dict[str, object]:
    """The least of some rounds, each command in turn, so that all see the same machine."""
    site = a_lonely_site(folder)
    keep(site)
    program = str(Path(python).with_name("bascule"))
    published = a_publication(a_desktop(1), a_desktop(2), wanted=3)
    with serving(folder, an_api_site(published)) as at:
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "BASCULE_SOCKET": str(at)}
        place = ["--config", str(site.main)]
        words = {
            "status": ["status", *place],
            "why": ["why", "login0001", *place],
            "person": ["person", "login0001", *place],
            "freeze": ["freeze", "smoke", *place],
        }
        pages = {"help": ["--help"], "help of a group": ["surge", "--help"], "a slip": ["statsu"]}
        commands = {
            "typer": [python, "-c", "import typer"],
            **{name: [program, *call] for name, call in (words | pages).items()},
        }
        costs: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(_ROUNDS):
            for name, command in commands.items():
                costs[name].append(cost_s(command, environment))
        loaded = {name: large(python, call, environment) for name, call in words.items()}
    least = {name: min(times) for name, times in costs.items()}
    return {
        name: {"s": round(least[name], 3), "times": round(least[name] / least["typer"], 2), "large": loaded.get(name, [])}
        for name in words | pages
    } | {"typer": {"s": round(least["typer"], 3)}}


def large(python: str, words: list[str], environment: dict[str, str]) -> list[str]:
    """The large libraries that it loads."""
    done = subprocess.run(
        [python, "-c", _LOADED, "bascule", *words], capture_output=True, text=True, timeout=60, check=True, env=environment
    )
    return sorted(LARGE & set(done.stdout.partition("LOADED ")[2].split()))


def main() -> int:
    """The command; exit code 1 if one costs more, or loads what it should not."""
    with tempfile.TemporaryDirectory(prefix="bascule-cost-") as folder:
        found = measured(sys.argv[1], Path(folder))
    print(json.dumps(found, indent=1))
    return int(any(entry.get("times", 0) > MOST or entry.get("large") for entry in found.values()))  # type: ignore[attr-defined]


if __name__ == "__main__":
    sys.exit(main())
