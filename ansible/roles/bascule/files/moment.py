"""Whether now is a moment for another release. Prints a list of refusals, as JSON; in order, it is empty.

Arguments: the file that names the daemon's socket; how many minutes a deadline has to be away.
It asks the daemon, as root, and nobody else: documents of its last cycle, docs/en/api.md.
"""

import datetime
import http.client
import json
import pathlib
import socket
import sys

_TIMEOUT_S = 10


class _Api(http.client.HTTPConnection):
    """HTTP over the daemon's socket."""

    def __init__(self, path):
        super().__init__("bascule", timeout=_TIMEOUT_S)
        self._path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(_TIMEOUT_S)
        self.sock.connect(self._path)


def asked(path, resource):
    """What the daemon says; OSError, ValueError or http.client.HTTPException: nothing that can be used."""
    api = _Api(path)
    try:
        api.request("GET", f"/v1/{resource}", headers={"Accept-Language": "en"})
        answer = api.getresponse()
        document = json.loads(answer.read())
    finally:
        api.close()
    if answer.status != 200:
        raise ValueError(f"/v1/{resource} is answered with {answer.status}")
    return document


def silent(daemon):
    """A cycle that is too old says nothing of now."""
    age_s = daemon["cycle_age_s"]
    if age_s is None:
        yield "silent", "the daemon has had no cycle yet: what is under way is not known"
    elif age_s > daemon["cycle_within_s"]:
        yield "silent", f"the daemon hangs: its last cycle ended {age_s:.0f} s ago"


def critical(findings):
    """With these nobody could tell whether the release works: what is wrong before counts as not its fault."""
    texts = [each["text"] for each in findings["wrong"] if each["severity"] == "critical"]
    if texts:
        yield "critical", f"something critical is wrong: {'; '.join(dict.fromkeys(texts))}"


def rebuild(orders):
    """One that is under way is gone on with after a restart; but its person waits for it."""
    names = [each["target"] or "a desktop" for each in orders["intents"] if each["kind"] == "rebuild"]
    if names:
        yield "rebuild", f"desktops are being rebuilt: {', '.join(names[:5])}{' …' if names[5:] else ''}"


def wave(waves, now, minutes):
    """Of a wave that has begun, or begins by then."""
    until = now + datetime.timedelta(minutes=minutes)
    for each in waves["waves"]:
        for key, what in (("next_opens_at", "opens"), ("next_due_at", "is due")):
            at = each[key] and datetime.datetime.fromisoformat(each[key])
            if at and now <= at <= until:
                clock = f"{at.astimezone(datetime.UTC):%H:%M} UTC"
                yield "wave", f"the wave '{each['wave']}' {what} at {clock}, within {minutes} minutes"


def refusals(site, minutes):
    """All of them, by one look at each document."""
    try:
        path = json.loads(pathlib.Path(site).read_text(encoding="utf-8"))["socket"]
        daemon = asked(path, "daemon")
        found = list(silent(daemon))
        if not found:
            now = datetime.datetime.fromisoformat(daemon["now"])
            found += [*wave(asked(path, "waves"), now, minutes), *rebuild(asked(path, "intents"))]
            found += critical(asked(path, "findings"))
    except (OSError, ValueError, KeyError, TypeError, http.client.HTTPException) as wrong:
        found = [("silent", f"the daemon does not say what is under way: {wrong}")]
    return [{"code": code, "text": text} for code, text in found]


if __name__ == "__main__":
    print(json.dumps(refusals(sys.argv[1], int(sys.argv[2]))))
