"""What a capability keeps in a value of the core is found again, also in another process."""

import pickle

from provisioner.capabilities.zones.settings import DNS
from provisioner.daemon.beside import WORK
from provisioner.extensions import Part, Parts
from tests.builders.settings import a_site


def test_a_part_that_nobody_has_put_there_is_absent():
    assert Parts()[Part("number", 7)] == 7


def test_parts_are_found_after_a_pickle():
    parts = Parts().having(Part("number", 0), 7)

    assert pickle.loads(pickle.dumps(parts))[Part("number", 0)] == 7


def test_sections_of_a_site_survive_a_pickle(tmp_path):
    settings = (
        a_site(tmp_path)
        .write("dns-key", "c2VjcmV0\n")
        .append("dns:\n  server: 192.0.2.53\n  forward: vd.dep.example\n  key: {name: bascule, secret: {file: dns-key}}\n")
        .load()
    )

    assert pickle.loads(pickle.dumps(settings.sections))[DNS] == settings.sections[DNS]
    assert settings.desktop_zone == "vd.dep.example"


def test_each_capability_with_work_says_where_it_is_shown():
    assert [work.part.name for work in WORK.found()] == ["zones", "domain", "notices"]
