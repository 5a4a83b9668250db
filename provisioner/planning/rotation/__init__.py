"""Who has a desktop of a pool in which half-day, when there are fewer desktops than people. Pure: no clock, no chance.

* `weeks`: the half-days by the calendar, and a week's plan from people, absences, desktops, and what is published already;
* `slots`: the assignment: obligations first, then as few waits of any person as possible, then as few waits as possible;
* `shares`: how many half-days everybody is planned with where they do not suffice, and which the colleagues of a department try
  first;
* `publishing`: which weeks are to be published now, and what they are;
* `handover`: at a half-day's change, who is due, whose half-day is over, and in which order people get the free desktops;
* `comparison`: what one scenario's rotation does otherwise than another's.

May import `ports`, `model` and `reasons`. To add a wish of the people: an order in which slots are tried (`shares`); it never
costs anybody a slot.
"""
