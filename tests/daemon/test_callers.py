"""H4, H10: who cannot be known by what they are stands in the one list of what is wrong."""

from provisioner.api.callers import Role
from provisioner.api.peers import groups_are_told
from provisioner.api.tokens import make_token
from provisioner.daemon.callers import Callers
from provisioner.model.status import Status
from provisioner.reasons.files import FILE_WRITABLE
from provisioner.reasons.wrong import GROUPS_UNTOLD, TOKENS_REFUSED
from provisioner.settings.values import ApiSettings
from provisioner.wrong.listing import wrong_in
from tests.builders.cluster import NOW


def untold():
    """A real refusal of the kernel: it does not know the option."""
    return groups_are_told(option=4_711)


def test_a_kernel_that_tells_no_groups_is_a_doubt_where_groups_have_roles():
    """H4: it was taken for a person without a role, and nobody knew why."""
    with_roles, without = ApiSettings(helpdesk=("assistance",)), ApiSettings()

    assert Callers(with_roles, groups_told=untold).doubts() == (GROUPS_UNTOLD(),)
    assert (Callers(with_roles).doubts(), Callers(without, groups_told=untold).doubts()) == ((), ())


def test_a_file_of_tokens_that_counts_for_nothing_is_a_doubt(tmp_path):
    """H10: until it is mended."""
    file = tmp_path / "tokens"
    file.write_text(make_token("grafana", Role.BOARD)[1].line)
    callers = Callers(ApiSettings(tokens=file))
    before = callers.doubts()
    file.chmod(0o666)
    exposed = callers.doubts()
    file.chmod(0o640)

    assert exposed == (TOKENS_REFUSED(why=FILE_WRITABLE(file=str(file))),)
    assert (before, callers.doubts()) == ((), ())


def test_each_doubt_is_in_the_list_of_what_is_wrong():
    """H4: for `status`, the API, the metrics and the alert."""
    status = Status(at=NOW, callers=(GROUPS_UNTOLD(), TOKENS_REFUSED(why="x")))

    assert {"groups_untold", "tokens_refused"} <= {entry.code for entry in wrong_in(status)}
