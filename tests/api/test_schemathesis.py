"""Every operation of the contract, asked as its schema allows and forbids: inside this process, by a fixed seed."""

from datetime import UTC, datetime

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, seed, settings, strategies
from schemathesis.config import SchemathesisConfig

from provisioner.api.callers import Role
from provisioner.api.contract import openapi_document
from provisioner.api.feed import Feed
from provisioner.api.limits import LIMITS
from provisioner.api.server import answering
from provisioner.model.bounds import LAST_AT
from tests.builders.api import an_api_site, as_role
from tests.builders.core import a_desktop
from tests.builders.views import a_publication

pytestmark = pytest.mark.long


def the_application():
    """With a publication, and a feed that has ended: its streams end at once."""
    published = a_publication(*(a_desktop(number) for number in range(1, 4)), wanted=3)
    site = an_api_site(published)
    feed = Feed(site.journal_after, lambda: 0, most_streams=10_000)
    feed.closed = True
    return answering(site, as_role(Role.OPERATOR), LIMITS, feed=feed)


REJECTED = [400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 428, 429, "5xx"]
"""What a refusal of faulty data may be: as by default, and 413 for what is too long to be read."""
CONFIG = SchemathesisConfig.from_dict({"checks": {"negative_data_rejection": {"expected-statuses": REJECTED}}})
schemathesis.openapi.format(
    "date-time",
    strategies.floats(0, LAST_AT, exclude_max=True).map(lambda at: datetime.fromtimestamp(at, UTC).isoformat()),
)
schema = schemathesis.openapi.from_dict(openapi_document(), config=CONFIG)
schema.app = the_application()


@seed(17)
@schema.parametrize()
@settings(
    max_examples=60,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_each_operation_answers_as_the_contract_says(case):
    case.call_and_validate()
