import numpy as np
import pytest

from training.simulator.columns import DAY, MISSING
from training.simulator.patients import FEMALE, draw_patients
from training.simulator.streams import Streams
from training.simulator.words import Words

ANCHOR = 20_634 * DAY
MANY = 20_000


@pytest.fixture(scope="module")
def words(base):
    return Words.of(base)


@pytest.fixture(scope="module")
def people(base, words):
    return draw_patients(base, words, Streams(5), MANY, ANCHOR)


class TestDrawPatients:
    def test_scores_follow_rows_one_to_three(self, people):
        """Means, spreads and correlation of true scores are those of the table, clipped."""
        phq9, gad7 = people.severity.scores[:, 0], people.severity.scores[:, 1]
        assert phq9.mean() == pytest.approx(13.0, abs=0.15)
        assert phq9.std() == pytest.approx(5.5, abs=0.15)
        assert gad7.mean() == pytest.approx(11.4, abs=0.15)
        assert np.corrcoef(phq9, gad7)[0, 1] == pytest.approx(0.68, abs=0.02)

    def test_severity_bands_follow_row_one(self, people):
        """8, 20, 32, 26 and 14 per cent across the bands, within two points."""
        bands = np.histogram(people.severity.scores[:, 0], [0, 4.5, 9.5, 14.5, 19.5, 28])[0]
        expected = [0.078, 0.199, 0.323, 0.262, 0.138]
        assert bands / len(people) == pytest.approx(expected, abs=0.025)

    def test_primary_concerns_follow_row_ten(self, people, base):
        """Each concern has its share."""
        shares = np.array([share for _, share in base.patients.concern_shares])
        found = np.bincount(people.concerns[:, 0], minlength=len(shares)) / len(people)
        assert found == pytest.approx(shares / shares.sum(), abs=0.012)

    def test_concerns_of_a_person_differ(self, people):
        """Nobody has the same concern twice."""
        lists = [line[line != MISSING] for line in people.concerns[:500]]
        assert all(len(set(line)) == len(line) >= 1 for line in lists)

    def test_gender_preferences_follow_row_fourteen(self, people):
        """45 % of women state a preference, and 90 % of them want a woman."""
        stated = people.wants_gender[people.gender == FEMALE]
        assert (stated != MISSING).mean() == pytest.approx(0.45, abs=0.015)
        assert (stated[stated != MISSING] == FEMALE).mean() == pytest.approx(0.90, abs=0.015)

    def test_cultural_preferences_follow_row_fifteen(self, people):
        """A fifth of all and two fifths of minority patients."""
        assert people.wants_culture.mean() == pytest.approx(0.20, abs=0.012)
        minority = people.wants_culture[people.ethnicity > 0]
        assert minority.mean() == pytest.approx(0.40, abs=0.02)

    def test_requests_lie_in_the_period_before_the_anchor(self, people, base):
        """Nobody asks after the end of the log."""
        assert people.requested_at.max() < ANCHOR
        assert people.requested_at.min() > ANCHOR - (base.period_days + 14) * DAY

    def test_few_people_ask_twice(self, people):
        """A repeated request comes later, from the same person with the same background."""
        again = np.arange(MANY, len(people))
        first = people.patient[again]
        assert 0.01 < len(again) / MANY < 0.04
        assert (people.requested_at[again] > people.requested_at[first]).all()
        assert np.array_equal(people.gender[again], people.gender[first])

    def test_more_people_leave_the_first_ones_as_they_are(self, base, words):
        """People do not depend on how many there are."""
        few = draw_patients(base, words, Streams(2), 50, ANCHOR)
        more = draw_patients(base, words, Streams(2), 80, ANCHOR)
        assert np.array_equal(few.severity.scores[:50], more.severity.scores[:50])
        assert np.array_equal(few.concerns[:50], more.concerns[:50])
        assert np.array_equal(few.requested_at[:50], more.requested_at[:50])
        assert np.array_equal(few.formats[:50], more.formats[:50])


class TestTake:
    def test_rows_are_taken_from_every_array(self, people):
        """The severity goes with the person."""
        some = people.take(np.array([3, 1]))
        assert len(some) == 2
        assert some.severity.scores[0].tolist() == people.severity.scores[3].tolist()
        assert some.payer[1] == people.payer[1]
