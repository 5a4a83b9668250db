"""A zone that fails lowers the standing readiness."""

import pytest

from provisioner.capabilities.readiness.gauges import labels_of
from provisioner.capabilities.zones.model import ZoneRules
from provisioner.capabilities.zones.settings import DNS, DnsKey, DnsSettings
from provisioner.extensions import Parts
from provisioner.settings.secret import Secret
from tests.capabilities.readiness.test_readiness import SITE, night

DEAF_DNS = DnsSettings(
    server="127.0.0.1",
    port=1,
    timeout_s=0.2,
    key=DnsKey(name="k", secret=Secret("c2VjcmV0")),
    zones=ZoneRules(forward="vd.example"),
)


@pytest.mark.long
def test_a_zone_that_fails_is_named_and_the_number_falls(tmp_path):
    answer = night(SITE.but(settings={"sections": Parts().having(DNS, DEAF_DNS)}), tmp_path)

    assert (answer.ready, answer.percent < 100) == (0, True)
    assert "zone_silent" in {label for cause in answer.causes for label in labels_of(cause.what)}
