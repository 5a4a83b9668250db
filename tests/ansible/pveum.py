"""Proxmox VE's `pveum`, as far as the role needs it: like the real one, words for the API's calls and nothing of its own.

python pveum.py URL CA TOKEN WORDS…
"""

import json
import sys
from typing import Any

import requests

_CALLS: dict[tuple[str, ...], tuple[str, str, tuple[str, ...]]] = {
    ("role", "list"): ("GET", "/access/roles", ()),
    ("role", "add"): ("POST", "/access/roles", ("roleid",)),
    ("role", "modify"): ("PUT", "/access/roles/{roleid}", ("roleid",)),
    ("user", "list"): ("GET", "/access/users", ()),
    ("user", "add"): ("POST", "/access/users", ("userid",)),
    ("pool", "list"): ("GET", "/pools", ()),
    ("pool", "add"): ("POST", "/pools", ("poolid",)),
    ("acl", "list"): ("GET", "/access/acl", ()),
    ("acl", "modify"): ("PUT", "/access/acl", ("path",)),
    ("acl", "delete"): ("PUT", "/access/acl", ("path",)),
    ("user", "token", "list"): ("GET", "/access/users/{userid}/token", ("userid",)),
    ("user", "token", "add"): ("POST", "/access/users/{userid}/token/{tokenid}", ("userid", "tokenid")),
    ("user", "token", "delete"): ("DELETE", "/access/users/{userid}/token/{tokenid}", ("userid", "tokenid")),
}
"""The call behind each command, and what its arguments are called."""


def main(url: str, ca: str, token: str, *words: str) -> int:
    """One command; 255 and the refusal on standard error as `pveum` does."""
    command = next(words[:count] for count in (3, 2) if words[:count] in _CALLS)
    method, path, names = _CALLS[command]
    positional, given = words[len(command) :][: len(names)], words[len(command) + len(names) :]
    options = {name.removeprefix("--"): value for name, value in zip(given[::2], given[1::2], strict=True)}
    as_json = options.pop("output-format", "") == "json"
    parameters = dict(zip(names, positional, strict=True))
    url_path = path.format(**parameters)
    parameters = {name: value for name, value in parameters.items() if f"{{{name}}}" not in path} | options
    if command == ("acl", "delete"):
        parameters["delete"] = "1"
    answer = _ask(method, f"{url}/api2/json{url_path}", parameters, ca=ca, token=token)
    if answer.status_code != 200:
        print(f"{answer.reason} {answer.json().get('errors', '')}", file=sys.stderr)
        return 255
    if as_json:
        print(json.dumps(answer.json()["data"]))
    return 0


def _ask(method: str, url: str, parameters: dict[str, str], *, ca: str, token: str) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        sent: dict[str, Any] = {"data" if method in ("POST", "PUT") else "params": parameters}
        return session.request(method, url, headers={"Authorization": f"PVEAPIToken={token}"}, verify=ca, timeout=30, **sent)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
