"""Studies on a loss that a reader can see through."""

import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from data.errors import SettingsError
from training.tuning.study import find_tuned, run_study

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
QUIET = lambda *_: None  # noqa: E731 - who is told of progress here


@dataclass
class Bowl:
    """A loss of 0 at ridge 8 with signals; the later steps cost as much as the first."""

    known_until: datetime = NOW
    defaults: dict = field(
        default_factory=lambda: {"ridge": 64.0, "slope_sd": 0.5, "has_signals": False}
    )
    steps: int = 2
    asked: list = field(default_factory=list)

    def loss(self, values, step):
        """How far the ridge is off, and a point for want of signals."""
        self.asked.append((values["ridge"], step))
        return abs(values["ridge"] - 8.0) / 64.0 + (not values["has_signals"])


@pytest.fixture
def url(tmp_path):
    """A storage that is not there yet."""
    return f"sqlite:///{tmp_path / 'studies.db'}"


def run(url: str, bowl: Bowl, trials: int, **changes):
    settings = {"timeout_seconds": None, "seed": 3, "at": NOW, "on_progress": QUIET, **changes}
    return run_study(url, "matching", bowl, trials=trials, **settings)


DYING = """
import os, sys
sys.path.insert(0, sys.argv[2])
from test_study import Bowl, run
bowl = Bowl()
bowl.loss = lambda values, step: os._exit(9)
run(sys.argv[1], bowl, 5)
"""


class TestRunStudy:
    def test_the_defaults_come_first_and_are_beaten(self, url):
        """The first trial is what serves without a study; the best is better and closer."""
        bowl = Bowl()
        found = run(url, bowl, 30)
        assert bowl.asked[0] == (64.0, 0)
        assert found.default_loss == pytest.approx(56 / 64 + 1)
        assert found.loss < 0.5
        assert found.values["has_signals"] is True
        assert found.trials == 30

    def test_going_on_makes_no_trial_twice(self, url):
        """Ten trials and then twelve are twelve; with enough of them nothing is asked."""
        run(url, Bowl(), 10)
        bowl = Bowl()
        assert run(url, bowl, 12).trials == 12
        assert len({ridge for ridge, _ in bowl.asked}) == 2
        idle = Bowl()
        assert run(url, idle, 12).trials == 12
        assert idle.asked == []

    def test_the_defaults_are_judged_after_a_kill(self, url):
        """Killed in its first trial; hours later that trial is given up, and the defaults come again."""
        here = __file__.rsplit("/", 1)[0]
        killed = subprocess.run([sys.executable, "-c", DYING, url, here], check=False)
        assert killed.returncode == 9
        soon = run(url, Bowl(), 3, at=datetime.now(UTC))
        assert soon.default_loss is None
        found = run(url, Bowl(), 5, at=datetime.now(UTC) + timedelta(hours=2))
        assert found.trials == 5
        assert found.default_loss == pytest.approx(56 / 64 + 1)

    def test_the_same_seed_finds_the_same(self, url, tmp_path):
        """In another storage too."""
        other = f"sqlite:///{tmp_path / 'other.db'}"
        assert run(url, Bowl(), 12) == run(other, Bowl(), 12)

    def test_the_hopeless_are_cut_short(self, url):
        """Once the sampler knows something, the worse half ends after one step."""
        bowl = Bowl()
        run(url, bowl, 25)
        first = sum(step == 0 for _, step in bowl.asked)
        assert first == 25
        assert sum(step == 1 for _, step in bowl.asked) < 25

    def test_a_storage_that_is_none(self):
        """The error says what kind of URL is meant, and holds no password."""
        with pytest.raises(SettingsError):
            run("nonsense", Bowl(), 1)


class TestFindTuned:
    def test_only_studies_that_know_less(self, url):
        """A study that looked at the held-out time, or at another kind of model, is passed over."""
        found = run(url, Bowl(known_until=NOW), 3)
        assert find_tuned(url, "matching", before=NOW) == found
        assert find_tuned(url, "matching", before=NOW - timedelta(seconds=1)) is None
        assert find_tuned(url, "recommender", before=NOW) is None

    def test_without_storage_nothing_is_made(self, url, tmp_path):
        """A home without studies stays without."""
        assert find_tuned(url, "matching", before=NOW) is None
        assert find_tuned("", "matching", before=NOW) is None
        assert list(tmp_path.iterdir()) == []

    def test_the_newest_counts(self, url):
        """A study on later data takes the place of an earlier one."""
        run(url, Bowl(known_until=NOW - timedelta(days=30)), 2)
        late = run(url, Bowl(known_until=NOW), 2)
        assert find_tuned(url, "matching", before=NOW + timedelta(days=1)) == late


WORKER = """
import sys
from datetime import UTC, datetime
sys.path.insert(0, sys.argv[2])
from test_study import Bowl, run
print(run(sys.argv[1], Bowl(), 16).trials)
"""


class TestWorkers:
    def test_two_workers_share_a_study(self, url):
        """Two processes together make about the trials that are wanted, none twice."""
        run(url, Bowl(), 1)
        here = __file__.rsplit("/", 1)[0]
        workers = [
            subprocess.Popen([sys.executable, "-c", WORKER, url, here], stdout=subprocess.PIPE)
            for _ in range(2)
        ]
        for worker in workers:
            out, _ = worker.communicate(timeout=120)
            assert worker.returncode == 0
            assert int(out) >= 15
        assert 16 <= run(url, Bowl(), 1).trials <= 17
