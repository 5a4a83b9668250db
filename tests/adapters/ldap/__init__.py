"""Reading the directory: pure parts, wrong servers, and one contract on every server."""

import pytest

pytest.register_assert_rewrite("tests.adapters.ldap.contract")
