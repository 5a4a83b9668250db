"""The reasons that people are given, each a value: a code, arguments, and a text.

* `reason`: what a reason is; `grouping`: which are alike; `table`: every kind;
* one file of the table for each subject: `phases` (what a desktop's phase was concluded from), `targets` (what is to become of
  it), `steps` (why its next step is ordered, or waits), `placement`, `safety`, `orders` (what they came to);
  `drift` (what is not on a cluster as the store has it); `directory` (what of it is not believed, which entries are no agents);
  `journal` (what it says of intents); `roster` (what a reading would change, agents under new ids); `backups`;
  `rehearsal` (what `bascule forecast` came to); `demonstration`;
  what the doctor finds: `cluster`, `servers` (of the directory), `people`, `storage`, and `subjects` (what a finding is about);
  `views` (what `status` and other views show of a desktop, an agent or a node); `commands` (what is wrong with a call); of a
  configuration: `files` (what is wrong with a file and its YAML), `forms` (with
  one value), `settings` (with values that do not fit together).

Imports nothing of Bascule. To add a reason: a line in the file of its subject, and its French text in `texts/fr.po` (`make
texts` enters it there). A code is never changed once it is released: people's scripts and the journal name it.
"""
