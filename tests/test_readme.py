"""The README is true: its blocks run."""

import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


def commands():
    """Every `$` line of the README's console blocks."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    lines = "\n".join(BLOCK.findall(text)).splitlines()
    return [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]


class TestReadme:
    def test_links_lead_somewhere(self):
        """No link of the README or of a page in docs/ points at a missing file."""
        for page in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md")):
            for target in LINK.findall(page.read_text(encoding="utf-8")):
                assert (page.parent / target).exists(), f"{page.name}: {target}"

    @pytest.mark.slow
    @pytest.mark.timeout(600)
    def test_the_walk_through_runs_as_written(self, tmp_path):
        """From a folder of files to ranked lists, pasted line by line into a fresh folder."""
        environment = {**os.environ, "RAPPORT_HOME": str(tmp_path / "home")}
        (tmp_path / "rapport").symlink_to(ROOT / "rapport")
        (tmp_path / "people.csv").write_text("user_id\nsomeone-new\n")
        walk = [line for line in commands() if not line.startswith("./rapport demo")]
        assert len(walk) > 5
        for line in walk:
            done = subprocess.run(
                shlex.split(line),
                cwd=tmp_path,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, f"{line}\n{done.stderr}"
        assert (tmp_path / "ranked.csv").read_text().startswith("intake_id,rank,clinician_id,")
        assert (tmp_path / "content.csv").read_text().startswith("user_id,rank,item_id,score")
