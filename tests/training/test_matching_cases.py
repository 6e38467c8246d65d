import numpy as np
import pytest

from data.directory import UNKNOWN_TIME
from matching.pair_features import PAIR_FEATURES
from training.matching_cases import Cases


@pytest.fixture(scope="module")
def clinic(make_clinic):
    """Sixty intakes and six clinicians."""
    return make_clinic(intakes=60, clinicians=6, spread=0.5, seed=3)


class TestCases:
    def test_rows_follow_the_episodes(self, clinic):
        """Clinicians, domains, features and times stand at the episode's own place."""
        cases = Cases.build(clinic)
        episodes = clinic["episodes"]
        names = [cases.directory.clinician_ids[row] for row in cases.clinician_rows]
        assert names == episodes["clinician_id"].tolist()
        assert cases.domains.tolist() == [words[0] for words in clinic["intakes"]["concerns"]]
        assert cases.requests.tolist() == cases.requested_at.tolist()
        assert set(np.unique(cases.features[0])) == {0.0, 1.0}
        assert np.isnan(cases.features[PAIR_FEATURES.index("preferences")]).all()

    def test_waits_are_those_of_visits(self, clinic):
        """Ten days where there was a first visit."""
        waits = Cases.build(clinic).attended_waits
        seen = clinic["episodes"]["first_attended_at"].notna().to_numpy()
        assert waits[seen] == pytest.approx(10.0)
        assert np.isnan(waits[~seen]).all()

    def test_strangers_have_no_features(self, clinic):
        """An unknown clinician and an unknown intake leave gaps, not errors."""
        episodes = clinic["episodes"].copy()
        episodes.loc[0, "clinician_id"] = "nobody"
        episodes.loc[1, "intake_id"] = "nothing"
        cases = Cases.build({**clinic, "episodes": episodes})
        assert cases.clinician_rows[0] == -1
        assert np.isnan(cases.features[:, :2]).all()
        assert cases.requests[1] == UNKNOWN_TIME
        assert cases.domains[1] == ""
        assert cases.intakes_of(np.array([2]))[0].intake_id == "i2"

    def test_an_empty_clinic(self):
        """Nothing in, nothing out."""
        cases = Cases.build({})
        assert len(cases.intakes) == 0
        assert cases.features.shape == (len(PAIR_FEATURES), 0)
