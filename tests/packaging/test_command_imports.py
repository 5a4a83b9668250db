"""What `status`, `why`, `person` and `freeze` load: a person in a hurry waits. tests/bench/commands.py measures the time."""

import sys

import pytest

from tests.bench.commands import large
from tests.builders.api import an_api_site, serving
from tests.builders.cli import a_lonely_site, keep
from tests.builders.core import a_desktop
from tests.builders.views import a_publication

pytestmark = pytest.mark.long


@pytest.mark.parametrize(
    "words", [["status"], ["why", "login0001"], ["person", "login0001"], ["freeze", "smoke"]], ids=" ".join
)
def test_no_large_library_is_loaded(tmp_path, words):
    """L9."""
    site = a_lonely_site(tmp_path)
    keep(site)
    with serving(tmp_path, an_api_site(a_publication(a_desktop(1), wanted=2))) as at:
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "BASCULE_SOCKET": str(at)}

        assert large(sys.executable, [*words, "--config", str(site.main)], environment) == []
