"""Why a desktop, an agent, a node or a wave is as it is: one document, from the last cycle alone.

* `document`: the answer from the daemon's last cycle; `stored`: the answer from a store alone, if the daemon cannot be asked;
* `search` finds what is meant, by part of a name; `subjects`: everything that can be asked about;
* one file for each kind of subject: `seat` (an agent with the desktop, or a desktop), `node`, `wave`, `pool`;
* `holds`: what stands against a desktop; `past`: what the journal says of the last day; `kept`: what a store keeps of
  a desktop.

Nothing is planned anew: every reason is the status's, the last plan's, a record's or the journal's. What none of them says is
None.
"""
