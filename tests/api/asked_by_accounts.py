"""The API as the daemon opens it, asked by accounts of this machine: `… SOCKET ROLES ACCOUNT …` prints what each may, as JSON.

Started by `test_accounts` with accounts of its own.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from provisioner.api.server import ApiServer
from provisioner.daemon.callers import Callers
from provisioner.settings.values import ApiSettings
from tests.builders.api import an_api_site
from tests.builders.core import a_desktop
from tests.builders.views import a_publication
from tests.servers.accounts import logged_on

_CLIENT = """
import http.client, json, socket, sys

def status(method, path, body=None):
    asked = http.client.HTTPConnection("bascule", timeout=60)
    asked.sock = socket.socket(socket.AF_UNIX)
    asked.sock.connect(sys.argv[1])
    asked.request(method, path, body, {"Idempotency-Key": body or path, "Content-Type": "application/json"})
    return asked.getresponse().status

orders = ['{"kind": "restart", "target": "vd-0001", "reason": "test"}', '{"kind": "hold", "reason": "test"}']
print([status("GET", "/v1/figures"), status("GET", "/v1/desktops"), *(status("POST", "/v1/intents", each) for each in orders)])
"""
"""Reads numbers, reads people, orders about one desktop, orders about all: the status of each."""
_PYTHON = ("/usr/bin/python3", "-I", "-S", "-c")
"""Debian's, which every account may run; it loads nothing else."""


def main(socket: Path, roles: dict[str, list[str]], accounts: list[str]) -> None:
    """Open it, have everybody ask, and close it."""
    settings = ApiSettings(socket=socket, group="bascule-users", **{role: tuple(groups) for role, groups in roles.items()})
    server = ApiServer(an_api_site(a_publication(a_desktop(1), wanted=1)), settings, Callers(settings))
    server.open()
    try:
        may = {}
        for account in accounts:
            command = (*logged_on(account), *_PYTHON, _CLIENT, str(socket))
            may[account] = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)
    finally:
        server.close()
    print(json.dumps(may))


if __name__ == "__main__":
    os.umask(0o027)
    main(Path(sys.argv[1]), json.loads(sys.argv[2]), sys.argv[3:])
