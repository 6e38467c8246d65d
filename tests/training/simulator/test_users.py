import numpy as np
import pytest

from training.simulator.columns import DAY, MISSING
from training.simulator.items import draw_items
from training.simulator.patients import draw_patients
from training.simulator.programs import follow_programs
from training.simulator.sessions import completion, pick_weights, play, taste_of
from training.simulator.streams import Streams
from training.simulator.users import draw_users
from training.simulator.words import Words

ANCHOR = 20_634 * DAY
MANY = 6_000


@pytest.fixture(scope="module")
def words(base):
    return Words.of(base)


@pytest.fixture(scope="module")
def patients(base, words):
    return draw_patients(base, words, Streams(5), 3_000, ANCHOR)


@pytest.fixture(scope="module")
def users(base, words, patients):
    return draw_users(base, words, Streams(5), patients, MANY, ANCHOR)


class TestDrawUsers:
    def test_patients_are_used_once_and_then_others_come(self, users):
        """3,600 wanted patients, 3,000 there are."""
        known = users.patient[users.patient != MISSING]
        assert len(known) == len(set(known.tolist())) == 3_000

    def test_patients_join_after_they_asked(self, users, patients):
        """Within about two weeks, unless the log ends."""
        rows = np.flatnonzero(users.patient != MISSING)
        asked = patients.requested_at[users.patient[rows]]
        late = users.joined_at[rows] - asked
        assert (late[asked < ANCHOR - 2 * DAY] > 0).all()
        assert late.max() < 16 * DAY
        assert (users.joined_at < ANCHOR).all()

    def test_prescribed_retention_follows_row_fifty(self, users):
        """45 % on day 15 and 35 % on day 30."""
        life = users.life_days[users.is_prescribed]
        assert (life >= 15).mean() == pytest.approx(0.45, abs=0.035)
        assert (life >= 30).mean() == pytest.approx(0.35, abs=0.035)

    def test_meditation_harms_follow_row_fifty_eight(self, users):
        """About ten per cent, more with trauma; lasting harm is part of it."""
        assert 0.08 < users.has_impairment.mean() < 0.15
        assert (users.has_impairment | ~users.is_lasting).all()

    def test_no_users(self, base, words, patients):
        """A clinic without an app has none."""
        assert len(draw_users(base, words, Streams(5), patients, 0, ANCHOR)) == 0


@pytest.fixture(scope="module")
def items(base):
    return draw_items(base, Streams(5), 300, ANCHOR)


@pytest.fixture(scope="module")
def sessions(base, users, items):
    return play(base, Streams(5), users, items, ANCHOR)[0]


class TestPlay:
    def test_sessions_are_in_order_and_before_the_anchor(self, sessions):
        """By user, then by time."""
        assert (np.diff(sessions.user) >= 0).all()
        same = np.diff(sessions.user) == 0
        assert (np.diff(sessions.started_at)[same] >= 0).all()
        assert sessions.started_at.max() < ANCHOR

    def test_people_replay(self, sessions):
        """More than half of the plays are of something played before."""
        pairs = sessions.user * 1_000 + sessions.item
        fresh = len(np.unique(pairs))
        assert 0.5 < 1 - fresh / len(pairs) < 0.85

    def test_completions_follow_affinity(self, sessions):
        """Free sessions are completed as often as the truth says."""
        free = ~sessions.is_step
        expected = sessions.affinity[free]
        error = np.sqrt((expected * (1 - expected)).sum())
        assert abs(sessions.completes[free].sum() - expected.sum()) < 4 * error

    def test_items_are_played_while_they_are_there(self, sessions, items):
        """Nothing before its publication."""
        assert (items.published_at[sessions.item] <= sessions.started_at).all()

    def test_picks_follow_taste(self, base, users, items, sessions):
        """People play what they like more than others do."""
        rng = np.random.default_rng(0)
        other = rng.integers(0, len(users), len(sessions.user))
        own = taste_of(base, users, items, sessions.user, sessions.item).mean()
        assert own > taste_of(base, users, items, other, sessions.item).mean() + 0.3

    def test_lasting_harm_ends_use(self, users, sessions):
        """The session that harmed for long was the last."""
        ends = np.flatnonzero(sessions.is_harmed & users.is_lasting[sessions.user])
        last = np.append(np.diff(sessions.user) != 0, True)
        assert len(ends) > 0
        assert last[ends].all()


class TestFollowPrograms:
    def test_completion_follows_row_fifty_four(self, base, users, items):
        """65 % finish a guided program they start, 25 % an unguided one."""
        user = np.repeat(np.arange(len(users)), 40)
        steps, finished = follow_programs(base, Streams(9), users, items, user)
        taken = np.flatnonzero(steps.item != MISSING)
        program = items.program[steps.item[taken]]
        first = items.position[steps.item[taken]] == 1
        length = (items.steps_of() != MISSING).sum(axis=1)[program]
        last = (items.position[steps.item[taken]] == length) & steps.is_done[taken]
        for guided, share in ((True, 0.65), (False, 0.25)):
            kind = items.guided[program] == guided
            assert (last & kind).sum() / (first & kind).sum() == pytest.approx(share, abs=0.03)
        assert finished.any(axis=0).all()

    def test_catalogue_without_programs(self, base, users):
        """No programs, no steps."""
        items = draw_items(base, Streams(1), 2, ANCHOR)
        steps, finished = follow_programs(base, Streams(1), users, items, np.zeros(9, int))
        assert (steps.item == MISSING).all()
        assert not finished.any()


class TestPickWeights:
    def test_steps_are_not_picked_alone(self, base, items):
        """A step comes with its program."""
        weights = pick_weights(base, items, np.zeros((1, 300)))
        assert (weights[0, items.program != MISSING] == 0).all()


class TestCompletion:
    def test_liking_makes_completion_likelier(self, base, items):
        """Monotone in taste."""
        low, high = completion(base, items, np.array([-1.0, 1.0]), np.array([0, 0]))
        assert low < high
