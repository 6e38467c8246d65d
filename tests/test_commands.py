"""The scripts and the installed command, from anywhere."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def run(*words, cwd, **environment):
    """Run a program and return what it did."""
    return subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


class TestRapportScript:
    def test_it_works_from_another_folder_with_traps(self, tmp_path):
        """Modules named like ours where the person stands do not get in the way."""
        for name in ("data", "api", "training"):
            (tmp_path / f"{name}.py").write_text("raise SystemExit('shadowed')\n")
        done = run(
            ROOT / "rapport", "--help", cwd=tmp_path, RAPPORT_HOME=str(tmp_path / "home")
        )
        assert done.returncode == 0, done.stderr
        assert "import" in done.stdout

    def test_it_works_through_a_link(self, tmp_path):
        """A link in a folder of programs finds its checkout."""
        (tmp_path / "rapport").symlink_to(ROOT / "rapport")
        done = run(tmp_path / "rapport", "--version", cwd=tmp_path)
        assert done.returncode == 0, done.stderr

    def test_a_wrong_word_is_a_usage_error(self, tmp_path):
        """Exit code 2 and one line that names the word."""
        done = run(ROOT / "rapport", "improt", cwd=tmp_path)
        assert done.returncode == 2
        assert "improt" in done.stderr


class TestRequirements:
    def test_no_address_and_only_hashes(self):
        """The pinned files name packages and hashes, and no place to fetch them from."""
        for name in ("requirements.txt", "requirements-dev.txt"):
            lines = (ROOT / name).read_text().splitlines()
            assert lines
            assert not [line for line in lines if "://" in line or line.startswith("-")]
            pinned = [line for line in lines if "==" in line and not line.startswith(" ")]
            assert all(line.endswith("\\") for line in pinned)

    def test_the_development_set_holds_the_runtime_set(self):
        """Tests run on the very versions that users get."""

        def pins(name):
            text = (ROOT / name).read_text()
            return {line.rstrip(" \\") for line in text.splitlines() if "==" in line}

        assert pins("requirements.txt") <= pins("requirements-dev.txt")


class TestWheel:
    @pytest.mark.slow
    def test_the_wheel_gives_the_same_command(self, tmp_path):
        """`pip install .` brings all packages, code lists, migrations and the real data."""
        done = run(
            *(sys.executable, "-m", "pip", "wheel", ROOT, "--no-deps", "--no-build-isolation"),
            *("--wheel-dir", tmp_path, "--quiet"),
            cwd=tmp_path,
        )
        assert done.returncode == 0, done.stderr
        wheel = next(tmp_path.glob("rapport-*.whl"))
        with zipfile.ZipFile(wheel) as archive:
            names = archive.namelist()
            archive.extractall(tmp_path / "site")
        assert any(name.startswith("data/migrations/versions/") for name in names)
        assert any(name.startswith("training/real/shipped/counselchat/") for name in names)
        entry = next(name for name in names if name.endswith("entry_points.txt"))
        assert "rapport = training.cli:main" in (tmp_path / "site" / entry).read_text()
        program = "import training.cli; training.cli.main(['--help'])"
        done = run(
            *(sys.executable, "-P", "-c", program),
            cwd=tmp_path,
            PYTHONPATH=str(tmp_path / "site"),
        )
        assert done.returncode == 0, done.stderr
        assert "simulate" in done.stdout
