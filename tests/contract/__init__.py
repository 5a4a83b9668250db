"""One suite on several clusters; its helpers' asserts are explained by pytest too."""

import pytest

pytest.register_assert_rewrite("tests.contract.acts")
