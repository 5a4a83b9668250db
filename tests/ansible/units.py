"""What whoever installs by hand gets of the role's templates: `python -m tests.ansible.units` writes config/systemd/."""

from collections.abc import Mapping

from tests.ansible.test_unit import rendered
from tests.builders.ansible import ANSIBLE

FOLDER = ANSIBLE.parent / "config" / "systemd"
_SAYS = "From ansible/roles/bascule/templates/{} by `python -m tests.ansible.units`: change nothing here."
_RECEIVER = {"certificate": "receiver.pem", "key": "secrets/receiver.key", "authority_key": "secrets/receiver-ca.key"}
"""Where `bascule init /etc/bascule` writes them."""
_BY_HAND = {
    "bascule_receiver": {name: f"/etc/bascule/{file}" for name, file in _RECEIVER.items()},
    "bascule_operators": ["by hand"],
    "bascule_pushes": {"by": "hand"},
}
"""A daemon with a receiver and groups: what it does not have it does not miss."""
TEMPLATES = {
    "bascule.service": "bascule.service.j2",
    "bascule-receiver.service": "bascule-receiver.service.j2",
    "bascule-receiver-renew.service": "bascule-receiver-renew.service.j2",
    "bascule-receiver-renew.timer": "bascule-receiver-renew.timer.j2",
    "bascule.sh": "bascule.sh.j2",
}


def shipped() -> Mapping[str, str]:
    """Their texts, by file name."""
    return {
        name: rendered(template, **_BY_HAND, ansible_managed=_SAYS.format(template)) + "\n"
        for name, template in TEMPLATES.items()
    }


if __name__ == "__main__":
    for name, text in shipped().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
