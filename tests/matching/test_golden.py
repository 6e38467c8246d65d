"""Golden requests keep a loaded model honest."""

import json

import pytest

from data.domain import Pathway
from data.errors import BundleError
from matching.golden import answers, check_golden, golden_file, requests
from matching.matcher import Matcher
from matching.rules import RuleScorer


@pytest.fixture
def matcher():
    """A matcher that needs no data."""
    return Matcher(scorer=RuleScorer())


class TestAnswers:
    def test_every_pathway_is_asked_for(self, matcher):
        """Routine, elevated, navigator and crisis each have a golden request."""
        assert [answer.pathway for answer in answers(matcher)] == [
            pathway for _, pathway in requests()
        ]
        assert {pathway for _, pathway in requests()} == set(Pathway)

    def test_nobody_in_crisis_gets_a_list(self, matcher):
        """Crisis and navigator are empty lists."""
        for answer in answers(matcher):
            is_ranked = answer.pathway in {Pathway.ROUTINE, Pathway.ELEVATED}
            assert bool(answer.results) == is_ranked


class TestCheckGolden:
    def test_the_same_model_passes(self, matcher):
        """A model gives its own golden answers."""
        check_golden(matcher, golden_file(matcher))

    @pytest.mark.parametrize("fault", ["utility", "clinician", "pathway", "length"])
    def test_any_other_answer_is_refused(self, matcher, fault):
        """A changed utility, order, pathway or number of answers is another model."""
        rows = json.loads(golden_file(matcher))
        if fault == "utility":
            rows[0]["utilities"][0] += 1e-6
        elif fault == "clinician":
            rows[0]["clinicians"].reverse()
        elif fault == "pathway":
            rows[-1]["pathway"] = "routine"
        else:
            rows.pop()
        with pytest.raises(BundleError, match="golden"):
            check_golden(matcher, json.dumps(rows).encode())
