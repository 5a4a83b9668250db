"""Durations, moments, and the fields that files and values have in common."""

from math import inf

import pytest

from provisioner.model.budget import Budget, Naming, Pace, Safety
from provisioner.model.people.profiles import Addressing, Profile
from provisioner.model.scenario.scenarios import Wave
from provisioner.settings import directory_documents, documents, profile, scenario_documents
from provisioner.settings.directory import DirectoryAttributes, DirectoryBase, DirectoryGroups, DirectorySettings
from provisioner.settings.fields import field_docstrings, seconds, seconds_or_never
from provisioner.settings.scenario_times import moment
from provisioner.settings.values import (
    ClusterSettings,
    ExpositionSettings,
    LogSettings,
    SshSettings,
    StoreSettings,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90s", 90.0),
        ("15min", 900.0),
        ("4h", 14_400.0),
        ("1h30min", 5_400.0),
        ("1 h 30 min", 5_400.0),
        ("2.5s", 2.5),
        ("250ms", 0.25),
        ("1d", 86_400.0),
        (90, 90.0),
        (0, 0.0),
        (2.5, 2.5),
    ],
)
def test_durations(text, expected):
    assert seconds(text) == expected


@pytest.mark.parametrize("text", ["100000000d", "1e12", 1e12, "36501d"])
def test_no_duration_is_so_long_that_its_end_has_no_date(text):
    """A16: `delete_after: 100000000d` was taken, and then no desktop could be shown."""
    with pytest.raises(ValueError, match="duration"):
        seconds(text)


def test_never_is_an_endless_duration():
    assert seconds_or_never("never") == inf
    assert seconds_or_never("2min") == 120.0
    with pytest.raises(ValueError, match=r"must be a duration such as 90s, .*; or never"):
        seconds_or_never("always")


@pytest.mark.parametrize("value", ["", "90", "s", "-3s", "1m", "1h-2s", "٣s", True, None, [1], float("inf"), "9" * 400 + "d"])
def test_invalid_durations(value):
    with pytest.raises(ValueError, match=r"must be a duration (such as 90s|of at most 100 years)"):
        seconds(value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1970-01-01T00:01:00Z", 60.0),
        ("1970-01-01 01:00 Europe/Paris", 0.0),
        ("2026-07-01T06:00:00+02:00", 1_782_878_400.0),
        ("2026-07-01 06:00 Europe/Paris", 1_782_878_400.0),
        ("2026-07-01 06:00+0200", 1_782_878_400.0),
    ],
)
def test_moments(text, expected):
    assert moment(text) == expected


@pytest.mark.parametrize(
    "value", ["", "06:00", "2026-07-01", "2026-07-01 06:00", "2026-13-01 06:00Z", 20260701, None, "2026-07-01 26:00Z"]
)
def test_invalid_moments(value):
    with pytest.raises(ValueError, match="must be a time with its zone"):
        moment(value)


@pytest.mark.parametrize("zone", ["Europe", "Nowhere/Land", "A/../B", "posix"])
def test_zones_that_are_none(zone):
    with pytest.raises(ValueError, match=r"time zone|time with its zone"):
        moment(f"2026-07-01 06:00 {zone}")


PAIRS = [
    (Budget, documents.BudgetKeys, set()),
    (Safety, documents.SafetyKeys, set()),
    (Pace, documents.PaceKeys, set()),
    (Naming, documents.NamingKeys, {"vmids"}),
    (ClusterSettings, documents.ClusterKeys, {"cluster"}),
    (DirectorySettings, directory_documents.DirectoryKeys, set()),
    (DirectoryBase, directory_documents.BaseKeys, set()),
    (DirectoryGroups, directory_documents.GroupsKeys, set()),
    (DirectoryAttributes, directory_documents.AttributesKeys, set()),
    (StoreSettings, documents.StoreKeys, set()),
    (ExpositionSettings, documents.ExpositionKeys, set()),
    (LogSettings, documents.LogKeys, set()),
    (SshSettings, documents.SshKeys, set()),
    (Profile, profile.ProfileKeys, {"name"}),
    (Addressing, profile.AddressingKeys, set()),
    (Wave, scenario_documents.WaveKeys, {"excepted", "every_half_day", "prepare_from"}),
]
"""Each value, the document it comes from, and the fields that come from elsewhere."""


@pytest.mark.parametrize(("value", "document", "elsewhere"), PAIRS)
def test_every_field_of_a_value_can_be_configured(value, document, elsewhere):
    wanted = {name.removesuffix("_s") for name in value.__dataclass_fields__ if name not in elsewhere}

    assert wanted - set(document.model_fields) == set()


@pytest.mark.parametrize(("value", "document", "elsewhere"), PAIRS)
def test_every_key_says_what_it_is(value, document, elsewhere):
    assert [name for name, field in document.model_fields.items() if not field.description] == []


def test_a_fields_docstring_is_found_below_it():
    assert field_docstrings(Safety)["max_deletes"] == "Deletes in a plan; 0: none without an operator."
