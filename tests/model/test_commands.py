"""Commands, and the format of a twin's secrets."""

from provisioner.model.commands import Observe
from provisioner.model.machines.twin_spec import TokenSpec
from tests.builders.cluster import PVE


def test_a_plain_look_reads_no_task_list_and_asks_for_no_quorum():
    look = Observe(cluster=PVE)

    assert (look.tasks_of, look.quorum) == (frozenset(), False)


def test_a_token_of_a_twin_never_shows_its_secret():
    assert "s3cret" not in repr(TokenSpec(user="bascule@pve", name="token", secret="s3cret"))
