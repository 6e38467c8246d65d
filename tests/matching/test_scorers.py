import numpy as np
import pytest

from matching.case_mix import fit_case_mix
from matching.effects import fit_effects
from matching.pair_features import PAIR_FEATURES
from matching.rules import PairPoints, RuleScorer, base_rates
from matching.scorers import EffectsScorer, Head
from matching.shrinkage import Components
from matching.utility import UtilityWeights, utility
from matching.variance_components import VarianceComponent

COMPONENTS = Components(
    case=0.25,
    clinician=VarianceComponent(value=0.01),
    domain=VarianceComponent(value=0.0),
)
WAITS = np.array([14.0, 14.0, 14.0])
ROWS = np.array([0, 1, 2])


def effects_of(cases: dict[str, tuple[int, float]]):
    """Effects of clinicians with a number of cases of equal residual each."""
    ids = [name for name, (count, _) in cases.items() for _ in range(count)]
    residuals = [value for count, value in cases.values() for _ in range(count)]
    return fit_effects(
        ids,
        ["anxiety"] * len(ids),
        np.array(residuals),
        variances=np.full(len(ids), 0.25),
        components=COMPONENTS,
    )


def scorer_with(engage: Head) -> EffectsScorer:
    heads = [Head(rate=rate) for rate in base_rates().tolist()]
    heads[2] = engage
    return EffectsScorer(
        heads=tuple(heads), points=PairPoints(slopes=np.zeros((len(PAIR_FEATURES), 5)))
    )


@pytest.fixture(scope="module")
def directory(make_directory):
    """Clinicians a, b and c."""
    return make_directory(*({"clinician_id": name} for name in "abc"))


@pytest.fixture(scope="module")
def intake(make_intake):
    """A request about anxiety."""
    return make_intake(concerns=("anxiety",))


class TestEffectsScorer:
    def test_an_effect_becomes_a_shift_of_the_logit(self, directory, intake):
        """25 cases of +.2 shrink by half at k = 25: +.1 over .25 is +.4 on the logit of .5."""
        head = Head(rate=0.5, effects=effects_of({"a": (25, 0.2)}))
        found = scorer_with(head).predict(intake, directory, ROWS, wait_days=WAITS)
        assert found.p_engage == pytest.approx([1 / (1 + np.exp(-0.4)), 0.5, 0.5])
        assert found.cases.tolist() == [25, 0, 0]

    def test_fewer_than_fifteen_cases_are_no_evidence(self, directory, intake):
        """14 cases say nothing yet; one more does."""
        head = Head(rate=0.5, effects=effects_of({"a": (14, 0.2), "b": (15, 0.2)}))
        found = scorer_with(head).predict(intake, directory, ROWS, wait_days=WAITS)
        assert found.p_engage[0] == pytest.approx(0.5)
        assert found.p_engage[1] > 0.55
        widths = found.engage_high - found.engage_low
        assert widths[0] == pytest.approx(widths[2])
        assert widths[1] < widths[0]

    def test_no_record_decides_alone(self, directory, intake):
        """However extreme, an effect moves the logit by at most 1.5."""
        head = Head(rate=0.5, effects=effects_of({"a": (4_000, 0.9)}))
        found = scorer_with(head).predict(intake, directory, ROWS, wait_days=WAITS)
        assert found.p_engage[0] == pytest.approx(1 / (1 + np.exp(-1.5)))

    def test_case_mix_says_what_to_expect(self, directory, make_intake):
        """A patient of the kind that engages is expected to, whoever the clinician."""
        mild, severe = make_intake(phq9_total=5), make_intake(phq9_total=25)
        model = fit_case_mix([mild, severe] * 50, np.array([1.0, 0.0] * 50))
        scorer = scorer_with(Head(rate=0.5, case_mix=model))
        one = scorer.predict(mild, directory, ROWS, wait_days=WAITS).p_engage
        other = scorer.predict(severe, directory, ROWS, wait_days=WAITS).p_engage
        assert one.min() > 0.7
        assert other.max() < 0.3

    def test_without_anything_learned_it_agrees_with_the_rules(self, directory, intake):
        """Base rates and published points are those of the rules."""
        heads = tuple(Head(rate=rate) for rate in base_rates().tolist())
        learned = EffectsScorer(heads=heads)
        rules = RuleScorer()
        one, other = (
            scorer.predict(intake, directory, ROWS, wait_days=np.array([1.0, 9.0, 30.0]))
            for scorer in (learned, rules)
        )
        np.testing.assert_allclose(one.p_attend, other.p_attend)
        np.testing.assert_allclose(one.p_improve, other.p_improve)

    def test_effects_without_any_variance_of_a_case_say_nothing(self, directory, intake):
        """No cases at all give no shift."""
        head = Head(rate=0.5, effects=fit_effects([], [], np.zeros(0)))
        found = scorer_with(head).predict(intake, directory, ROWS, wait_days=WAITS)
        assert found.p_engage == pytest.approx([0.5, 0.5, 0.5])

    def test_a_request_without_concerns_is_scored(self, directory, make_intake):
        """An empty list of concerns is its own domain."""
        head = Head(rate=0.5, effects=effects_of({"a": (25, 0.2)}))
        found = scorer_with(head).predict(make_intake(), directory, ROWS, wait_days=WAITS)
        assert found.p_engage[0] > found.p_engage[1]

    def test_explanations_sum_to_the_utility(self, directory, intake):
        """Track record and wait are among the groups, and all add up."""
        scorer = scorer_with(Head(rate=0.5, effects=effects_of({"a": (25, 0.2)})))
        weights, days = UtilityWeights(), np.array([1.0, 9.0, 30.0])
        said = scorer.predict(intake, directory, ROWS, wait_days=days)
        why = scorer.explain(intake, directory, ROWS, wait_days=days, weights=weights)
        np.testing.assert_allclose(
            why.values.sum(axis=0), utility(said, days, weights), atol=1e-9, rtol=0
        )
        record = why.values[why.groups.index("track_record")]
        assert record[0] > 0.01
        assert record[1:] == pytest.approx([0.0, 0.0])

    def test_the_floor_counts_courses(self, directory, intake):
        """Ten outcomes of twenty observed courses count; ten of ten do not."""
        few = effects_of({"a": (10, 0.2), "b": (10, 0.2)})
        heads = [Head(rate=rate) for rate in base_rates().tolist()]
        heads[2] = Head(rate=0.5, effects=effects_of({"a": (20, 0.0), "b": (10, 0.0)}))
        heads[3] = Head(rate=0.5, effects=few)
        scorer = EffectsScorer(
            heads=tuple(heads), points=PairPoints(slopes=np.zeros((len(PAIR_FEATURES), 5)))
        )
        found = scorer.predict(intake, directory, ROWS, wait_days=WAITS)
        assert found.p_improve[0] > 0.5
        assert found.p_improve[1:] == pytest.approx([0.5, 0.5])
        assert found.cases.tolist() == [20, 10, 0]
