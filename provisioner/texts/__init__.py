"""Texts for people, in their language.

* `languages`: which there are, which of them a command was asked for, and the French texts (`fr.po`);
* `translate`: `_` for a text, `plural` for a text with a number, `translated` for a reason, `word` for a phase, an action, …;
  which reasons have a plural in other languages, and how people read words of the model;
* `words`: which words of the model people are shown;
* `lines`: those of `bascule status` that capabilities add.

May import `model`, `reasons`, `errors` and `extensions`. Only what renders for people may import it (`cli`, `demo`, `views`,
`lines` of capabilities): log lines, metrics and the journal are the same in every language.

To add a text: write it in English where it is printed, `_("{count} nodes are away", count=3)`, and run `make texts`: it enters
the text in `fr.po` without a translation, and a test fails until there is one. In French a no-break space (U+00A0) stands
before `: ; ! ?`. Reasons are the same: the English text stands in the table (`provisioner/reasons/`).
"""
