import pytest

from matching.wording import ENGLISH, sentence


class TestSentence:
    def test_every_code_has_one_sentence(self):
        """Sentences end in a full stop and hold no number about anybody."""
        for code in ENGLISH:
            assert sentence(code).endswith(".")
            assert not any(letter.isdigit() for letter in sentence(code))

    def test_a_language_without_translation_gets_english(self):
        """Nobody is left without words."""
        assert sentence("language_shared", "vi") == sentence("language_shared", "en")

    def test_an_unknown_code_is_an_error(self):
        """A code without words is a mistake in the program."""
        with pytest.raises(KeyError):
            sentence("nonsense")
