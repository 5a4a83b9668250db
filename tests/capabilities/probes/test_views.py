"""What probes have shown, in the status: its document, its line, and what is wrong."""

from dataclasses import replace

from provisioner.capabilities.probes.lines import probe_lines
from provisioner.capabilities.probes.model import STATE, ProbeState
from provisioner.capabilities.probes.reasons import NONE_FAILED
from provisioner.capabilities.probes.views import probes_document
from provisioner.cli.output import plain
from provisioner.extensions import Parts
from provisioner.model.certificates import WatchedCertificate
from provisioner.model.probes import Factor, FactorKind
from provisioner.model.status import Status
from provisioner.reasons.reason import Reason
from provisioner.wrong.entry import Severity
from provisioner.wrong.listing import severity_of, wrong_in
from tests.builders.monitors import MONDAY, a_status

SAID = Reason("their names are not resolved")
NODE, IMAGE = Factor(FactorKind.NODE, "pve/pve03"), Factor(FactorKind.IMAGE, "office-7")
WELL = ProbeState(at=MONDAY, probed=20, what=NONE_FAILED(probed=20))


def a_status_with(state: ProbeState | None) -> Status:
    return replace(a_status(), parts=Parts().having(STATE, state))


def listed(state: ProbeState | None) -> list[tuple[str, str]]:
    return [(entry.code, entry.about) for entry in wrong_in(a_status_with(state))]


def test_desktops_that_people_do_not_reach_are_listed_by_the_surest_cause():
    assert listed(ProbeState(causes=((NODE, IMAGE),), what=SAID)) == [("probes_not_reached", "node pve/pve03")]
    assert listed(ProbeState(everywhere=True, what=SAID)) == [("probes_not_reached", "everywhere")]
    assert [listed(state) for state in (None, ProbeState(), WELL)] == [[], [], []]


def test_it_calls_somebody_and_stands_before_what_is_as_bad_of_certificates():
    over = WatchedCertificate(use="api.certificate", path="api.pem", ends=MONDAY - 60)
    status = replace(a_status_with(ProbeState(everywhere=True, what=SAID)), certificates=(over,))

    entries = wrong_in(status)

    assert [(entry.code, severity_of(entry)) for entry in entries] == [
        ("probes_not_reached", Severity.CRITICAL), ("certificate_over", Severity.CRITICAL),
    ]  # fmt: skip


def test_its_line_says_what_is_not_among_the_wrong():
    shown = plain(probes_document(a_status_with(WELL)))

    assert list(probe_lines(shown)) == ["probes: none of 20 desktops has failed"]
    assert list(probe_lines(probes_document(a_status_with(ProbeState(everywhere=True, what=SAID))))) == []
    assert list(probe_lines(probes_document(a_status_with(ProbeState())))) == []
    assert list(probe_lines(None)) == []
