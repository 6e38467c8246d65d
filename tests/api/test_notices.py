"""What answers say of themselves, and how all that they say reads."""

import re
from typing import get_args

import pytest

from api.notices import NOTICES, WORDINGS, degraded_text, told_in
from api.serving import Degradation
from data.messages import AUDIENCES, Reader
from training.catalogues import sentences

VOWELS = re.compile(r"[aeiouy]+")
HIGHEST_GRADE = 8.0
ADDRESSED = re.compile(r"\b(you|your|yours|yourself)\b", re.IGNORECASE)
PROMISES = re.compile(
    r"\b(cure|guarantee|best|better|recover|heal|success|sure to)\w*\b", re.IGNORECASE
)
BLAMES = re.compile(r"\b(fail|fault|refuse|non-?complian|difficult|bad)\w*\b", re.IGNORECASE)


def syllables(word: str) -> int:
    """Groups of vowels, without a silent e at the end."""
    word = word.casefold()
    count = len(VOWELS.findall(word))
    is_silent = word.endswith("e") and not word.endswith(("le", "ee")) and count > 1
    return max(count - is_silent, 1)


def grade(text: str) -> float:
    """Flesch-Kincaid reading grade of an English text (Kincaid 1975)."""
    words = re.findall(r"[A-Za-z']+", text)
    ends = max(len(re.findall(r"[.:;!?](?:\s|$)", text)), 1)
    load = sum(map(syllables, words)) / len(words)
    return 0.39 * len(words) / ends + 11.8 * load - 15.59


def said_to(*audiences: str) -> set[str]:
    """The English of everything that is said to an audience."""
    return {
        text
        for wording in WORDINGS
        for (_, audience), entry in wording.sentences.items()
        for text in (entry.one, entry.many)
        if audience in audiences and text
    }


class TestWordings:
    def test_all_that_is_declared_is_said(self):
        """The catalogues hold the sentences of the wordings and no others."""
        declared = {(context, english) for context, english, _ in sentences()}
        spoken = {
            (entry.context, (entry.one, entry.many) if entry.many else entry.one)
            for wording in WORDINGS
            for entry in wording.sentences.values()
        }
        assert declared == spoken

    def test_patients_read_plain_words(self):
        """Every sentence by itself reads at grade 8 or below."""
        texts = {text for text in said_to("patient") if text.endswith(".")}
        assert len(texts) > 60
        assert [text for text in texts if grade(text) > HIGHEST_GRADE] == []

    def test_the_grade_is_that_of_the_formula(self):
        """0.39 x 6 words + 11.8 x 1 syllable a word - 15.59, and long words cost more."""
        assert grade("The cat sat on the mat.") == pytest.approx(0.39 * 6 + 11.8 - 15.59)
        assert grade("Interdisciplinary considerations predominate.") > HIGHEST_GRADE

    def test_nothing_is_promised_and_nobody_is_blamed(self):
        """No outcome, no fault."""
        texts = said_to("patient")
        assert [text for text in texts if PROMISES.search(text) or BLAMES.search(text)] == []

    def test_staff_are_told_about_the_patient(self):
        """Who reads it is not the patient, crisis lines apart."""
        texts = said_to("clinician", "operator")
        assert [text for text in texts if ADDRESSED.search(text)] == [
            "Call your local emergency number"
        ]

    def test_patients_are_spoken_to(self):
        """Nobody reads of themselves as of a stranger."""
        assert not any("the patient" in text.casefold() for text in said_to("patient"))


class TestNotices:
    def test_every_degradation_has_words_for_everybody(self):
        """Reason by fallback, for each audience."""
        kinds = [get_args(hint) for hint in Degradation.__annotations__.values()]
        codes = {
            f"degraded.{reason}.{fallback}" for reason in kinds[0] for fallback in kinds[1]
        }
        assert codes == NOTICES.codes
        for audience in AUDIENCES:
            assert all(NOTICES.speaks_of(code, audience) for code in codes)

    def test_only_the_operator_is_told_what_to_do(self):
        """The rest is told what made the list."""
        told = [
            degraded_text(Degradation("bad_model", "rules"), Reader("en", audience))
            for audience in AUDIENCES
        ]
        assert ["verify" in text for text in told] == [False, False, True]

    def test_a_model_needs_no_notice(self):
        """Null stays null."""
        assert degraded_text(None, Reader()) is None


class TestToldIn:
    @pytest.mark.parametrize(
        ("asked", "told"), [("es-mx", "es-MX"), ("fr", "en"), ("vi", "vi")]
    )
    def test_the_answer_says_which_language_it_is_in(self, asked, told):
        """English where there is no other."""
        assert told_in(Reader(asked)) == told
