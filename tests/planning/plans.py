"""Short forms for tests: build a plan, list its commands and reasons; the free resources of a situation."""

from provisioner.planning.placement.balance import Balance
from provisioner.planning.placement.placement import PlacementSearch
from provisioner.planning.steps.planner import make_plan
from provisioner.planning.survey.survey import free_resources
from provisioner.planning.survey.surveyor import survey
from tests.builders.cluster import a_profile
from tests.builders.core import a_budget, a_config, a_situation


def plan(desktops=(), *, wanted=1, **changed):
    return make_plan(a_situation(desktops, wanted=wanted, **changed))


def orders(plan):
    """`kind desktop`, in order."""
    return [f"{action.word} {action.desktop}" for action in plan.actions]


def reasons(plan):
    return {deferral.what: deferral.reason for deferral in plan.deferred}


def a_small_budget(**changed):
    return a_config(budget=a_budget(**changed))


def room(desktops=(), *, profile=None, budget=None, **changed):
    """The free resources of a situation; without a view, of two empty nodes."""
    config = a_config(profile or a_profile(), budget=budget)
    situation = a_situation(desktops, config=config, **changed)
    return free_resources(situation, survey(situation))


def places(desktops=(), *, balance=None, **changed):
    """The placement of new desktops in a situation."""
    return PlacementSearch(room(desktops, **changed), balance or Balance())
