"""Each section of a capability says what a reload does with it, and the reload does that."""

from dataclasses import replace

import pytest

from provisioner.settings.reload import needs_restart, reload_settings
from provisioner.settings.sections import SECTIONS
from provisioner.settings.values import Reload
from tests.builders.settings import a_site


@pytest.mark.parametrize("section", tuple(SECTIONS.found()), ids=lambda section: section.part.name)
def test_a_changed_section_is_taken_up_or_named(section, tmp_path):
    old = a_site(tmp_path).load()
    new = replace(old, sections=old.sections.having(section.part, "another value"))

    live = section.reload is Reload.LIVE

    assert reload_settings(old, new) == (new if live else old)
    assert needs_restart(old, new) == ([] if live else [section.part.name])
