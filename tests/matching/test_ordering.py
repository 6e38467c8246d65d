import numpy as np

from matching.exploration import Exploration
from matching.newcomers import NewcomerBonus
from matching.ordering import SERVED, OrderPolicy, meets_wishes


class TestOrderPolicy:
    def test_its_name_says_what_counts(self):
        """Logs tell a draw from an order by utility alone."""
        assert OrderPolicy().name == "utility"
        assert OrderPolicy(newcomers=NewcomerBonus()).name == "utility+newcomers"
        assert OrderPolicy(exploration=Exploration()).name == "utility+exploration"
        assert SERVED.name == "utility+prices+newcomers+continuity+exploration"


class TestMeetsWishes:
    def test_preferences_and_language(self, make_directory, make_intake):
        """Both have to be met where they are stated; nothing is missed where nothing is."""
        directory = make_directory(
            {"clinician_id": "a", "gender": "female", "languages": ("es",)},
            {"clinician_id": "b", "gender": "male", "languages": ("es",)},
            {"clinician_id": "c", "gender": "female"},
        )
        asked = make_intake(pref_gender="female", languages=("es",))
        everybody = np.arange(3)
        assert meets_wishes(asked, directory, everybody).tolist() == [True, False, False]
        assert meets_wishes(make_intake(), directory, everybody).tolist() == [True] * 3
