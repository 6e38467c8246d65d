"""Pages of docs/ that are printed from the code, and promises that pages make.

`python tests/test_docs.py > docs/modules.md` prints the list of modules anew.
"""

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("data", "matching", "recommender", "training", "api")
HEAD = """# Modules

Every module and its one idea, printed from the first line of its docstring by `python tests/test_docs.py`.
"""


def first_line(path):
    """The first line of a module's docstring."""
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return text.split("\n", 1)[0]


def page():
    """The list of all modules as Markdown, folder by folder."""
    parts = [HEAD.rstrip()]
    for package in PACKAGES:
        folders = sorted({path.parent for path in (ROOT / package).rglob("*.py")})
        for folder in folders:
            name = folder.relative_to(ROOT).as_posix()
            files = sorted(folder.glob("*.py"))
            if "migrations" in name:
                continue
            own = first_line(folder / "__init__.py")
            rows = [
                f"| `{path.stem}` | {first_line(path).replace('|', '/')} |"
                for path in files
                if path.stem != "__init__"
            ]
            table = ["| module | idea |", "| --- | --- |", *rows]
            parts.append("\n".join([f"## {name}/", "", own, "", *table]))
    return "\n\n".join(parts) + "\n"


class TestModulesPage:
    def test_it_is_current(self):
        """docs/modules.md is printed from the code and not edited by hand."""
        assert (ROOT / "docs" / "modules.md").read_text(encoding="utf-8") == page()


class TestErrors:
    def test_every_error_stands_in_the_tree(self):
        """The drawing at the top of data/errors.py names each class once."""
        source = (ROOT / "data" / "errors.py").read_text(encoding="utf-8")
        tree = ast.parse(source)
        names = [node.name for node in tree.body if isinstance(node, ast.ClassDef)]
        drawing = ast.get_docstring(tree)
        errors = [name for name in names if name.endswith("Error")]
        assert len(errors) > 10
        assert all(drawing.count(f"{name} ") + drawing.count(f"{name}\n") for name in errors)


class TestDecisions:
    def test_each_record_says_what_enforces_it(self):
        """A rule without a check is a wish."""
        records = sorted((ROOT / "docs" / "decisions").glob("*.md"))
        assert len(records) >= 6
        for record in records:
            assert "**Enforced by**" in record.read_text(encoding="utf-8"), record.name


if __name__ == "__main__":
    sys.stdout.write(page())
