"""Who gets a desktop now, who ahead of need, and who not yet: from roster, entitlements and the scenario's waves.

* `demand`: puts every agent in exactly one of the three, with a reason;
* `waves`: when each batch opens, is due and is prepared; `gates`: what holds it back then;
* `ceilings`: for how many there may be a desktop; `deadline_order`: whose batch is due first goes first;
* `agenda`: the same for people, with how many they are; `fitting`: for how many of them ceilings and addresses suffice;
* `runs`: the same under the run of the scenario that is stored: paused, aborted, going back, over;
* `moves`: what another scenario would change for the people of each wave; `comparison`: what it does otherwise, as
  `model.scenarios` holds it;
* `pools`: desktops that are not a single agent's; `trials`: desktops that an operator tries; `further_wants`: both, added to
  those of agents; `shadow`: what a source that orders nothing would want otherwise.

May import `planning/roster` and `planning/inputs`. To add a key of a wave: its field in `model/scenarios`, its meaning
here.

* Desktops made ahead of need are in `Demand.ahead`, not in `Demand.wants`: code that reads `wants` means agents whose batch
  is open.
"""
