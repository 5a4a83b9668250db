"""Why a pool has as many desktops as it has."""

from provisioner.reasons.reason import kind

AUTOSCALE_STOCK = kind(
    "autoscale_stock",
    "{lent} desktops are in use; {ready} free ones run and {made} exist, so that at most {percent:g} % of people wait: {mean} "
    "come within the {lead_s} s that a desktop takes to get ready, at a variance of {ratio} times the mean",
)
AUTOSCALE_STANDBY = kind(
    "autoscale_standby",
    "{lent} desktops are in use; {ready} free ones run and {made} exist, for a rush that comes at another hour than on earlier "
    "days: a desktop takes {lead_s} s to get ready",
)
AUTOSCALE_NEW = kind(
    "autoscale_new",
    "{lent} desktops are in use; {ready} free ones run and {made} exist: {days} earlier days of this kind are known, and until "
    "{known} are, as many people as `max` ({most}) are taken to come within one hour",
)
AUTOSCALE_SPARE = kind(
    "autoscale_spare", "{lent} desktops are in use, and {free} free ones are kept: `spare` and `reserve` of the pool say so"
)
AUTOSCALE_AT_MOST = kind(
    "autoscale_at_most",
    "{wanted} desktops are needed, and `max` of the pool is {most}: whoever comes may have to wait",
    "raise `max` of the pool in bascule.yaml, if the clusters have room",
)
AUTOSCALE_IDLE = kind(
    "autoscale_idle", "pool {pool} has {free} free desktops on, and keeps {kept} for the people who are to be expected"
)
AUTOSCALE_STEPS = kind(
    "autoscale_steps",
    "{pardoned} kept that were to go, {started} started, {drained} shut down, {made} made: {why}",
)
