"""Whether Prometheus reads the daemon, and reaches Alertmanager. Ends with 1 if not within a minute, and says what it sees.

On standard input, as JSON: host, name (in the certificate), authority (a file), user, password.
"""

import base64
import datetime
import http.client
import json
import re
import socket
import ssl
import sys
import time

_WITHIN_S = 60
_JOB = "bascule"


class _Connection(http.client.HTTPSConnection):
    """To an address, for a name that nobody need be able to resolve."""

    def __init__(self, host, port, name, context):
        super().__init__(name, port, timeout=10, context=context)
        self._host, self._name, self._tls = host.strip("[]"), name, context

    def connect(self):
        plain = socket.create_connection((self._host, self.port), self.timeout)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self._name)


def answer(asked, port, path):
    """What a page says; OSError, ValueError or http.client.HTTPException: nothing that can be used."""
    connection = _Connection(asked["host"], port, asked["name"], ssl.create_default_context(cafile=asked["authority"]))
    known = base64.b64encode(f"{asked['user']}:{asked['password']}".encode()).decode()
    try:
        connection.request("GET", path, headers={"Authorization": f"Basic {known}"})
        got = connection.getresponse()
        text = got.read()
    finally:
        connection.close()
    if got.status != 200:
        raise ValueError(f"{path} is answered with {got.status}")
    return json.loads(text)["data"] if path.startswith("/api/v1/") else text


def moment(text):
    """Of an RFC 3339 text with nanoseconds, in seconds since 1970."""
    whole, fraction, zone = re.fullmatch(r"([^.Z+]+?)(\.\d+)?(Z|[+-]\d\d:\d\d)", text).groups()
    return datetime.datetime.fromisoformat(whole + zone.replace("Z", "+00:00")).timestamp() + float(fraction or 0)


def wanting(asked, since):
    """What is not as it should be, each a sentence. `since`: older answers are of another configuration."""
    try:
        answer(asked, 9093, "/-/ready")
        targets = answer(asked, 9090, "/api/v1/targets")["activeTargets"]
        told = answer(asked, 9090, "/api/v1/alertmanagers")["activeAlertmanagers"]
    except (OSError, ValueError, KeyError, http.client.HTTPException) as wrong:
        yield f"Prometheus or Alertmanager does not answer at {asked['host']} as {asked['name']}: {wrong}"
        return
    read = [each for each in targets if each["labels"]["job"] == _JOB]
    for each in read:
        if moment(each["lastScrape"]) < since:
            yield f"Prometheus has not read the daemon at {each['scrapeUrl']} since what was changed"
        elif each["health"] != "up":
            yield f"Prometheus does not read the daemon at {each['scrapeUrl']}: {each['lastError'] or 'no answer yet'}"
    if not read:
        yield f"Prometheus has no job {_JOB}"
    if not told:
        yield "Prometheus knows no Alertmanager yet"


if __name__ == "__main__":
    given, begun, end = json.load(sys.stdin), time.time(), time.monotonic() + _WITHIN_S
    while (found := list(wanting(given, begun))) and time.monotonic() < end:
        time.sleep(1)
    print("\n".join(found))
    sys.exit(1 if found else 0)
