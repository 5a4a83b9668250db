"""Mistakes in bascule.yaml and in the scenario: the daemon judges them like a change of the directory."""

from collections.abc import Callable
from dataclasses import replace

from provisioner.errors import DirectoryUnavailable
from provisioner.model.ids import ProfileName, WaveName
from provisioner.model.people.profiles import Selection
from provisioner.model.scenario.scenarios import Scenario, Wave
from tests.accidents.accident import FAILING, HELD, Accident, held, kept
from tests.accidents.register import DEPARTMENTS, PEOPLE
from tests.accidents.town import DAY, Town

HALF = range(1, 31)
NOBODY_LEFT = "with bascule.yaml as it is now, 60 of 60 entitled agents would leave"


def _entitled(*groups: str, **who: object) -> Callable[[Town], None]:
    return lambda town: town.edit(entitlements=town.entitle(*groups, **who))


def _nobody_is_entitled(town: Town) -> None:
    town.edit(entitlements=())


def _everybody_is_entitled(town: Town) -> None:
    town.edit(entitlements=town.entitle(units=()))


def _misspelt_and(happens: Callable[[Town], None]) -> Callable[[Town], None]:
    def both(town: Town) -> None:
        happens(town)
        _entitled("remtoe")(town)

    return both


def _restarted(town: Town) -> None:
    """Without a reload: the machine is restarted after the edit."""
    town.config = town.config.under(type(town.config.rules)(entitlements=town.entitle("remtoe"), scenario=town.config.scenario))
    town.start()


def _unreachable(town: Town) -> None:
    town.register.error = DirectoryUnavailable("ldaps://directory1: connection refused")


def _half_is_gone(town: Town) -> None:
    town.register.remove(HALF)


def _renamed_to_something_else(town: Town) -> None:
    """The group is renamed in both, and misspelt in one."""
    town.register.change(range(1, 61), groups=frozenset({"telework"}))
    _entitled("telewrok")(town)


def _an_order_for_others(town: Town) -> None:
    town.accept(leavers=HALF, hours=100)
    _entitled("remtoe")(town)


def _scenario(name: str, who: Selection, *, starts_in_s: float | None = None) -> Callable[[Town], None]:
    def happens(town: Town) -> None:
        starts_at = None if starts_in_s is None else town.events.now + starts_in_s
        wave = Wave(name=WaveName("all"), who=who, size=5, interval_s=DAY)
        town.edit(scenario=Scenario(name=name, waves=(wave,), starts_at=starts_at))

    return happens


def _profile_renamed(*groups: str) -> Callable[[Town], None]:
    """Existing desktops have a profile that is no longer configured."""

    def happens(town: Town) -> None:
        (profile,) = town.config.profiles.values()
        renamed = replace(profile, name=ProfileName("renamed"))
        entitlements = tuple(replace(entitlement, profile=renamed.name) for entitlement in town.entitle(*groups))
        town.edit(profiles={renamed.name: renamed}, entitlements=entitlements)

    return happens


EDITS: dict[str, Accident] = {
    "a misspelt group": held(_entitled("remtoe"), NOBODY_LEFT, leave=60),
    "a misspelt unit": held(_entitled("remote", units=(f"ou=poeple,{PEOPLE}",)), NOBODY_LEFT, leave=60),
    "a misspelt department": held(_entitled("remote", departments=["Raods"]), NOBODY_LEFT, leave=60),
    "a department left out": held(_entitled("remote", departments=DEPARTMENTS[1:]), "15 no longer entitled", leave=15),
    "a site left out": held(_entitled("remote", sites=["North"]), "30 no longer entitled", leave=30),
    "no entitlement at all": held(_nobody_is_entitled, NOBODY_LEFT, leave=60),
    "an entitlement that lost its group": held(
        _everybody_is_entitled, "150 agents would join the 60 entitled agents", join=150
    ),
    "a misspelt group, and the daemon is restarted": held(_restarted, NOBODY_LEFT, leave=60),
    "a misspelt group, and no server answers": Accident(
        happens=_misspelt_and(_unreachable), says=NOBODY_LEFT, metrics={FAILING: 1, HELD: 1}
    ),
    "a misspelt group, and half is gone": held(
        _misspelt_and(_half_is_gone), "with the directory and bascule.yaml as they are now, 60 of 60", leave=60
    ),
    "a misspelt group, and others were ordered": held(
        _an_order_for_others, "30 of 60 entitled agents would leave, in addition to 30 named in the order by claire", leave=60
    ),
    "a group renamed, and misspelt in the configuration": held(_renamed_to_something_else, "60 no longer entitled", leave=60),
    "a profile renamed": kept(_profile_renamed("remote"), ""),
    "a profile renamed, and a misspelt group": held(_profile_renamed("remtoe"), NOBODY_LEFT, leave=60),
    # A scenario takes nothing from who has been given a desktop.
    "a scenario renamed": kept(_scenario("renamed", Selection()), "60 people who have a desktop keep it"),
    "a scenario put off for a month": kept(
        _scenario("the town", Selection(), starts_in_s=30 * DAY), "60 people who have a desktop keep it"
    ),
    "a scenario whose waves select nobody": kept(
        _scenario("nobody", Selection(departments=frozenset({"Raods"}))), "60 people who have a desktop keep it"
    ),
}
