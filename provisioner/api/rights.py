"""Which role each route and each order needs: declared once, asked at each request, and written into the contract.

* A route declares it with `request.ask`; one without is refused when the application is made.
* An order declares it by its kind, and by whether it is about one desktop.
"""

from fastapi.routing import APIRoute

from provisioner.api.callers import Role
from provisioner.api.request import AtLeast
from provisioner.model.intents import OF_SESSIONS, IntentKind

OF_ONE_DESKTOP = frozenset(
    {
        IntentKind.RETRY,
        IntentKind.STOP,
        IntentKind.RESTART,
        IntentKind.REBUILD,
        IntentKind.QUARANTINE,
        IntentKind.REASSIGN,
        IntentKind.RESTORE,
        IntentKind.RECONFIGURE,
        *OF_SESSIONS,
    }
)
"""Orders that a help desk gives, and ends, whoever gave them: with a target."""


def role_of_order(kind: IntentKind, target: str | None) -> Role:
    """To give such an order, or to end it. The help desk orders about one desktop at a time."""
    return Role.HELPDESK if kind in OF_ONE_DESKTOP and target else Role.OPERATOR


def role_of_route(route: APIRoute) -> Role:
    """The least role that is answered. Raises LookupError: the route declares none."""
    declared = [each.dependency.role for each in route.dependencies if isinstance(each.dependency, AtLeast)]
    if len(declared) != 1:
        raise LookupError(f"{route.path} declares {len(declared)} roles, and has to declare one")
    return declared[0]
