import json

import pytest

from training.card_attributes import SYNTHETIC_ONLY, CardFacts, source_attributes
from training.model_card import card_bytes, card_document

GROUPS = {"attribute": "language", "group": "es", "measure": "engage_gap", "n": 40}
META = {"as_of": "2026-06-01", "rows": {"intakes": 1200}, "engine": "effects", "facts": {}}


def facts(kind="matching", trained_on="synthetic", **given) -> CardFacts:
    values = {"owner": {}, "meta": META, "metrics": {}, **given}
    return CardFacts(kind=kind, trained_on=trained_on, **values)


def value(number: int, **given) -> str:
    return source_attributes(facts(**given))[number - 1]["value"]


class TestSourceAttributes:
    @pytest.mark.parametrize("kind", ["matching", "recommender"])
    @pytest.mark.parametrize("trained_on", ["synthetic", "real"])
    def test_all_31_are_there_and_none_is_empty(self, kind, trained_on):
        """Nine groups in the order of the rule, numbered from 1."""
        found = source_attributes(facts(kind, trained_on))
        assert [entry["number"] for entry in found] == list(range(1, 32))
        assert len(dict.fromkeys(entry["group"] for entry in found)) == 9
        assert all(entry["value"].strip() for entry in found)

    def test_nothing_external_or_local_is_claimed_of_simulated_people(self):
        """Where the honest answer is none, it is that."""
        found = source_attributes(facts())
        none = [entry["number"] for entry in found if entry["value"] == SYNTHETIC_ONLY]
        assert none == [17, 18, 19, 20, 23, 24, 27, 29]

    def test_real_records_have_local_figures(self):
        """Validity in local data is that of the held-out time; nothing external is claimed."""
        given = {
            "trained_on": "real",
            "metrics": {"engage_calibration_slope": 1.02, "serves": "effects"},
            "evidence": {"held_out_from": "2026-04-01"},
        }
        assert value(27, **given) == value(21, **given)
        assert "engage_calibration_slope 1.02" in value(27, **given)
        assert "2026-04-01" in value(21, **given)
        assert value(23, **given).startswith("none")

    def test_the_owner_is_named_where_stated(self):
        """Settings fill the card; what is not stated names its setting."""
        assert "it@clinic" in value(1, owner={"contact": "it@clinic"})
        assert "setting `contact`" in value(1)
        assert value(2, owner={"funding": "a grant"}) == "a grant"

    def test_groups_are_summed_up(self):
        """The largest gap is named with its people; a silent group is counted and no more."""
        rows = [
            {**GROUPS, "value": 0.1, "low": 0.02, "high": 0.2},
            {**GROUPS, "group": "en", "value": -0.05, "low": -0.1, "high": 0.02},
            {**GROUPS, "group": "vi", "n": None, "value": None, "low": None, "high": None},
        ]
        said = value(22, evidence={"groups": rows})
        assert "2 groups and outcomes" in said
        assert "leaves out zero in 1" in said
        assert "+0.100 (engage_gap, language es, 40 people)" in said

    def test_who_it_was_learned_from(self):
        """Groups with counts, and how many are too small to be told."""
        people = [
            {"attribute": "language", "group": "en", "n": 980, "share": 0.98},
            {"attribute": "language", "group": "vi", "n": None, "share": None},
        ]
        said = value(13, evidence={"people": people})
        assert said == "language en 98% (980); 1 groups of fewer than 20 people are not told."

    def test_inputs_are_those_of_the_code(self):
        """Each number of the case mix is named, and content learns from none of them."""
        assert "deprivation_decile" in value(12)
        assert "phq9_total" in value(12)
        assert "phq9_total" not in value(12, kind="recommender")


class TestCardDocument:
    def test_equal_facts_give_equal_bytes(self):
        """The card belongs to a bundle that holds no clock."""
        assert card_bytes(facts()) == card_bytes(facts())
        assert json.loads(card_bytes(facts())) == card_document(facts())

    def test_proxies_say_why_they_are_used(self):
        """Every input that stands for something protected has a reason."""
        inputs = {entry["name"]: entry["why"] for entry in card_document(facts())["inputs"]}
        assert {name for name, why in inputs.items() if why} == {
            "deprivation_decile",
            "language",
            "age_band",
        }
        assert card_document(facts("recommender"))["inputs"] == []
