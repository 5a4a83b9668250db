"""Every command of README.md and of docs/ is there, with its options, in both languages. Nothing is run here."""

import re
import subprocess

import pytest

from tests.documents.command_tree import complaint, complaint_in_a_sentence
from tests.documents.typed import ROOT, Typed, pages, typed, typed_in

PAGES = pages()
COMMANDS = {page: [each for each in typed(page) if each.program == "bascule"] for page in PAGES}
OTHERS = frozenset({
    "age", "age-keygen", "amtool", "ansible-inventory", "ansible-playbook", "ansible-vault", "apt", "apt-get", "cat", "cd",
    "chgrp", "chmod", "chown", "chronyc", "cp", "curl", "df", "dig", "echo", "find", "grep", "ha-manager", "install",
    "journalctl", "kill", "lpadmin", "make", "mkdir", "mkpasswd", "mv", "openssl", "pip", "promtool", "psql", "pvecm", "pveum",
    "pvenode", "python", "python3", "qemu-img", "qm", "rm", "sed", "slapadd", "systemctl", "systemd-inhibit", "tar",
    "timedatectl", "touch", "tsig-keygen", "useradd", "userdel", "usermod",
})  # fmt: skip
"""Programs that are not ours."""
OUR_FILES = re.compile(r"(?:\.\./)?((?:config|playbooks|monitors|ansible)/[\w./*-]+|requirements[\w-]*\.lock)")
MADE = frozenset({"ansible/site", "ansible/secrets", "ansible/inventory.yml", "ansible/wheelhouse", "ansible/upgrade-evidence"})
"""What the pages have made there."""


def wrong(each: Typed) -> str:
    """What the command line says to it. A usage is not a call, nor is a line of the log (`bascule installation=…`)."""
    words = each.words[1:]
    if "[OPTIONS]" in words or (words and re.search("[=:]", words[0])):
        return ""
    return complaint(words) if each.pasted else complaint_in_a_sentence(words)


def test_the_pages_have_many_commands_in_both_languages():
    assert sum(map(len, COMMANDS.values())) > 1000
    assert sum(len(found) for page, found in COMMANDS.items() if page.startswith("docs/fr/")) > 200
    assert sum(each.pasted for found in COMMANDS.values() for each in found) > 100


@pytest.mark.parametrize("page", [page for page in PAGES if COMMANDS[page]])
def test_each_command_and_option_of_a_page_is_there(page: str):
    assert [(str(each), said) for each in COMMANDS[page] if (said := wrong(each))] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("`bascule surge begin`", "No such command 'begin'", id="a verb that there is not"),
        pytest.param("`bascule reload`", "Did you mean 'config reload'?", id="an earlier name"),
        pytest.param("`bascule status --offlin`", "No such option: --offlin", id="an option that there is not"),
        pytest.param("`bascule --lang de status`", "'de'", id="a language that there is not"),
        pytest.param("`bascule status\n--offlin`", "No such option: --offlin", id="a command on two lines"),
        pytest.param("`bascule surge pause \\| bascule nonsense`", "No such command 'nonsense'", id="in a cell, behind a pipe"),
        pytest.param("```sh\nbascule node cordon\n```", "Missing argument 'NODE'", id="an argument left out of a block"),
        pytest.param("```sh\nbascule report journal -n all\n```", "valid integer", id="a word for a number"),
        pytest.param("```sh\nuntil bascule statu | grep x; do sleep 1; done\n```", "No such command 'statu'", id="in a loop"),
        pytest.param('```sh\neval "$(bascule config complete bash)"\n```', "No such command 'complete'", id="in another"),
        pytest.param("```sh\n.venv/bin/bascule demo --quick\n```", "No such option: --quick", id="with its folder"),
    ],
)
def test_a_command_that_is_not_there_is_found(text: str, said: str):
    found = [wrong(each) for each in typed_in(text) if each.program == "bascule"]

    assert any(said in each for each in found), found


@pytest.mark.parametrize(
    "text", ["`bascule node cordon`", "`bascule surge`", "`bascule NOUN --help`", "`bascule twin break …`"]
)
def test_a_sentence_may_name_a_command_without_its_arguments(text: str):
    assert [wrong(each) for each in typed_in(text)] == [""]


def missing(each: Typed) -> list[str]:
    """Files of this checkout that a command names and that are not there, as seen from its root or from ansible/."""
    named = [match[1] for word in each.words if (match := OUR_FILES.fullmatch(word))]
    return [name for name in named if not _is_there(name)]


def _is_there(name: str) -> bool:
    places = (name, f"ansible/{name}")
    return any(place.startswith(tuple(MADE)) or next(ROOT.glob(place), None) for place in places)


@pytest.mark.parametrize("page", PAGES)
def test_each_file_and_target_of_this_checkout_that_a_command_names_is_there(page: str):
    targets = set(re.findall(r"(?m)^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8")))
    found = typed(page)

    assert [(str(each), files) for each in found if (files := missing(each))] == []
    assert [str(each) for each in found if each.program == "make" and not _target(each) <= targets] == []


def _target(each: Typed) -> set[str]:
    return {word for word in each.words[1:2] if re.fullmatch(r"[a-z][\w-]*", word)}


def test_a_playbook_and_a_target_that_are_not_there_are_found():
    playbook, target = typed_in("```sh\nansible-playbook playbooks/nonsense.yml -e x=1\nmake nonsense\n```")

    assert missing(playbook) == ["playbooks/nonsense.yml"]
    assert _target(target) == {"nonsense"}


def test_a_shell_takes_each_command_in_a_sentence():
    """Those in blocks: tests/test_pasted_blocks.py."""
    spans = {
        " ".join(span.split())
        for page in PAGES
        if page != "docs/en/performance.md"  # it quotes what a measurement is called
        for span in re.findall(r"(?<!`)`([^`]+)`(?!`)", (ROOT / page).read_text(encoding="utf-8"))
        if span.split()[:1] and span.split()[0].rpartition("/")[2] in OTHERS and len(span.split()) > 1
    }
    script = "\n".join(span.replace(r"\|", "|") for span in sorted(spans))
    done = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True, timeout=10, check=False)

    assert len(spans) > 80
    assert (done.returncode, done.stderr) == (0, "")
