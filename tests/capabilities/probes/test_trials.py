"""Trial desktops that a robot logs on to."""

from dataclasses import replace

import pytest

from provisioner.capabilities.probes.outside.chain import LogonChain
from provisioner.capabilities.probes.settings import ProbeSettings, RobotSettings
from provisioner.capabilities.readiness.rule import ReadinessInputs, readiness_of
from provisioner.cli.check.trial_round import TrialRound
from provisioner.daemon.system_clock import SystemClock
from provisioner.model.ids import ProfileName
from provisioner.model.people.profiles import LogonProtocol
from provisioner.model.probes import ProbeTarget
from provisioner.settings.secret import Secret
from tests.cli.test_trial_round import CEPH, OFFICE, PROFILES, Daemon
from tests.servers.shadow import ROBOT, shadow_server


@pytest.mark.real
def test_a_real_server_that_does_not_let_the_robot_in_costs_the_people_of_its_profile(tmp_path):
    with shadow_server(tmp_path) as port:

        def tried_with(password):
            settings = ProbeSettings(robot=RobotSettings(user=ROBOT.name, password=Secret(password)))
            chain = LogonChain(settings, clock=SystemClock())
            at = ProbeTarget(desktop="vd-9", host="127.0.0.1", port=port, protocol=LogonProtocol.RDP)
            of_office = TrialRound(daemon=Daemon(), profiles=PROFILES, reach=lambda row: chain.probe(at), pause=lambda _: None)
            return [tried.finding for tried in of_office.run({(OFFICE, CEPH): 1})]

        inputs = ReadinessInputs(at=0.0, scenario="surge", profiles={OFFICE: 9, ProfileName("cad"): 1}, in_time=10)
        good, refused = (readiness_of(replace(inputs, findings=tried_with(password))) for password in (ROBOT.password, "wrong"))

    assert (good.percent, [trial.arguments["what"].code for trial in good.trials]) == (100, ["trial_reached"])
    assert (refused.percent, [cause.people for cause in refused.causes]) == (10, [9])
    assert "the robot account is not let in" in str(refused.causes[0].what)
