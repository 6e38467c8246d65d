"""Every code of content has its words, and no words are left over."""

import ast
from pathlib import Path

import pytest

import recommender
from data.codes.concerns import CONCERNS
from data.messages import AUDIENCES, Reader
from recommender.plan_candidates import LeftOut
from recommender.plan_wording import PLAN_LEFT_OUT
from recommender.popular import DAYPARTS
from recommender.wording import CONTENT, TOPIC_WORDS, topic_word

FOLDER = Path(recommender.__file__).parent


def spoken() -> set[str]:
    """Codes in the modules that give reasons; a part of the day may follow."""
    found = set()
    for name in ("reasons.py", "plan_reasons.py", "recommender.py"):
        tree = ast.parse((FOLDER / name).read_text("utf-8"))
        words = {
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        found |= words | {f"{word}{part}" for word in words for part in DAYPARTS}
    return found


class TestContent:
    @pytest.mark.parametrize("audience", AUDIENCES)
    def test_every_code_has_words_for_everybody(self, audience):
        """No reason is a bare code."""
        assert all(CONTENT.speaks_of(code, audience) for code in CONTENT.codes)

    def test_no_code_is_left_over(self):
        """What no module says any more is taken out."""
        assert {code.removeprefix("content.") for code in CONTENT.codes} - spoken() == set()

    @pytest.mark.parametrize(
        ("language", "minutes", "text"),
        [
            ("en", 1, "Fits the 1 minute you have"),
            ("en", 12.5, "Fits the 12.5 minutes you have"),
            ("es", 1, "Cabe en el 1 minuto que tiene"),
            ("es", 12.5, "Cabe en los 12,5 minutos que tiene"),
            ("es-MX", 12.5, "Cabe en los 12.5 minutos que tiene"),
            ("vi", 2, "Vừa với 2 phút quý vị có"),
        ],
    )
    def test_minutes_follow_the_language(self, language, minutes, text):
        """Commas, one and many."""
        assert CONTENT.say("content.fits_time", Reader(language), minutes) == text

    def test_titles_are_never_translated(self):
        """They are data, braces in them too."""
        found = CONTENT.say("content.because_finished", Reader("es"), title="{Calm} night")
        assert found == "Porque terminó {Calm} night"


class TestPlanLeftOut:
    def test_every_reason_has_words_for_everybody(self):
        """And there are none for what is no reason."""
        assert {f"left_out.{reason}" for reason in LeftOut} == PLAN_LEFT_OUT.codes
        for audience in AUDIENCES:
            assert all(PLAN_LEFT_OUT.speaks_of(code, audience) for code in PLAN_LEFT_OUT.codes)

    def test_they_count(self):
        """One and many."""
        assert PLAN_LEFT_OUT.say("left_out.too_long", Reader("es"), 1) == (
            "1 elemento es demasiado largo para una sesión."
        )


class TestTopicWord:
    def test_every_known_concern_has_a_word(self):
        """And there is no word for what is not known."""
        assert {f"topic.{concern.word}" for concern in CONCERNS} == TOPIC_WORDS.codes

    @pytest.mark.parametrize(
        ("word", "language", "said"),
        [
            ("sleep", "vi", "giấc ngủ"),
            ("PTSD", "es-MX", "el trauma"),
            ("insomnia", "en-GB", "insomnia"),
            ("deep_rest", "es", "deep rest"),
        ],
    )
    def test_a_clinics_own_words_stay(self, word, language, said):
        """Known concerns are translated, English and own words are as they were written."""
        assert topic_word(word, Reader(language)) == said
