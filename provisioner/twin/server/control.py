"""The control paths of a served twin, outside `/api2`: true state, time, and faults on demand. For tests and the demo."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, get_args

from aiohttp import web

from provisioner.model.twin_spec import Fault
from provisioner.twin.engine.clock import ScaledClock
from provisioner.twin.twin import Twin

_FAULTS = {kind.__name__: kind for kind in get_args(Fault)}


async def control_answer(twin: Twin, clock: ScaledClock, request: web.BaseRequest) -> web.Response | None:
    """The answer to a request for a control path; None for any other path."""
    match request.method, request.path:
        case "GET", "/twin/truth":
            return _json(asdict(twin.truth()))
        case "GET", "/twin/clock":
            return _json({"now": clock.now(), "scale": clock.scale})
        case "POST", "/twin/faults":
            return _arm(twin, await request.read())
        case _:
            return None


def _arm(twin: Twin, body: bytes) -> web.Response:
    try:
        twin.faults.arm(_parse_fault(json.loads(body)))
    except (ValueError, TypeError, KeyError) as error:
        return _json({"error": f"not a fault: {error}"}, status=400)
    return _json({})


def _parse_fault(body: Mapping[str, Any]) -> Fault:
    fields = {name: tuple(value) if isinstance(value, list) else value for name, value in body.items() if name != "fault"}
    fault: Fault = _FAULTS[body["fault"]](**fields)
    return fault


def _json(value: object, *, status: int = 200) -> web.Response:
    return web.Response(body=json.dumps(value).encode(), content_type="application/json", status=status)
