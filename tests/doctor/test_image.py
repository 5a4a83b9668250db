"""A golden image: what all its clones would share is named exactly, and so is what they would lack."""

from collections.abc import Mapping

import pytest

from provisioner.doctor.findings import Grade
from provisioner.doctor.image import QUESTION, examine_image, systemd_of
from provisioner.errors import ImageError
from provisioner.model.machines.image_root import ImageRoot, matches
from tests.builders.images import CLEAN, SHARED
from tests.doctor import check_page

LINKS = frozenset({"var/lib/dbus/machine-id", "etc/xrdp/key.pem", "etc/xrdp/cert.pem"})
"""Where Debian has links: what they lead to is looked at itself."""


def found(files: Mapping[str, str], *, others: frozenset[str] = LINKS) -> dict[str, Grade]:
    wanted = {path: text for path, text in files.items() if any(matches(path, pattern) for pattern in QUESTION.patterns)}
    folders = {"var/lib/cloud/instances/i-1"} if any(path.startswith("var/lib/cloud/instances") for path in files) else set()
    findings = examine_image("golden.raw", ImageRoot(files=wanted, others=others | folders))
    return {finding.code: finding.grade for finding in findings}


def without(*paths: str) -> dict[str, str]:
    return {path: text for path, text in CLEAN.items() if path not in paths}


def test_a_clean_image_has_no_fault_and_says_its_version():
    (finding,) = examine_image("golden.raw", ImageRoot(files=CLEAN, others=LINKS))

    assert (finding.grade, finding.code) == (Grade.GOOD, "image_good")
    assert "2026-11-27" in finding.text
    assert "systemd 257" in finding.text


@pytest.mark.parametrize("code", SHARED)
def test_each_kind_of_shared_identity_is_named_and_no_other(code):
    assert found(CLEAN | SHARED[code]).keys() == {code}


def test_all_kinds_at_once_are_each_named_once():
    planted: dict[str, str] = {}
    for files in SHARED.values():
        planted |= files

    assert found(CLEAN | planted).keys() == SHARED.keys()


@pytest.mark.parametrize(
    ("planted", "code"),
    [
        pytest.param({"var/lib/dbus/machine-id": "0123"}, "image_machine_id", id="D-Bus has an id of its own"),
        pytest.param({"etc/xrdp/key.pem": "secret"}, "image_tls_key", id="a key where Debian has a link"),
        pytest.param({"etc/xrdp/rsakeys.ini": "secret"}, "image_tls_key", id="xrdp's own key"),
        pytest.param({"var/lib/NetworkManager/secret_key": "s"}, "image_dhcp_id", id="NetworkManager"),
        pytest.param({"var/lib/dhcp/dhclient.leases": ""}, "image_dhcp_id", id="dhclient"),
        pytest.param({"etc/fstab": "UUID=1-2 none swap sw 0 0"}, "image_swap", id="a partition"),
        pytest.param({"etc/shadow": "root:*:1::::::\njean::1::::::"}, "image_passwords", id="an account without a password"),
        pytest.param({"boot/efi/loader/random-seed": "s"}, "image_random_seed", id="systemd-boot"),
    ],
)
def test_so_is_what_other_software_leaves(planted, code):
    others = LINKS - planted.keys()

    assert found(CLEAN | planted, others=others).keys() == {code}


@pytest.mark.parametrize(
    "harmless",
    [
        pytest.param({"etc/machine-id": "uninitialized\n"}, id="systemd's word for none"),
        pytest.param({"etc/hostname": "localhost\n"}, id="no name"),
        pytest.param({"etc/ssh/ssh_host_rsa_key.pub": "public"}, id="a public key alone"),
        pytest.param({"etc/fstab": "# UUID=1-2 none swap sw 0 0\n"}, id="a comment"),
        pytest.param({"etc/shadow": "root:!$y$hash:1::::::\nxrdp:!:1::::::\n"}, id="locked accounts"),
    ],
)
def test_what_clones_do_not_share_is_not_named(harmless):
    assert found(CLEAN | harmless).keys() == {"image_good"}


@pytest.mark.parametrize(
    ("files", "code", "grade"),
    [
        pytest.param(without("usr/sbin/qemu-ga"), "image_no_agent", Grade.BAD, id="no guest agent"),
        pytest.param(without("usr/bin/cloud-init"), "image_no_cloud_init", Grade.BAD, id="no cloud-init"),
        pytest.param(without("usr/local/bin/bascule-guest"), "image_no_guest", Grade.BAD, id="no report"),
        pytest.param(
            without("etc/systemd/system/multi-user.target.wants/bascule-guest.service"),
            "image_guest_off",
            Grade.BAD,
            id="report not enabled",
        ),
        pytest.param(without("usr/sbin/xrdp"), "image_no_xrdp", Grade.DOUBTFUL, id="no log-on"),
        pytest.param(without("usr/sbin/cupsd"), "image_no_cups", Grade.DOUBTFUL, id="xrdp prints nothing"),
        pytest.param(without("etc/bascule/image"), "image_no_version", Grade.DOUBTFUL, id="no version"),
        pytest.param(without("etc/pam.d/xrdp-sesman"), "image_no_hold", Grade.DOUBTFUL, id="shutdowns are not held back"),
        pytest.param(CLEAN | {"etc/xrdp/xrdp.ini": ""}, "image_xrdp_plain", Grade.DOUBTFUL, id="RDP without TLS, by default"),
        pytest.param(
            CLEAN | {"etc/pam.d/xrdp-sesman": "# session requisite pam_exec.so bascule-hold"},
            "image_no_hold",
            Grade.DOUBTFUL,
            id="a comment holds nothing back",
        ),
    ],
)
def test_what_clones_would_lack_is_named(files, code, grade):
    assert found(files) == {code: grade}


@pytest.mark.parametrize(
    ("library", "version", "codes"),
    [
        pytest.param("usr/lib/x86_64-linux-gnu/systemd/libsystemd-shared-252.so", "252", {"image_systemd_old"}, id="Debian 12"),
        pytest.param("usr/lib/systemd/libsystemd-shared-257.9-1.fc42.so", "257.9-1.fc42", {"image_good"}, id="Fedora 42"),
        pytest.param("usr/lib/systemd/libsystemd-shared-260.so", "260", {"image_good"}, id="later"),
    ],
)
def test_a_systemd_that_does_not_hold_root_back_is_named(library, version, codes):
    files = without("usr/lib/x86_64-linux-gnu/systemd/libsystemd-shared-257.so") | {library: ""}

    assert found(files).keys() == codes
    assert systemd_of(ImageRoot(files=files)) == version


def test_what_is_no_linux_system_is_no_image():
    with pytest.raises(ImageError, match=r"docs/en/windows-image\.md"):
        examine_image("win11.qcow2", ImageRoot(files={}))


def test_the_page_has_its_severities():
    codes = {code for code in check_page.listed() if code.startswith("image_")}
    graded = {**found(CLEAN | {path: text for files in SHARED.values() for path, text in files.items()})}

    assert SHARED.keys() <= codes
    assert {check_page.listed()[code] for code in graded if graded[code] is Grade.BAD} == {"bad"}
    assert {check_page.listed()[code] for code in graded if graded[code] is Grade.DOUBTFUL} == {"doubtful"}
