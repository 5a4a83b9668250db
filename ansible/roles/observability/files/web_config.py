"""Prints the web configuration of Prometheus and Alertmanager. Argument: the one in force, whose hash stays while it fits.

On standard input, as JSON: mark, certificate, key, user, password.
"""

import json
import pathlib
import re
import sys

import bcrypt

_COST = 10
"""Each scrape and each page costs one hash: 2^10 rounds, Prometheus' own example."""


def kept(file, user, password):
    """The hash in force; None: there is none, or it is another password's."""
    try:
        text = pathlib.Path(file).read_text(encoding="utf-8")
    except OSError:
        return None
    found = re.search(rf'^  "{re.escape(user)}": "(\S+)"$', text, re.MULTILINE)
    return found[1] if found and bcrypt.checkpw(password.encode(), found[1].encode()) else None


def web_config(asked, file):
    """The text of the file."""
    user, password = asked["user"], asked["password"]
    hashed = kept(file, user, password) or bcrypt.hashpw(password.encode(), bcrypt.gensalt(_COST)).decode()
    tls = f"tls_server_config:\n  cert_file: {asked['certificate']}\n  key_file: {asked['key']}\n"
    return f'{asked["mark"]}{tls}basic_auth_users:\n  "{user}": "{hashed}"'


if __name__ == "__main__":
    print(web_config(json.load(sys.stdin), sys.argv[1]))
