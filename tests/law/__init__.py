"""The law: what people are told is true. Lives of the chaos suite, with the truth beside what is said in each cycle.

* `life`: a trial whose daemon publishes after each cycle as production does; desktops hang besides;
* `truth`: what was really so, over the last minutes;
* `listed`, `figures`, `people`: what the list of what is wrong, the numbers and the answers about people claim, and what is so;
* `night`: what a report tells of it afterwards, out of the journal;
* `python -m tests.law --seeds 1-200`.
"""
