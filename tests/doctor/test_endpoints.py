"""Every endpoint is asked: a spare that does not answer is a doubt, and a node of another cluster a fault."""

from dataclasses import replace

from provisioner.doctor.endpoints import examine_endpoints
from provisioner.doctor.findings import Grade
from provisioner.errors import Forbidden, NotSent
from provisioner.model.ids import ClusterId
from provisioner.twin.engine.events import EventHeap
from provisioner.twin.twin import Twin
from tests.builders.cluster import NOW
from tests.builders.pve import NOTE_KEY
from tests.builders.twin import a_spec
from tests.builders.virtual_hypervisor import VirtualHypervisor

LAB = ClusterId("lab")


class Refusing(VirtualHypervisor):
    """Each question ends with this error."""

    def __init__(self, error):
        super().__init__(Twin(a_spec(), EventHeap(NOW)), key=NOTE_KEY)
        self._error = error

    def cluster_name(self):
        raise self._error


def answering(name="lab"):
    return VirtualHypervisor(Twin(replace(a_spec(nodes=2), name=name), EventHeap(NOW)), key=NOTE_KEY)


def found(**clients):
    return [(finding.grade, finding.code) for finding in examine_endpoints({LAB: clients})]


def test_all_answer():
    assert found(a=answering(), b=answering()) == []


def test_a_spare_endpoint_does_not_answer():
    (silent,) = examine_endpoints({LAB: {"a": answering(), "b": Refusing(NotSent("no route to host"))}})

    assert (silent.grade, silent.text) == (Grade.DOUBTFUL, "endpoint b does not answer: no route to host")
    assert "port 8006" in silent.fix


def test_none_answers_is_said_of_the_cluster():
    assert found(a=Refusing(NotSent("no")), b=Refusing(NotSent("no"))) == []


def test_an_endpoint_of_another_cluster():
    assert found(a=answering(), b=answering("other")) == [(Grade.BAD, "endpoints_differ")]


def test_without_the_right_to_ask_for_the_name_it_answers():
    assert found(a=answering(), b=Refusing(Forbidden("Permission check failed (/, Sys.Audit)"))) == []
