"""Who has a desktop of a pool in which half-day, when there are fewer desktops than people. Pure: no clock, no chance.

* `slots`: the assignment: obligations first, then as few waits of any person as possible, then as few waits as possible;
* `together`: which half-days the colleagues of a department try first.

May import `model`. To add a wish of the people: an order in which slots are tried (`together`); it never costs anybody a slot.

* No daemon asks it yet: no scenario has a rotation. Slots that are published already are to be left out of `capacity`, and of
  what each person wants.
"""
