"""Whose desktop rests: it is off once nobody is logged on, and nobody waits for it.

* `spell`: what a policy says, and from what; `resting`: the table of policies, and the demand in which they rest;
* `watch`: from one cycle to the next, when a rest begins and when the start before its end does;
* a file for each policy: `outside_hours`.

May import `model` and `reasons`. To add a policy: its file, with its spells (those that go on and the next), its two reasons
(why, and when in few words: `reasons/targets`), and its place in `resting.POLICIES`. Everybody who counts people, or says
what they wait for, reads `Want.rest`: nothing else has to know it.

* A desktop rests only if it was given, and if its boot began before the rest. What is started later stays on until the next
  one: a wave's new desktops, which have a deadline to meet, and what an operator starts.
* One whose batch is due before the rest is over does not rest.
* What rests is neither late, nor missing, nor short of anything, and a gate counts it as ready. If several policies let a
  desktop rest, the rest that goes on longest counts.
"""
