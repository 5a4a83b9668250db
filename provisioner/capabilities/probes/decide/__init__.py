"""Which desktop is probed next, and what failed probes have in common. Pure: no clock, no chance; ties break by name.

* `targets`: which may be probed, and what they have in common: node, storage, image, profile, site, gateway;
* `weighing`: how likely each factor is the cause, from what probes have shown; `inference`: what that allows to say;
* `choice`: which desktops tell most, so that every factor is covered, and suspicions are separated; `summary`: in words.

The two are one calculation. A cause is a factor whose desktops fail more often than the others; both rates are unknown, and
every rate is equally likely beforehand, so that there is no constant to fit. The next desktop is the one whose probe is
expected to tell most about the cause: while all is well, that is a desktop with factors that were not probed yet.

To add a factor: its word in `model.probes.FactorKind`, its value in `targets`.
"""
