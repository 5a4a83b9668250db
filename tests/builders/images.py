"""Roots of golden images in a folder, as far as `bascule check image` looks into them."""

from collections.abc import Mapping
from pathlib import Path

CLEAN: Mapping[str, str] = {
    "usr/lib/os-release": "ID=debian\nVERSION_ID=13\n",
    "usr/lib/x86_64-linux-gnu/systemd/libsystemd-shared-257.so": "",
    "etc/machine-id": "",
    "etc/shadow": "root:!*:20600:0:99999:7:::\ndaemon:*:20600:0:99999:7:::\n",
    "etc/fstab": "LABEL=bascule / ext4 errors=remount-ro 0 1\n",
    "etc/ssh/sshd_config": "",
    "etc/xrdp/xrdp.ini": "[Globals]\nsecurity_layer=tls\n",
    "etc/pam.d/xrdp-sesman": "session requisite pam_exec.so quiet /usr/local/bin/bascule-hold\n@include common-session\n",
    "etc/bascule/image": "2026-11-27\n",
    "etc/systemd/system/multi-user.target.wants/bascule-guest.service": "",
    "usr/local/bin/bascule-guest": "",
    "usr/sbin/qemu-ga": "",
    "usr/bin/cloud-init": "",
    "usr/sbin/xrdp": "",
    "usr/sbin/cupsd": "",
    "var/lib/systemd/catalog/database": "",
}
"""Files by path, without anything that clones may not share."""
SHARED: Mapping[str, Mapping[str, str]] = {
    "image_machine_id": {"etc/machine-id": "0123456789abcdef0123456789abcdef\n"},
    "image_host_keys": {"etc/ssh/ssh_host_ed25519_key": "secret", "etc/ssh/ssh_host_ed25519_key.pub": "public"},
    "image_tls_key": {"etc/ssl/private/ssl-cert-snakeoil.key": "secret"},
    "image_dhcp_id": {"var/lib/dhcpcd/duid": "00:01"},
    "image_random_seed": {"var/lib/systemd/random-seed": "\x00\x01"},
    "image_cloud_state": {"var/lib/cloud/instances/i-1/user-data.txt": "#cloud-config"},
    "image_swap": {"swapfile": ""},
    "image_domain_account": {"etc/krb5.keytab": "secret"},
    "image_initiator": {"etc/iscsi/initiatorname.iscsi": "InitiatorName=iqn.1993-08.org.debian:01:abc"},
    "image_first_boot_done": {"var/lib/bascule/first-boot": "done\n"},
    "image_hostname": {"etc/hostname": "master\n"},
    "image_passwords": {"etc/shadow": "root:$y$j9T$salt$hash:20600::::::\n"},
}
"""What makes each kind of shared identity."""


def lay_out(folder: Path, files: Mapping[str, str]) -> Path:
    """Write them, over what is there."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def a_clean_image(folder: Path) -> Path:
    """One that clones may be made from."""
    return lay_out(folder, CLEAN)
