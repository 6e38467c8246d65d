"""The manual is what the commands say of themselves."""

from pathlib import Path

from training.manual import page

DOCS = Path(__file__).parents[2] / "docs"


class TestPage:
    def test_the_committed_manual_is_current(self):
        """docs/commands.md is printed from the code and not edited by hand."""
        assert (DOCS / "commands.md").read_text(encoding="utf-8") == page()

    def test_every_command_explains_itself(self):
        """Each section has a sentence under its heading, and every option a meaning."""
        for section in page().split("\n## ")[1:]:
            heading, _, rest = section.partition("\n\n")
            assert rest.strip(), heading
            assert "` |  |" not in rest, heading
