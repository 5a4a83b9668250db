"""The twin's users, tokens, roles and permissions, evaluated as Proxmox VE does.

* `access` evaluates rights without knowing any request; `checks` applies Proxmox VE's permission expressions to one call, and
  to the guest settings in it; `views` filters lists for a caller; `gate`: authentication and all the checks together.

May import `twin/model` and lower layers. The rules of a method are passed in (`protocol.MethodRules`), since the schema is one
layer above. To add a check: a case in `checks`, called in `gate`.
"""
