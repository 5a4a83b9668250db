"""Plans made in one line, and what they say."""

from provisioner.model.actions import kind
from provisioner.planning.planner import make_plan
from tests.builders import a_budget, a_policy, a_situation


def plan(desktops=(), *, wanted=1, **changed):
    return make_plan(a_situation(desktops, wanted=wanted, **changed))


def orders(plan):
    """`kind desktop`, in order."""
    return [f"{kind(action)} {action.desktop}" for action in plan.actions]


def reasons(plan):
    return {deferral.what: deferral.reason for deferral in plan.deferred}


def a_small_budget(**changed):
    return a_policy(budget=a_budget(**changed))
