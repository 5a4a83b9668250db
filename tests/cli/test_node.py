"""The commands for nodes, and the list of nodes."""

import pytest

from provisioner.model.intents import IntentKind
from provisioner.model.machines.desktops import Phase
from tests.builders.cli import a_lonely_site, bascule, journal_of, keep, ordered_by
from tests.builders.cluster import a_node, a_view
from tests.builders.core import a_desktop, a_report, a_session, an_order
from tests.builders.desk import ordered, orders_in
from tests.builders.views import node_rows
from tests.cli.test_document_rows import a_status


@pytest.fixture
def site(tmp_path):
    return a_lonely_site(tmp_path)


def _standing(site):
    return [(intent.kind.value, intent.target, intent.by, intent.reason) for intent in orders_in(site)]


def _order(site, *words):
    return ordered(site, "node", *words)


@pytest.mark.long
@pytest.mark.parametrize(
    ("words", "said", "standing"),
    [
        pytest.param(
            [["cordon", "pve1", "--by", "claire", "--reason", "new memory"]],
            "node melun/pve1 is cordoned from the next cycle on; `bascule node uncordon melun/pve1` ends it",
            [("cordon", "melun/pve1", ordered_by("claire"), "new memory")],
            id="cordon",
        ),
        pytest.param(
            [["cordon", "melun/pve1", "--by", "a"], ["cordon", "pve1", "--cluster", "melun", "--by", "b"]],
            "node melun/pve1 is cordoned from the next cycle on; `bascule node uncordon melun/pve1` ends it",
            [("cordon", "melun/pve1", ordered_by("b"), "")],
            id="named in two ways: one node, and the later order stands",
        ),
        pytest.param(
            [["cordon", "pve1"], ["uncordon", "pve1"]], "node melun/pve1 takes desktops again", [], id="and uncordoned"
        ),
        pytest.param(
            [["uncordon", "gone"]],
            "node gone was neither cordoned, drained nor evacuated",
            [],
            id="nothing to end",
        ),
    ],
)
def test_orders_about_nodes(site, words, said, standing):
    ends = [_order(site, *arguments) for arguments in words]

    assert [(ended.code, ended.err) for ended in ends] == [(0, "")] * len(words)
    assert ends[-1].out == f"{said}\n"
    assert sorted(_standing(site)) == standing


@pytest.mark.long
@pytest.mark.parametrize(
    ("words", "code", "complaint"),
    [
        pytest.param(
            ["cordon", "pve1", "--cluster", "lyon"], 2, "no cluster lyon is configured, only melun", id="no such cluster"
        ),
        pytest.param(
            ["cordon", "lyon/pve1", "--cluster", "melun"],
            2,
            "lyon/pve1 is in cluster lyon, and --cluster says melun",
            id="said twice",
        ),
        pytest.param(
            ["cordon", "pve9"],
            2,
            "cluster melun has no node pve9, only pve1, pve2",
            id="a node that is not there",
        ),
    ],
)
def test_a_node_that_is_not_known_is_not_cordoned(site, words, code, complaint):
    ended = _order(site, *words)

    assert (ended.code, ended.out) == (code, "")
    assert complaint in ended.err
    assert _standing(site) == []


@pytest.mark.long
def test_who_cordoned_what_and_why_is_in_the_journal_and_in_status(site):
    _order(site, "cordon", "pve1", "--by", "claire", "--reason", "new memory")

    line, *_ = journal_of(site.main)
    status = bascule("status", "--offline", "--config", str(site.main))

    assert (line["what"], line["subject"], line["result"], line["reason"]) == (
        "cordon",
        "melun/pve1",
        "given",
        f"by {ordered_by('claire')}: new memory",
    )
    assert f"cordon of melun/pve1 ordered by {ordered_by('claire')} at " in status.out
    assert status.out.count(": new memory") == 1
    (intent,) = bascule("status", "--offline", "--json", "--config", str(site.main)).document["status"]["intents"]
    assert intent["target"] == "melun/pve1"


def test_the_list_says_of_each_node_what_is_there_and_why_it_is_closed():
    desktops = [
        a_desktop(1, Phase.READY).but(report=a_report(sessions=(a_session(),))),
        a_desktop(3, Phase.STOPPED),
        a_desktop(5, Phase.READY).but(report=a_report(read_at=0.0)),
    ]
    nodes = (a_node("n1"), a_node("n2", maintenance=True), a_node("n3", online=False))
    status = a_status(*desktops, view=a_view(nodes=nodes), intents=(an_order(IntentKind.CORDON, "n1"),))

    assert [row[:6] for row in node_rows(status)] == [
        ("pve/n1", "online, cordoned", 3, 2, 1, 1),
        ("pve/n2", "online, cordoned", 0, 0, 0, 0),
        ("pve/n3", "offline", 0, 0, 0, 0),
    ]
    assert [row[6].split(":")[0] for row in node_rows(status)] == [
        "node n1 is cordoned by zoe",
        "node n2 is in Proxmox VE's maintenance mode",
        "",
    ]


@pytest.mark.long
def test_the_list_of_a_cluster_that_does_not_answer_ends_in_3(site):
    keep(site)

    ended = _order(site, "list", "--offline")

    assert (ended.code, ended.out) == (3, "no node has been seen\n")
    assert _order(site, "list", "--offline", "--json").document["nodes"] == []
