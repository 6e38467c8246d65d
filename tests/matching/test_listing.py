from dataclasses import replace

import numpy as np
import pytest

from matching.explanations import Facts
from matching.listing import ranked_clinicians
from matching.matcher import Matcher
from matching.rules import RuleScorer
from matching.utility import UtilityWeights


class TestRankedClinicians:
    def test_rows_say_what_the_candidates_hold(self, make_directory, make_intake, monday):
        """Places choose and order; score, utility and chance come from the candidates."""
        directory, intake = (
            make_directory({"clinician_id": "a"}, {"clinician_id": "b"}),
            make_intake(),
        )
        rows, places = np.array([0, 1]), np.array([1])
        scored = Matcher(scorer=RuleScorer()).score(intake, directory, rows, at=monday)
        scored = replace(
            scored,
            bonuses={"newcomer_chance": np.array([0.0, 0.03])},
            exposures=np.array([0.25, 0.75]),
        )
        waits = scored.wait_days[places]
        facts = Facts(
            intake=intake,
            directory=directory,
            rows=places,
            wait_days=waits,
            cases=scored.predictions.cases[places],
        )
        why = RuleScorer().explain(
            intake, directory, places, wait_days=waits, weights=UtilityWeights()
        )
        (found,) = ranked_clinicians(facts, why, scored, places)
        assert (found.rank, found.clinician_id, found.exposure_probability) == (1, "b", 0.75)
        assert found.utility == scored.utilities[1]
        assert found.score - found.utility == pytest.approx(0.03)
        assert found.next_available is None
        assert found.band == "limited_evidence"
