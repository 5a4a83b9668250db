"""The answers of the standing readiness, and what came of drills."""

from provisioner.model.drills import DRILLS
from provisioner.model.readiness import ANSWERS

HISTORIES = (ANSWERS, DRILLS)
