"""Check a golden image: what all its clones would share, and what they would lack. Pure: from a root that was read before."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from provisioner.doctor.findings import Finding, bad, doubtful, good
from provisioner.errors import ImageError
from provisioner.model.machines.image_root import ImageQuestion, ImageRoot
from provisioner.reasons import images as words
from provisioner.reasons import subjects
from provisioner.reasons.grouping import list_some
from provisioner.reasons.reason import Reason, ReasonKind

SYSTEMD_HOLDS_ROOT = 257
"""From this version on logind's block inhibitors hold root back, too (systemd's NEWS), and the guest agent is root."""
_RELEASE = frozenset({"etc/os-release", "usr/lib/os-release"})
_MACHINE_ID = "etc/machine-id"
_HOSTNAME, _SHADOW, _FSTAB = "etc/hostname", "etc/shadow", "etc/fstab"
_XRDP, _PAM, _VERSION = "etc/xrdp/xrdp.ini", "etc/pam.d/xrdp-sesman", "etc/bascule/image"
_SYSTEMD = frozenset({"usr/lib/systemd/libsystemd-shared-*.so", "usr/lib/*/systemd/libsystemd-shared-*.so"})
_SWAP_FILES = frozenset({"swap", "swapfile", "swap.img", "var/swap"})
_NAMED = 3


@dataclass(frozen=True, slots=True)
class _Trace:
    """Files that no image may have, because all clones would have the same."""

    kind: ReasonKind
    patterns: frozenset[str]
    grave: bool = True


_TRACES = (
    _Trace(words.HOST_KEYS, frozenset({"etc/ssh/ssh_host_*_key"})),
    _Trace(words.TLS_KEY, frozenset({"etc/ssl/private/ssl-cert-snakeoil.key", "etc/xrdp/*.pem", "etc/xrdp/rsakeys.ini"})),
    _Trace(
        words.DHCP_ID,
        frozenset(
            {
                "etc/dhcpcd.duid",
                "var/lib/dhcpcd/duid",
                "var/lib/dhcpcd/secret",
                "var/lib/dhcpcd/*.lease*",
                "var/lib/dhcp/*.lease*",
                "var/lib/systemd/network/duid",
                "var/lib/NetworkManager/*.lease",
                "var/lib/NetworkManager/secret_key",
            }
        ),
    ),
    _Trace(
        words.RANDOM_SEED,
        frozenset(
            {
                "var/lib/systemd/random-seed",
                "var/lib/systemd/credential.secret",
                "var/lib/urandom/random-seed",
                "boot/efi/loader/random-seed",
                "boot/loader/random-seed",
                "efi/loader/random-seed",
            }
        ),
        grave=False,
    ),
    _Trace(words.DOMAIN_ACCOUNT, frozenset({"etc/krb5.keytab", "var/lib/samba/private/secrets.tdb"})),
    _Trace(words.INITIATOR, frozenset({"etc/iscsi/initiatorname.iscsi", "etc/nvme/hostid", "etc/nvme/hostnqn"})),
    _Trace(words.FIRST_BOOT_DONE, frozenset({"var/lib/bascule/*"})),
)
_CLOUD_STATE = frozenset({"var/lib/cloud/instance", "var/lib/cloud/instances/*", "var/lib/cloud/sem/*"})
_DBUS_ID = "var/lib/dbus/machine-id"
_AGENT = frozenset({"usr/sbin/qemu-ga", "usr/bin/qemu-ga"})
_CLOUD_INIT = frozenset({"usr/bin/cloud-init"})
_XRDP_SERVER = frozenset({"usr/sbin/xrdp", "usr/bin/xrdp"})
_CUPS = frozenset({"usr/sbin/cupsd", "usr/bin/cupsd"})
_GUEST = frozenset({"usr/local/bin/bascule-guest", "usr/bin/bascule-guest"})
_GUEST_ON = frozenset({"etc/systemd/system/*.target.wants/bascule-guest.service"})
QUESTION = ImageQuestion(
    names=frozenset(
        {*_RELEASE, _DBUS_ID, *_SYSTEMD, *_SWAP_FILES, *_CLOUD_STATE, *_AGENT, *_CLOUD_INIT, *_XRDP_SERVER, *_CUPS}
        | {*_GUEST, *_GUEST_ON}
    ).union(*(trace.patterns for trace in _TRACES)),
    texts=frozenset({_MACHINE_ID, _HOSTNAME, _SHADOW, _FSTAB, _XRDP, _PAM, _VERSION}),
)
"""All that `examine_image` looks at."""


def examine_image(name: str, root: ImageRoot) -> list[Finding]:
    """Everything that is wrong with it; else that it is good. Raises ImageError: there is no Linux system in it."""
    if not _has(root, _RELEASE):
        raise ImageError(words.NO_ROOT(path=name))
    subject = subjects.IMAGE(image=name)
    findings = [*_shared(subject, root), *_lacking(subject, root)]
    if findings:
        return findings
    return [good(subject, words.IMAGE_GOOD(image=root.text(_VERSION), version=systemd_of(root)))]


def systemd_of(root: ImageRoot) -> str:
    """Its version, as its library is named; empty: there is none."""
    found = (re.search(r"libsystemd-shared-(\d[^/]*)\.so$", path) for path in root.matching(_SYSTEMD))
    return next((version[1] for version in found if version), "")


# -- what all clones would share -------------------------------------------------------------------------------------------


def _shared(subject: Reason, root: ImageRoot) -> Iterator[Finding]:
    if ids := _machine_ids(root):
        yield bad(subject, words.MACHINE_ID(files=_some(ids)))
    for trace in _TRACES:
        if files := root.regular(trace.patterns):
            yield (bad if trace.grave else doubtful)(subject, trace.kind(files=_some(files)))
    if state := list(root.matching(_CLOUD_STATE)):
        yield bad(subject, words.CLOUD_STATE(files=_some(state)))
    if swap := [*root.regular(_SWAP_FILES), *_swap_lines(root)]:
        yield doubtful(subject, words.SWAP(files=_some(swap)))
    if (name := root.text(_HOSTNAME)) not in ("", "localhost"):
        yield doubtful(subject, words.HOSTNAME(name=name[:64]))
    if accounts := list(_with_password(root)):
        yield bad(subject, words.PASSWORDS(accounts=_some(accounts)))


def _machine_ids(root: ImageRoot) -> list[str]:
    """`uninitialized` is as good as empty: machine-id(5). D-Bus' own is a link to systemd's, or a second id."""
    own = [_MACHINE_ID] if root.text(_MACHINE_ID) not in ("", "uninitialized") else []
    return own + root.regular({_DBUS_ID})


def _swap_lines(root: ImageRoot) -> Iterator[str]:
    for line in root.text(_FSTAB).splitlines():
        fields = line.split()
        if len(fields) > 2 and not fields[0].startswith("#") and fields[2] == "swap":
            yield f"{_FSTAB}: {fields[0][:64]}"


def _with_password(root: ImageRoot) -> Iterator[str]:
    """`!` and `*` begin what no password matches: shadow(5)."""
    for line in root.text(_SHADOW).splitlines():
        fields = line.split(":")
        if len(fields) > 1 and not fields[1].startswith(("!", "*")):
            yield fields[0][:64]


# -- what clones would lack ------------------------------------------------------------------------------------------------


def _lacking(subject: Reason, root: ImageRoot) -> Iterator[Finding]:
    if (version := systemd_of(root)) and _number(version) < SYSTEMD_HOLDS_ROOT:
        yield bad(subject, words.SYSTEMD_OLD(version=version))
    if not _has(root, _AGENT):
        yield bad(subject, words.NO_AGENT())
    if not _has(root, _CLOUD_INIT):
        yield bad(subject, words.NO_CLOUD_INIT())
    if not _has(root, _GUEST):
        yield bad(subject, words.NO_GUEST())
    elif not _has(root, _GUEST_ON):
        yield bad(subject, words.GUEST_OFF())
    yield from _log_on(subject, root)
    if not root.text(_VERSION):
        yield doubtful(subject, words.NO_VERSION())


def _log_on(subject: Reason, root: ImageRoot) -> Iterator[Finding]:
    if not _has(root, _XRDP_SERVER):
        yield doubtful(subject, words.NO_XRDP())
        return
    if not _has(root, _CUPS):
        yield doubtful(subject, words.NO_CUPS())
    if (setting := _security_layer(root.text(_XRDP))) != "tls":
        yield doubtful(subject, words.XRDP_PLAIN(setting=setting[:64]))
    if not any("bascule-hold" in line for line in root.text(_PAM).splitlines() if not line.lstrip().startswith("#")):
        yield doubtful(subject, words.NO_HOLD())


def _security_layer(ini: str) -> str:
    """Of xrdp.ini; what it does without the line is `negotiate`."""
    found = re.search(r"^\s*security_layer\s*=\s*(\S+)", ini, re.MULTILINE)
    return found[1].lower() if found else "negotiate"


def _has(root: ImageRoot, patterns: frozenset[str]) -> bool:
    return next(root.matching(patterns), None) is not None


def _number(version: str) -> int:
    return int(re.sub(r"\D.*", "", version))


def _some(files: Sequence[str]) -> Reason:
    return list_some(files, _NAMED)


__all__ = ["QUESTION", "examine_image", "systemd_of"]
