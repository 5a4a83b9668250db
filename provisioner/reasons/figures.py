"""Why a Prometheus server did not say how many are in use."""

from provisioner.reasons.reason import kind

FIGURES_UNREACHABLE = kind(
    "figures_unreachable", "Prometheus cannot be reached ({said})", "check prometheus.url and the way to it"
)
FIGURES_SLOW = kind("figures_slow", "Prometheus did not answer within {limit_s:g} s")
FIGURES_LONG = kind("figures_long", "the answer has more than {limit} bytes: it is not one number")
FIGURES_STATUS = kind("figures_status", "answered {status}", "check prometheus.url, and the user and password, if it has some")
FIGURES_NOT_PROMETHEUS = kind(
    "figures_not_prometheus", "answered {status} with what is not Prometheus' JSON", "check prometheus.url"
)
FIGURES_REFUSED = kind("figures_refused", "Prometheus cannot evaluate the query: {said}", "correct `in_use` in the scenario")
FIGURES_KIND = kind("figures_kind", "the query gives a {kind}, not one number", "aggregate it, such as sum(…)")
FIGURES_NONE = kind("figures_none", "the query gives nothing: no such series", "correct `in_use`, or see why it is not scraped")
FIGURES_MANY = kind("figures_many", "the query gives {count} series, not one number", "aggregate it, such as sum(…)")
FIGURES_NO_NUMBER = kind("figures_no_number", "the query gives '{said}', which is not a number of seats")
