"""Words of safety states and of item traits."""

import pytest

from data.domain import Condition
from recommender.gating_words import (
    STATES_OF_WORD,
    TRAIT_WORDS,
    Trait,
    conditions_of,
    gating_key,
    states_of,
)


class TestGatingKey:
    @pytest.mark.parametrize("word", ["body scan", "Body-Scan", " BODY__scan ", "body/scan"])
    def test_signs_and_case_make_no_difference(self, word):
        """However a clinic writes it, it is the same word."""
        assert gating_key(word) == "body_scan"


class TestStatesOf:
    @pytest.mark.parametrize("condition", list(Condition))
    def test_every_state_is_a_word_of_its_own(self, condition):
        """The word of a state stands for at least that state."""
        assert condition in states_of(condition.value)

    @pytest.mark.parametrize(
        ("word", "condition"),
        [
            ("PTSD", Condition.TRAUMA),
            ("dissociation", Condition.TRAUMA),
            ("self-harm", Condition.SUICIDALITY),
            ("schizophrenia", Condition.PSYCHOSIS_MANIA),
            ("mania", Condition.BIPOLAR),
            ("mania", Condition.PSYCHOSIS_MANIA),
            ("anorexia", Condition.EATING_DISORDER),
            ("panic attacks", Condition.PANIC),
            ("alcohol", Condition.SUBSTANCE),
            ("substance-abuse", Condition.SUBSTANCE),
            ("epilepsy", Condition.SEIZURE),
            ("pregnant", Condition.PERINATAL),
            ("driving", Condition.SAFETY_CRITICAL_WORK),
            ("12-17", Condition.MINOR),
            ("ages 13 to 17", Condition.MINOR),
            ("under 18", Condition.MINOR),
        ],
    )
    def test_common_synonyms(self, word, condition):
        """The words that clinics use are known."""
        assert condition in states_of(word)

    @pytest.mark.parametrize("word", ["sleep", "18-25", "16-24", "under 65", "veteran", ""])
    def test_other_words_stand_for_no_state(self, word):
        """What is no state withholds nothing by itself."""
        assert states_of(word) == frozenset()

    def test_the_table_is_written_in_keys(self):
        """Every known word is in the form in which words compare."""
        assert all(gating_key(word) == word for word in STATES_OF_WORD)


class TestConditionsOf:
    def test_all_words_add_up(self):
        """Each word adds its states."""
        found = conditions_of(["panic", "ptsd", "stress"])
        assert found == {Condition.PANIC, Condition.TRAUMA}

    def test_no_words(self):
        """Without words there is no state."""
        assert conditions_of([]) == frozenset()


class TestTraitWords:
    def test_every_trait_has_words_in_keys(self):
        """Each trait can be found, in the form in which words compare."""
        assert set(TRAIT_WORDS) == set(Trait)
        assert all(gating_key(word) == word for words in TRAIT_WORDS.values() for word in words)
