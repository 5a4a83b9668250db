"""`surge`: the switch is started, steered and followed.

* `orders`: the commands; `terms`: what an order says besides, and the question before it; `lines`: how far it is;
* `comparison`: two scenarios; `people`: who gets a desktop when; `rotation`: who comes by half-days;
* `sheet`: the page for those who decide, from `sheet_facts` and `sheet_lines`.
"""
