"""Goals and concerns to items."""

import numpy as np
import pytest

from recommender.cold_start import TopicIndex


@pytest.fixture(scope="module")
def topics(make_catalogue):
    """Items a (insomnia), b (sleep hygiene), c (stress) and d without topics."""
    catalogue = make_catalogue(
        a={"topics": ("insomnia",)},
        b={"topics": ("sleep hygiene",)},
        c={"topics": ("stress", "insomnia")},
        d={},
    )
    return TopicIndex.build(catalogue)


class TestTopicIndex:
    @pytest.mark.parametrize(
        ("word", "fit"),
        [
            ("Insomnia", [1.0, 0.0, 1.0, 0.0]),
            ("sleep", [1.0, 0.5, 1.0, 0.0]),
            ("sleep-hygiene", [0.0, 1.0, 0.0, 0.0]),
            ("burnout", [0.0, 0.0, 1.0, 0.0]),
            ("something else", [0.0, 0.0, 0.0, 0.0]),
        ],
    )
    def test_words_match_by_key_domain_and_part(self, topics, word, fit):
        """The same word or domain is a whole match, a shared part half of one."""
        assert topics.match(word).tolist() == fit

    def test_goal_fit_is_a_weighted_mean(self, topics):
        """A goal counts twice as much as a concern."""
        found = topics.goal_fit(["insomnia"], ["stress"])
        assert found.tolist() == pytest.approx([2 / 3, 0.0, 1.0, 0.0])

    def test_nothing_stated_fits_nothing(self, topics):
        """Without words every item is alike."""
        assert topics.goal_fit([], []).tolist() == [0.0] * 4

    def test_affinity_is_a_cosine(self, topics):
        """An item is as close as can be to itself, and not at all to one without topics."""
        found = topics.affinity(np.array([0]), np.array([1.0]))
        assert found[0] == pytest.approx(1.0)
        assert 0 < found[2] < 1
        assert found[3] == 0.0

    def test_a_catalogue_without_topics(self, make_catalogue):
        """No topics match no words and give no affinity."""
        bare = TopicIndex.build(make_catalogue(a={}, b={}))
        assert bare.goal_fit(["sleep"], []).tolist() == [0.0, 0.0]
        assert bare.affinity(np.array([0]), np.array([1.0])).tolist() == [0.0, 0.0]
