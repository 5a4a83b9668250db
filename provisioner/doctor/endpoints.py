"""Check every endpoint of a cluster, not only the first: a spare node must answer too, and belong to the same cluster."""

from collections.abc import Iterator, Mapping

from provisioner.actions.client import PveClient
from provisioner.doctor.findings import Finding, bad, doubtful
from provisioner.errors import Forbidden, HypervisorError
from provisioner.model.ids import ClusterId
from provisioner.reasons import cluster as words
from provisioner.reasons import subjects
from provisioner.reasons.reason import ALSO, Reason, join_reasons


def examine_endpoints(clients: Mapping[ClusterId, Mapping[str, PveClient]]) -> Iterator[Finding]:
    """`clients`: for each cluster, a client that asks one endpoint alone, by address."""
    for cluster, by_url in sorted(clients.items()):
        yield from _cluster(subjects.CLUSTER(cluster=cluster), by_url)


def _cluster(subject: Reason, by_url: Mapping[str, PveClient]) -> Iterator[Finding]:
    names: dict[str, str] = {}
    silent: dict[str, HypervisorError] = {}
    for url, client in by_url.items():
        try:
            names[url] = client.cluster_name()
        except Forbidden:
            names[url] = ""  # it answers; the missing right has its own finding
        except HypervisorError as error:
            silent[url] = error
    if names:  # otherwise the cluster's own finding says it
        yield from (doubtful(subject, words.ENDPOINT_SILENT(url=url, said=error.reason)) for url, error in silent.items())
    if len({name for name in names.values() if name}) > 1:
        shown = [words.ENDPOINT_OF(url=url, name=name) for url, name in names.items()]
        yield bad(subject, words.ENDPOINTS_DIFFER(endpoints=join_reasons(shown, ALSO)))
