"""A text of a dashboard in its languages, and the words of labels in French."""

from typing import NamedTuple


class Text(NamedTuple):
    """What people read."""

    en: str
    fr: str

    def within(self, language: str) -> str:
        """In this language, `en` or `fr`."""
        return self.fr if language == "fr" else self.en


LANGUAGES = ("en", "fr")
NOTHING = Text("", "")

_WAITS = {
    "memory": "mémoire",
    "cores": "cœurs",
    "storage": "stockage",
    "vmids": "plage de VMID",
    "addresses": "adresses",
    "templates": "modèles",
    "nodes": "nœuds",
    "lock": "verrou de stockage",
    "boots": "place pour démarrer",
    "api": "API de Proxmox VE",
    "retry": "nouvel essai",
    "paused": "cluster en pause",
    "operator": "un exploitant",
    "safety": "contrôle de sécurité",
    "other": "autre",
    "freeze": "un gel",
    "boots under way": "démarrages en cours",
    "clones under way": "clonages en cours",
}
WORDS: dict[str, dict[str, str]] = {
    "reason": _WAITS,
    "resource": _WAITS,
    "phase": {
        "reserved": "réservé",
        "cloning": "clonage",
        "unproven": "non prouvé",
        "cloned": "cloné",
        "stopped": "arrêté",
        "starting": "démarrage",
        "ready": "prêt",
        "silent": "sans réponse",
        "stopping": "arrêt en cours",
        "deleting": "suppression",
        "failed": "en échec",
        "unknown": "inconnu",
    },
    "state": {"connected": "connectée", "disconnected": "déconnectée", "idle": "inactive"},
    "step": {"suspended": "suspendu", "stopped": "arrêté", "recycled": "à recycler", "deleted": "à supprimer"},
    "severity": {"critical": "critique", "warning": "avertissement", "info": "information"},
    "result": {"accepted": "acceptée", "quarantined": "en quarantaine", "failed": "en échec"},
    "stage": {"clone": "clonage", "configure": "configuration", "start": "démarrage", "ready": "jusqu'à prêt"},
    "access": {"read": "lecture", "write": "écriture"},
}
"""By label: words that a panel shows. What is not here, such as a wave's name, is shown as it is."""
