#!/usr/bin/python3
"""A site's private authority and what it vouches for, made with OpenSSL alone. The role `certificates` calls it, and its timer.

A document in JSON comes from standard input, so that no key is in a list of processes; the answer, by certificate, goes to
standard output. `renew` reads the document that the role has left beside the certificates.
"""

import datetime
import grp
import ipaddress
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

FOLDER = "/etc/bascule-certificates"
AUTHORITY_DAYS = 3650
DUE_PART = 1 / 3
"""Of its life: with so little left a certificate is renewed, as the receiver's own is."""
_DAY = datetime.timedelta(days=1)
_PRIVATE = 0o027
"""Bits that a key has only if others than its owner and its group may do something with it."""
_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc")
_LABELS = re.compile(
    r"(?=.{1,253}$)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$"
)
_CA = """\
[req]
distinguished_name = dn
prompt = no
[dn]
CN = {name}
[ca]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
"""
_SERVER = """\
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = {names}
"""


class Wrong(Exception):
    """What a person has to do something about."""


class Place:
    """The files of one certificate."""

    def __init__(self, folder: Path, name: str, wanted: dict[str, Any]) -> None:
        self.folder, self.name = folder, name
        self.certificate, self.key = folder / f"{name}.pem", folder / f"{name}.key"
        self.names = sorted(general(given) for given in wanted["names"])
        self.group, self.restarts = wanted.get("group", "root"), wanted.get("restarts", [])

    def key_lost(self) -> str:
        """Why another key is to be made; empty: it is there, and nobody else could read it."""
        if not self.key.exists():
            return "its key is not there"
        if self.key.stat().st_mode & _PRIVATE:
            return "its key could be read or changed by others"
        return "" if openssl_works("pkey", "-in", self.key, "-noout") else "its key cannot be read"

    def due(self, authority: Path) -> str:
        """Why it is to be issued; empty: it is as it should be."""
        if why := self.key_lost():
            return why
        if not openssl_works("x509", "-in", self.certificate, "-noout"):
            return "its certificate is not there, or cannot be read"
        if public_of(self.certificate) != openssl("pkey", "-in", self.key, "-pubout"):
            return "its certificate is of another key"
        if names_in(self.certificate) != self.names:
            return "its names have changed"
        if not openssl_works("verify", "-no_check_time", "-CAfile", authority, self.certificate):
            return "it is of another authority"
        begins, ends = life_of(self.certificate)
        if ends - now() < (ends - begins) * DUE_PART:
            return "less than a third of its life is left"
        return "" if self.owned() else "its key is of another group"

    def owned(self) -> bool:
        return group_of(self.key) == self.group

    def put(self, certificate: str, key: str = "") -> None:
        """Key first: whoever reads both before the other has come goes on with what was before."""
        if key:
            write(self.key, key, mode=0o640 if self.group != "root" else 0o600, group=self.group)
        elif not self.owned():
            write(self.key, self.key.read_text(), mode=0o640 if self.group != "root" else 0o600, group=self.group)
        write(self.certificate, certificate, mode=0o644)


def look(document: dict[str, Any]) -> dict[str, str]:
    """Which are to be issued or put, and why."""
    given, authority = document.get("given", {}), folder_of(document) / "ca.pem"
    found = {}
    for place in places(document):
        if place.name in given:
            found[place.name] = of_given(place, given[place.name])
        else:
            found[place.name] = place.due(authority)
    return {name: why for name, why in found.items() if why}


def request(document: dict[str, Any]) -> dict[str, str]:
    """A request for each that its own key has signed: the key stays on this machine."""
    made = {}
    for place in places(document):
        if place.name in document.get("given", {}) or place.name not in document["due"]:
            continue
        if place.key_lost():
            write(place.key, new_key(), mode=0o640 if place.group != "root" else 0o600, group=place.group)
        made[place.name] = openssl("req", "-new", "-key", place.key, "-subj", f"/CN=Bascule: {place.name}")
    return made


def authority(document: dict[str, Any]) -> dict[str, str]:
    """Make it, unless it is there."""
    folder = folder_of(document)
    file, key = folder / "ca.pem", folder / "private" / "ca.key"
    if file.exists() and key.exists():
        return {}
    for there, gone in ((file, key), (key, file)):
        if there.exists():
            raise Wrong(f"{there} is there, and {gone} is not: bring it back, or take both away for a new authority")
    with tempfile.TemporaryDirectory(dir=key.parent) as temporary:
        settings = Path(temporary, "settings")
        settings.write_text(_CA.format(name=document["authority"]))
        files = ("-keyout", f"{temporary}/key", "-out", f"{temporary}/ca.pem", "-config", settings, "-extensions", "ca")
        openssl("req", "-x509", *_KEY, *files, *life(now() + AUTHORITY_DAYS * _DAY))
        write(key, Path(temporary, "key").read_text(), mode=0o600)
        write(file, Path(temporary, "ca.pem").read_text(), mode=0o644)
    return {"ca": "the authority is not there"}


def sign(document: dict[str, Any]) -> dict[str, str]:
    """A certificate for each request, for the names of the document alone: what a request says of names does not count."""
    folder = folder_of(document)
    file, key = folder / "ca.pem", folder / "private" / "ca.key"
    ends = min(now() + document.get("days", 365) * _DAY, life_of(file)[1])
    if ends <= now():
        raise Wrong(f"the authority has ended: take {file} and {key} away for a new authority")
    made = {}
    for place in places(document):
        if asked := document["requests"].get(place.name):
            with tempfile.TemporaryDirectory() as temporary:
                extensions = Path(temporary, "extensions")
                extensions.write_text(_SERVER.format(names=", ".join(place.names)))
                vouched = ("-CA", file, "-CAkey", key, "-extfile", extensions)
                made[place.name] = openssl("x509", "-req", *vouched, *life(ends), text=asked)
    return made


def put(document: dict[str, Any]) -> dict[str, str]:
    """What was signed or given takes its place, once it is known to be right; then what has a copy of it is restarted."""
    placed, units = {}, set[str]()
    given = document.get("given", {})
    for place in places(document):
        if place.name not in document["due"]:
            continue
        if place.name in given:
            of_given(place, given[place.name])
            place.put(ended(given[place.name]["certificate"]), ended(given[place.name]["key"]))
        elif signed := document["signed"].get(place.name):
            place.put(signed)
        placed[place.name] = document["due"][place.name]
        units |= set(place.restarts)
    for unit in sorted(units):
        subprocess.run(["systemctl", "try-restart", unit], check=False)
    return placed


def renew(document: dict[str, Any]) -> dict[str, str]:
    """What is due on the authority's own machine."""
    due = look(document)
    requests = request(document | {"due": due})
    return put(document | {"due": due, "signed": sign(document | {"requests": requests})})


def of_given(place: Place, given: dict[str, str]) -> str:
    """Why the files are to be written; empty: they are there. Raises Wrong, if they cannot be used."""
    certificate, key = ended(given["certificate"]), ended(given["key"])
    if openssl("x509", "-noout", "-pubkey", text=certificate) != openssl("pkey", "-pubout", text=key):
        raise Wrong(f"{place.name}: the key that is given is not that of the certificate")
    if not openssl_works("x509", "-noout", "-checkend", "0", text=certificate):
        raise Wrong(f"{place.name}: the certificate that is given has ended")
    for general_name in place.names:
        kind, _, name = general_name.partition(":")
        said = _openssl("x509", "-noout", "-checkip" if kind == "IP" else "-checkhost", name, text=certificate)
        if said.returncode or "NOT match" in said.stdout:
            raise Wrong(f"{place.name}: the certificate that is given is not for {name}")
    there = [file.read_text() if file.exists() else "" for file in (place.certificate, place.key)]
    if there != [certificate, key] or place.key.stat().st_mode & _PRIVATE or not place.owned():
        return "another is given"
    return ""


def folder_of(document: dict[str, Any]) -> Path:
    return Path(document.get("folder", FOLDER))


def places(document: dict[str, Any]) -> Iterator[Place]:
    for name, wanted in sorted(document["wanted"].items()):
        yield Place(folder_of(document), name, wanted)


def general(name: str) -> str:
    """`DNS:…` or `IP:…`, in one spelling."""
    try:
        return f"IP:{ipaddress.ip_address(name)}"
    except ValueError:
        if not _LABELS.match(name):
            raise Wrong(f"'{name}' is neither a host's name nor an address") from None
        return f"DNS:{name.lower()}"


def names_in(certificate: Path) -> list[str]:
    said = openssl("x509", "-in", certificate, "-noout", "-ext", "subjectAltName")
    found = re.findall(r"(DNS|IP Address):([^,\s]+)", said)
    return sorted(general(name) for _, name in found)


def public_of(certificate: Path) -> str:
    return openssl("x509", "-in", certificate, "-noout", "-pubkey")


def life_of(certificate: Path) -> tuple[datetime.datetime, datetime.datetime]:
    said = openssl("x509", "-in", certificate, "-noout", "-startdate", "-enddate", "-dateopt", "iso_8601")
    begins, ends = (datetime.datetime.fromisoformat(line.partition("=")[2]) for line in said.split("\n")[:2])
    return begins, ends


def life(ends: datetime.datetime) -> tuple[str, ...]:
    """From a day ago, for the clocks of others."""
    return ("-not_before", f"{now() - _DAY:%Y%m%d%H%M%SZ}", "-not_after", f"{ends:%Y%m%d%H%M%SZ}")


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def new_key() -> str:
    return openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")


def group_of(file: Path) -> str:
    try:
        return grp.getgrgid(file.stat().st_gid).gr_name
    except KeyError:
        return ""


def ended(text: str) -> str:
    """With the end of the last line, which Ansible's lookups take away."""
    return text.rstrip("\n") + "\n"


def write(file: Path, text: str, *, mode: int, group: str = "root") -> None:
    """In one step, and never readable by more than it should be."""
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")
    try:
        with os.fdopen(descriptor, "w") as target:
            target.write(text)
            target.flush()
            os.fchown(descriptor, -1, grp.getgrnam(group).gr_gid if os.getuid() == 0 else -1)
            os.fchmod(descriptor, mode)
            os.fsync(descriptor)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def openssl(*words: str | Path, text: str = "") -> str:
    done = _openssl(*words, text=text)
    if done.returncode:
        raise Wrong(f"openssl {words[0]}: {done.stderr.strip().splitlines()[-1:]}")
    return done.stdout


def openssl_works(*words: str | Path, text: str = "") -> bool:
    return _openssl(*words, text=text).returncode == 0


def _openssl(*words: str | Path, text: str) -> "subprocess.CompletedProcess[str]":
    command = ["openssl", *map(str, words)]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=False)


ORDERS: dict[str, Callable[[dict[str, Any]], dict[str, str]]] = {
    order.__name__: order for order in (look, request, authority, sign, put, renew)
}


def main(order: str) -> int:
    os.umask(0o077)
    try:
        document = json.loads(Path(FOLDER, "wanted.json").read_text() if order == "renew" else sys.stdin.read())
        done = ORDERS[order](document)
    except (Wrong, OSError, KeyError) as error:
        print(f"bascule-certificates: {error}", file=sys.stderr)
        return 1
    if order == "renew":
        print("\n".join(f"{name} is issued: {why}" for name, why in done.items()) or "all last: nothing is renewed")
    else:
        print(json.dumps(done))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
