"""Before a node is drained: who is logged on there, who else has a desktop there, what they lose, and until when."""

from provisioner.cli.operating.node import desktops_on, drain_lines
from provisioner.cli.output import plain
from provisioner.model.machines.desktops import Phase
from provisioner.views.desktops import desktops_document
from tests.builders.core import a_desktop, a_report, a_session
from tests.builders.views import a_publication


def _documents(*desktops):
    return plain(desktops_document(a_publication(*desktops, wanted=9, agents=9)))["desktops"]


def _used(number):
    return a_desktop(number).but(report=a_report(sessions=(a_session("login0001"),)))


def test_who_is_logged_on_waits_for_nobody_and_the_others_lose_their_desktops_until_it_is_opened():
    documents = _documents(_used(1), a_desktop(3), a_desktop(5, Phase.STOPPED), a_desktop(7, Phase.UNKNOWN))

    lines = list(drain_lines(desktops_on(documents, "n1"), "n1"))

    logins = [document["login"] or document["name"] for document in documents]
    assert lines[0].startswith("3 desktops run on node n1 (1 with an open session, 1 without, 1 of which it is not known)")
    assert lines[1] == f"1 desktop stays on until its people log off, and when that is, nobody can say: {logins[0]}"
    assert lines[2].startswith("3 more people have a desktop there, and none to work with until `bascule node uncordon n1`: ")
    assert len(lines) == 4


def test_a_node_is_named_alone_or_with_its_cluster():
    documents = _documents(a_desktop(1))

    assert desktops_on(documents, "n1") == desktops_on(documents, "pve/n1") == documents
    assert desktops_on(documents, "n9") == desktops_on(documents, "lyon/n1") == []


def test_five_people_are_named_and_the_rest_counted():
    documents = _documents(*map(_used, range(1, 9)))

    assert list(drain_lines(documents, "n1"))[1].endswith(" and 3 more")


def test_a_desktop_that_nobody_would_log_on_to_is_nobodys_loss():
    (document,) = _documents(a_desktop(1, Phase.STOPPED))

    assert list(drain_lines([replaced(document, superseded_by="vd-0009")], "n1")) == []
    assert list(drain_lines([replaced(document, quarantined=True)], "n1")) == []


def replaced(document, **changes):
    return {**document, **changes}
