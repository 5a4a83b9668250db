"""`bascule config reload` on a running daemon: what is taken up, refused, or held back by the guard, and who ordered it."""

from pathlib import Path

import pytest

from provisioner.demo.people import EVERYONE
from tests.e2e.switch import Switch

pytestmark = pytest.mark.real

AGENTS = 12


def test_the_answer_to_a_reload_is_what_the_daemon_then_does(tmp_path: Path):
    with Switch(tmp_path, agents=AGENTS, scale=30) as switch:
        switch.change_config(lambda it: it.pop("scenario"))
        switch.change_config(lambda it: it.update(entitlements=[{"profile": "standard", "who": {"groups": [EVERYONE]}}]))
        switch.start()
        assert switch.said(f"{AGENTS} wanted"), switch.log()[-3000:]

        switch.change_config(lambda it: it.update(safety={**it["safety"], "max_deletes": 1}))
        taken_up = switch.bascule("config", "reload", "--by", "the night shift")
        again = switch.bascule("config", "reload")
        sound = switch.config.read_text(encoding="utf-8")
        switch.config.write_text(sound.replace('"installation"', '"instalation"'), encoding="utf-8")
        refused = switch.bascule("config", "reload")
        switch.config.write_text(sound, encoding="utf-8")
        switch.change_config(lambda it: it.update(entitlements=[{"profile": "standard", "who": {"groups": ["teletravial"]}}]))
        held = switch.bascule("config", "reload")
        switch.config.write_text(sound, encoding="utf-8")
        mended = switch.bascule("config", "reload")

        assert (taken_up.returncode, "safety.max_deletes" in taken_up.stdout) == (0, True), taken_up
        assert "ordered by " in switch.log()
        assert "(the night shift)" in switch.log()
        assert (again.returncode, "says what was in force already" in again.stdout) == (0, True), again
        assert (refused.returncode, refused.stdout, "instalation" in refused.stderr) == (1, "", True), refused
        assert (held.returncode, f"{AGENTS} of {AGENTS} entitled agents would leave" in held.stderr) == (1, True), held
        assert (mended.returncode, mended.stderr) == (0, ""), mended
        assert switch.stop() == 0


def test_keys_of_the_directory_are_taken_up_and_judged_by_the_guard(tmp_path: Path):
    """G7: they waited for a restart, while `directory diff` read the new file already and the docs said "reload"."""
    with Switch(tmp_path, agents=AGENTS, scale=30) as switch:
        switch.start()
        assert switch.said(f"{AGENTS} wanted"), switch.log()[-3000:]
        sound = switch.config.read_text(encoding="utf-8")

        switch.change_config(lambda it: it.update(directory={**it["directory"], "filter": "(uid=nobody*)"}))
        nobody = switch.bascule("config", "reload")
        switch.change_config(lambda it: it.update(directory={**it["directory"], "filter": "(uid=a*)"}))
        few = switch.bascule("config", "reload")
        switch.config.write_text(sound, encoding="utf-8")
        switch.change_config(lambda it: it.update(directory={**it["directory"], "interval": "4min"}))
        mended = switch.bascule("config", "reload")

        assert (nobody.returncode, "directory cannot be read" in nobody.stderr) == (1, True), nobody
        assert (few.returncode, "entitled agents would leave" in few.stderr) == (1, True), few
        assert (mended.returncode, "directory.interval" in mended.stdout) == (0, True), mended
        assert "restart" not in mended.stdout + mended.stderr
        assert switch.stop() == 0
