"""Reading the directory: pure parts, faulty servers, and the same contract on every server."""

import pytest

pytest.register_assert_rewrite("tests.adapters.ldap.contract")
