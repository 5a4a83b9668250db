"""Who may do what on the twin: users, tokens, roles and permissions, evaluated as Proxmox VE does.

* `access` knows no request; `checks` applies Proxmox VE's permission expressions to one call; `guests`: rights that depend
  on what a call does to a guest; `views`: what a caller sees of lists; `gate`: authentication and all of these together.

May import `twin/model` and what is below it. The rules of a method are handed in (`protocol.MethodRules`): the schema is a
floor up.
"""
