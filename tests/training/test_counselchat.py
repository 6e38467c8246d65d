import numpy as np
import pandas as pd
import pytest

from training.real.counselchat import (
    CROSSED,
    METHODS,
    NAME,
    RANDOM,
    RAW,
    TEST,
    VOLUME,
    WITHIN,
    counselchat_table,
    read_answers,
    score_answers,
)
from training.real.results import find_shipped


@pytest.fixture(scope="module")
def answers():
    """The shipped answers."""
    return read_answers(find_shipped(NAME))


@pytest.fixture(scope="module")
def table():
    """The table with folds drawn once."""
    return counselchat_table(repeats=1)


def forum(rows):
    """Answers from rows of question, topic, therapist and votes."""
    frame = pd.DataFrame(rows, columns=["question_id", "topic", "therapist_id", "upvotes"])
    return frame.assign(outcome=np.log1p(frame["upvotes"]))


class TestReadAnswers:
    def test_shipped_answers_are_those_of_the_source(self, answers):
        """815 questions, 307 therapists, one answer per question and therapist."""
        assert answers["question_id"].nunique() == 815
        assert answers["therapist_id"].nunique() == 307
        assert not answers.duplicated(["question_id", "therapist_id"]).any()
        assert len(answers.groupby(["question_id", "topic"])) == 815

    def test_no_text_is_shipped(self):
        """The file holds ids, topics, votes and views, and nothing that anybody wrote."""
        header = (find_shipped(NAME) / "answers.csv").read_text().splitlines()[0]
        assert header == "question_id,topic,therapist_id,upvotes,views"

    def test_order_does_not_give_the_votes_away(self, answers):
        """Within a question rows are in order of therapist."""
        same = answers["question_id"].diff() == 0
        steps = answers["therapist_id"] > answers["therapist_id"].shift()
        assert steps[same].all()


class TestScoreAnswers:
    TRAIN = forum(
        [
            (1, "a", "good", 7), (1, "a", "poor", 0),
            (2, "a", "good", 3), (2, "a", "poor", 0),
            (3, "a", "good", 1), (3, "a", "poor", 1),
            (4, "a", "good", 3), (4, "a", "poor", 0), (4, "a", "once", 1),
        ]
    )  # fmt: skip

    def test_votes_of_tested_questions_are_not_used(self):
        """Other votes in the test questions change no score."""
        test = forum([(5, "a", "poor", 0), (5, "a", "good", 9)])
        turned = test.assign(upvotes=[9, 0], outcome=[2.3, 0.0])
        first, second = score_answers(self.TRAIN, test), score_answers(self.TRAIN, turned)
        for method in METHODS:
            assert first[method].tolist() == second[method].tolist()

    def test_every_learner_puts_the_helpful_therapist_first(self):
        """The therapist with more votes in each question scores higher by every method but two."""
        scores = score_answers(self.TRAIN, forum([(5, "a", "poor", 0), (5, "a", "good", 0)]))
        for method in set(METHODS) - {RANDOM, VOLUME}:
            assert scores[method][1] > scores[method][0]
        assert scores[VOLUME].tolist() == [4.0, 4.0]
        assert scores[RANDOM][0] == scores[RANDOM][1]

    def test_a_new_therapist_gets_what_is_usual(self):
        """Nothing known: no volume, the overall mean, no effect."""
        scores = score_answers(self.TRAIN, forum([(5, "b", "new", 0)]))
        mean = self.TRAIN["outcome"].mean()
        assert scores[VOLUME].tolist() == [0.0]
        assert scores[RAW] == pytest.approx([mean])
        assert scores[CROSSED] == pytest.approx([mean])
        assert scores[WITHIN].tolist() == [0.0]


@pytest.mark.slow
class TestCounselchatTable:
    def test_all_methods_are_scored_on_the_same_questions(self, table):
        """201 questions have answers that differ in votes."""
        counts = {row.n for row in table.rows if row.metric in {"concordance", "ndcg"}}
        assert counts == {201}
        assert {row.method for row in table.rows} == set(METHODS)

    def test_chance_is_one_half(self, table):
        """The random order has concordance .5 with no luck in it."""
        row = table.get_row(TEST, RANDOM, "concordance")
        assert (row.value, row.low, row.high) == (0.5, 0.5, 0.5)

    def test_therapists_differ_beyond_chance(self, table):
        """Both the raw mean and the shrunken effect order better than chance."""
        for method in (RAW, CROSSED):
            assert table.get_row(TEST, method, "concordance").low > 0.6

    def test_shrinkage_costs_no_order_and_foretells_votes_no_worse(self, table):
        """Against the raw mean: order within .03, error of foretold votes not above."""
        assert table.get_row(TEST, CROSSED, "concordance_minus_raw_mean").value > -0.03
        errors = [table.get_row(TEST, method, "rmse_log_votes") for method in (CROSSED, RAW)]
        assert errors[0].value < errors[1].value + 0.005
        assert errors[0].n == 2_113

    def test_notes_say_what_came_out(self, table):
        """The best by order and by error are named."""
        assert table.notes[0].startswith("Order: best is ")
        assert table.notes[1].startswith("Foretold votes: least error has ")

    @pytest.mark.slow
    def test_shuffled_votes_leave_nothing_to_learn(self, answers, tmp_path):
        """Votes shuffled within questions: no method orders better than chance."""
        rng = np.random.default_rng(3)
        shuffled = answers.assign(
            upvotes=answers.groupby("question_id")["upvotes"].transform(
                lambda votes: rng.permutation(votes.to_numpy())
            )
        )
        shuffled.drop(columns="outcome").to_csv(tmp_path / "answers.csv", index=False)
        table = counselchat_table(tmp_path, repeats=1)
        for method in METHODS:
            row = table.get_row(TEST, method, "concordance")
            assert row.low <= 0.5 <= row.high + 0.02
