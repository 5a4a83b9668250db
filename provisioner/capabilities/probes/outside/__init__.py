"""The way of a person to a desktop, tried from here: name, port, protocol, account, desktop.

* `chain`: the port `model.LogonProbe`, step by step; `names`: DNS, as people's computers ask it; `greeting`: the first bytes of
  RDP (X.224 negotiation, then TLS) on a socket; `negotiation`: what they mean, pure; `freerdp`: a log-on by FreeRDP's command.

A step that fails is a reason in the result; nothing is raised. The robot's password goes to FreeRDP's standard input, and to no
server that does not authenticate at the network level (NLA): without it the password would go to whatever answers.

Imports dnspython.

To add a protocol: its greeting here, its word in `model.profiles.LogonProtocol`.
"""
