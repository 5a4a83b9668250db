"""How far a run of the surge is, as it is noted for the report."""

from dataclasses import replace

from provisioner.model.session_groups import GroupKind
from provisioner.planning.report.progress import progress_of
from tests.builders.cluster import NOW
from tests.builders.core import a_desktop
from tests.builders.progress import a_run
from tests.planning.report.test_status import status


def test_a_session_counts_once_though_it_is_in_a_profile_a_site_and_a_wave():
    shown = status([a_desktop(1)])
    figures = replace(
        shown.session_figures,
        open={
            (GroupKind.PROFILE, "standard"): 7,
            (GroupKind.SITE, "Melun"): 5,
            (GroupKind.SITE, "other"): 2,
            (GroupKind.WAVE, "all"): 7,
        },
    )

    progress = progress_of(replace(shown, at=NOW, surge=a_run(), session_figures=figures))

    assert progress is not None
    assert progress.sessions == 7
