"""Golden requests keep a loaded recommender honest."""

import json

import pytest

from data.clinic import CONTENT, CONTENT_EVENTS, PROGRAMS
from data.errors import BundleError
from data.frames import empty_frame
from recommender import golden
from recommender.golden import FORBIDDEN, TRAUMATIC, answers, check_golden, golden_file
from training.fit_recommender import fit_recommender


@pytest.fixture(scope="module")
def model():
    """A model that has seen nothing."""
    tables = (empty_frame(CONTENT_EVENTS), empty_frame(CONTENT), empty_frame(PROGRAMS))
    return fit_recommender(*tables).model


class TestAnswers:
    def test_safety_holds_in_every_list(self, model):
        """Nothing expired, retired or unreviewed; no body scan after trauma; nothing in red."""
        newcomer, regular, trauma, red = (
            {entry.item_id for entry in answer.results} for answer in answers(model)
        )
        assert newcomer
        assert (newcomer | regular | trauma).isdisjoint(FORBIDDEN)
        assert TRAUMATIC in regular
        assert TRAUMATIC not in trauma
        assert red == set()


class TestCheckGolden:
    def test_the_same_model_passes(self, model):
        """A model gives its own golden answers."""
        check_golden(model, golden_file(model))

    @pytest.mark.parametrize("fault", ["score", "items", "length"])
    def test_any_other_answer_is_refused(self, model, fault):
        """A changed score, order or number of answers is another model."""
        rows = json.loads(golden_file(model))
        if fault == "score":
            rows[0]["scores"][0] += 1e-6
        elif fault == "items":
            rows[0]["items"].reverse()
        else:
            rows.pop()
        with pytest.raises(BundleError, match="golden"):
            check_golden(model, json.dumps(rows).encode())

    def test_a_model_that_shows_what_is_withheld_is_refused(self, model, monkeypatch):
        """Not even its own stored answers save it."""
        stored = golden_file(model)
        newcomer, regular, _, red = answers(model)
        monkeypatch.setattr(golden, "answers", lambda _: [newcomer, regular, regular, red])
        with pytest.raises(BundleError, match="withholds"):
            check_golden(model, stored)
