"""A code has one sentence for each audience, in the reader's language."""

import pytest

from data.messages import AUDIENCES, Reader, Wording, safety_sentence, sentence, warm_up

TOYS = Wording.of(
    sentence("plain", "The same for all."),
    sentence("told", "You wait."),
    sentence("told.staff", "The patient waits."),
    sentence("told.operator", "Call the patient who waits."),
    safety_sentence("for_staff.staff", "Act."),
    sentence(
        "a.dotted.code", "{count} of {title} for {fee}", "{count} of all {title} for {fee}"
    ),
    sentence("language_shared", "Speaks your language."),
)


class TestWording:
    @pytest.mark.parametrize(
        ("code", "texts"),
        [
            ("plain", ["The same for all."] * 3),
            ("told", ["You wait.", "The patient waits.", "Call the patient who waits."]),
        ],
    )
    def test_the_nearest_sentence_counts(self, code, texts):
        """One audience before staff, staff before all."""
        found = [TOYS.say(code, Reader("en", audience)) for audience in AUDIENCES]
        assert found == texts

    def test_what_is_for_staff_is_never_said_to_a_patient(self):
        """A patient has no sentence of such a code."""
        assert TOYS.speaks_of("for_staff", "clinician")
        assert not TOYS.speaks_of("for_staff", "patient")
        with pytest.raises(KeyError):
            TOYS.say("for_staff")

    def test_a_code_without_words_is_an_error(self):
        """It is a mistake in the program."""
        with pytest.raises(KeyError):
            TOYS.say("nonsense")

    def test_codes_are_what_contexts_are_about(self):
        """Dots belong to the code unless an audience follows."""
        assert TOYS.codes == {"plain", "told", "for_staff", "a.dotted.code", "language_shared"}

    @pytest.mark.parametrize(
        ("count", "text"),
        [
            (1, "1 of {x} for {y}"),
            (0, "0 of all {x} for {y}"),
            (1.5, "1.5 of all {x} for {y}"),
            (0.5, "0.5 of all {x} for {y}"),
        ],
    )
    def test_counts_choose_the_form(self, count, text):
        """A fraction is never one, and braces in a title are left as they are."""
        said = TOYS.say("a.dotted.code", Reader(), count, title="{x}", fee="{y}")
        assert said == text

    def test_what_is_not_translated_is_english_with_english_plurals(self):
        """Vietnamese has one form, and its rule is not put upon English."""
        reader = Reader("vi")
        assert TOYS.say("plain", reader) == "The same for all."
        assert TOYS.say("a.dotted.code", reader, 2, title="a", fee="b") == "2 of all a for b"

    def test_regions_have_the_sentences_of_their_language(self):
        """`es-MX` finds `es`."""
        assert TOYS.say("language_shared", Reader("es-MX")) == "Habla su idioma."


class TestWarmUp:
    def test_reading_early_changes_nothing(self):
        """It may be done at every start."""
        before = TOYS.say("language_shared", Reader("vi"))
        warm_up(TOYS)
        assert TOYS.say("language_shared", Reader("vi")) == before
