"""Killed and started again: `python -m tests.e2e.crash --kills 20 [--forget]`, on a switch of 200 desktops.

Prints the twin's truth at the end as one JSON line; exit code 1 when anything is missing, doubled or orphaned.
"""

import argparse
import json
import random
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.e2e.switch import Switch, pause

_LIVES_S = (0.9, 4.0)
"""Real seconds between start and kill: starting takes about one, so some die before their first order, some in mid-switch."""
_SHOWN = ("agents", "ready", "desktops", "duplicates", "orphans", "kills", "kills_during_the_switch", "seed")
_SETTLE_S = 40.0
"""Virtual seconds that an empty store waits before anything new is cloned; such a daemon has to live that much longer."""


def killed(folder: Path, *, agents: int, kills: int, seed: int, forget: bool, scale: float) -> dict[str, Any]:
    """Carry a switch through so many kills, then let it end in peace; returns the truth, with the number of kills."""
    chance = random.Random(seed)
    with Switch(folder, agents=agents, scale=scale) as switch:
        # A lost store is what the settling time is for: a clone ordered just before may still come out.
        settle = _SETTLE_S if forget else 0.0
        switch.change_config(lambda document: document.update(safety={"rebuild_settle": settle}))
        during = 0
        for _ in range(kills):
            switch.start()
            pause(chance.uniform(_LIVES_S[0], _LIVES_S[1] + settle / scale))
            during += switch.truth()["ready"] < agents
            switch.kill()
            if forget:
                switch.forget()
        switch.start()
        truth = switch.wait_for(lambda truth: truth["ready"] >= agents)
        pause(2.0)  # requests still on their way arrive now, and are counted
        truth = switch.truth()
        code = switch.stop()
        return {**truth, "agents": agents, "kills": kills, "kills_during_the_switch": during, "exit_code": code, "seed": seed}


def faults_of(end: dict[str, Any]) -> list[str]:
    """What must not be; empty: all is well."""
    checks = (
        (end["ready"] == end["agents"], f"{end['ready']} of {end['agents']} ready"),
        (end["desktops"] == end["agents"], f"{end['desktops']} desktops for {end['agents']} agents"),
        (end["duplicates"] == 0, f"{end['duplicates']} doubled"),
        (not end["orphans"], f"orphaned: {end['orphans']}"),
        (end["exit_code"] == 0, f"exit code {end['exit_code']}"),
    )
    return [text for good, text in checks if not good]


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.e2e.crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--agents", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scale", type=float, default=2.0)
    parser.add_argument("--forget", action="store_true", help="delete the store's file after each kill")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bascule-crash-") as folder:
        end = killed(
            Path(folder),
            agents=options.agents,
            kills=options.kills,
            seed=options.seed,
            forget=options.forget,
            scale=options.scale,
        )
        wrong = faults_of(end)
    print(json.dumps({**{key: end[key] for key in _SHOWN}, "forget": options.forget, "faults": wrong}))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
