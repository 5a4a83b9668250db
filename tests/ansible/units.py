"""The unit for whoever installs by hand, from the role's template: `python -m tests.ansible.units` writes it."""

from tests.ansible.test_unit import the_unit
from tests.builders.ansible import ANSIBLE

SHIPPED = ANSIBLE.parent / "config" / "systemd" / "bascule.service"
_SAYS = "From ansible/roles/bascule/templates/bascule.service.j2 by `python -m tests.ansible.units`: change nothing here."


def shipped_unit() -> str:
    """For a daemon with a receiver and groups, or without: what it does not have it does not miss."""
    by_hand = {"bascule_receiver": {"by": "hand"}, "bascule_operators": ["by hand"], "bascule_pushes": {"by": "hand"}}
    return the_unit(ansible_managed=_SAYS, **by_hand) + "\n"


if __name__ == "__main__":
    SHIPPED.write_text(shipped_unit(), encoding="utf-8")
