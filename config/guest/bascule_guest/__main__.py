"""What this desktop says of itself, of itself only. Python's standard library only.

    bascule-guest run               keep /run/bascule/status.json current, and push it to the receiver: bascule-guest.service
    bascule-guest report            print it: the forced command of the account that asks over SSH,
                                    restrict,command="/usr/local/bin/bascule-guest report" ssh-ed25519 AAAA...
    bascule-guest write FILE        put it there once
    bascule-guest obey              carry out what Bascule has answered about this desktop's sessions: bascule-session.service,
                                    a unit of its own with rights of its own

It changes nothing else. Where anything cannot be found out it ends with 1 and writes nothing: no document is better than one
that says "no sessions" by mistake.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

from document import document_of
from events import History
from look import holds_of, port_of, sessions_of
from machine import Machine
from obey import obey
from watch import run


def main() -> int:
    options = argparse.ArgumentParser(
        prog="bascule-guest", description="Print, write or push what this desktop says of itself."
    )
    options.add_argument("--root", type=Path, default=Path("/"), metavar="DIRECTORY", help="above /run, /proc, /etc and /var")
    commands = options.add_subparsers(dest="command", required=True)
    report = commands.add_parser("report", help="print the document")
    report.add_argument("--without-holds", action="store_true", help="as if no log-on held the shutdown back")
    commands.add_parser("run", help="keep the document current, and push it")
    commands.add_parser("obey", help="carry out Bascule's orders about sessions")
    commands.add_parser("write", help="write the document once").add_argument("file", type=Path, metavar="FILE")
    given = options.parse_args()
    machine = Machine(given.root)
    try:
        if given.command == "run":
            return run(machine)
        if given.command == "obey":
            return obey(machine)
        history = History.of(machine.read("run/bascule/history.json"), machine.boot_id)
        port = port_of(machine)
        sessions = sessions_of(machine, connections=len(port.peers))
        if history.secret:  # kept by the service: what has happened since its last look goes with the sessions
            history.take(sessions, now_s=machine.uptime_s)
        held = not getattr(given, "without_holds", False) and bool(holds_of(machine))
        text = json.dumps(document_of(machine, history, port, sessions, remember=given.command == "write", held=held))
        if given.command == "report":
            print(text)
        else:
            machine.replace(given.file, text + "\n", mode=0o600)
    except (OSError, ValueError, LookupError, TypeError, subprocess.SubprocessError) as exc:
        print(f"bascule-guest: {exc or type(exc).__name__}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
