"""Ways to tell people: the port `NoticeChannel`.

* `mail`: SMTP; `webhook`: a POST for each person. Neither raises: an answer says whether a letter was taken, will be taken
  later, will
  never be, or may have been.

What a server says is not passed on: it repeats addresses. May import `ports`, `settings`, `model`, `reasons`, `errors`.
"""
