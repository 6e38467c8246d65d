import pytest

from matching.triage_rules import CHECK_ACTIONS, CRISIS_ACTIONS, RULES
from matching.triage_text import READ_TEXT
from matching.wording import ENGLISH, FOR_STAFF, sentence


class TestSentence:
    def test_every_code_has_one_sentence(self):
        """Sentences end in a full stop and hold no number about anybody."""
        for code in ENGLISH:
            assert sentence(code).endswith(".")
            assert not any(letter.isdigit() for letter in sentence(code))

    def test_a_language_without_translation_gets_english(self):
        """Nobody is left without words."""
        assert sentence("language_shared", "tlh") == sentence("language_shared", "en")

    def test_staff_are_told_about_the_patient(self):
        """Who reads it is not the patient, and only staff have something to do."""
        for code in FOR_STAFF:
            for audience in ("clinician", "operator"):
                words = sentence(code, "en", audience).casefold().replace(".", "").split()
                assert not {"you", "your"} & set(words)
        assert sentence("human_review", "es", "operator").startswith("Una persona")
        with pytest.raises(KeyError):
            sentence("human_review", "es", "patient")

    def test_every_action_has_words_for_staff(self):
        """No action of any rule is a bare code."""
        actions = {action for rule in RULES for action in rule.actions}
        assert {*actions, *CRISIS_ACTIONS, *CHECK_ACTIONS, READ_TEXT} <= set(FOR_STAFF)

    def test_an_unknown_code_is_an_error(self):
        """A code without words is a mistake in the program."""
        with pytest.raises(KeyError):
            sentence("nonsense")
