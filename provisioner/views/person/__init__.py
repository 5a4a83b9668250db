"""The card of one person, for a help desk on the telephone: one sentence to read aloud, what may be ordered now, the rest.

* `document`: whom a name means; `card`: the card around what the other files say;
* `facts`: everything that the last cycle knew of one person; `ages`: where that is old, and how the sentence says so;
* `clause`: what the sentence is made of; `having`: the clause of somebody who has a desktop; `lacking`: of somebody who has
  none; `waiting`: what they wait for and until when; `sharing`: half-days of a rotation, and desktops of pools;
* `commands`: what may be ordered; `history`: what was done with this desktop, for this person.

Nothing is decided anew: each clause says what the status, the list of what is wrong, the last plan or a record say. What they
do not know is said to be not known, and never drawn as good. No command is shown that the daemon would refuse.
"""
