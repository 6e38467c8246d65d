"""What the tripwire has to hear, what it must not hear, and that it only ever raises."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.tripwire import NAMES, Case, is_right, read_corpus, shares
from data.domain import Tier
from data.errors import UsageError
from matching.tripwire import LONGEST_TEXT, open_tripwire, shipped_tripwire
from matching.tripwire_table import CATEGORIES

CASES = [case for name in NAMES for case in read_corpus(name)]
LEAST_SPECIFICITY = 0.97
RED = "I want to kill myself"
BREAK = "\n\n"
ADDITION = """
language = "en"
[[phrases]]
category = "suicide"
tier = "red"
say = ["killing me", "purple umbrella"]
"""


@pytest.fixture(scope="module")
def added(tmp_path_factory):
    folder = tmp_path_factory.mktemp("phrases")
    (folder / "a.toml").write_text(
        ADDITION.replace('"killing me"', '"suicde|kil|mysefl|morirr dont|not"')
    )
    (folder / "b.toml").write_text(
        ADDITION.replace('"en"', '"de"').replace("purple umbrella", "ich will sterben")
    )
    return open_tripwire(folder)


def tier_of(text: str) -> Tier:
    return shipped_tripwire().read(text).tier


class TestCorpus:
    def test_red_is_never_missed(self):
        """Every sentence of ours that is red is heard as red, in both languages and mixed."""
        groups = shares(CASES, shipped_tripwire())
        assert all(groups["sensitivity to red"])
        assert len(groups["sensitivity to red"]) >= 200

    def test_what_is_harmless_is_mostly_left_alone(self):
        """Idioms, grief, panic and plain requests raise nothing."""
        found = shares(CASES, shipped_tripwire())["specificity"]
        assert len(found) >= 150
        assert sum(found) / len(found) >= LEAST_SPECIFICITY

    @pytest.mark.parametrize("case", CASES, ids=lambda case: case.text[:40])
    def test_each_sentence_is_read_as_it_is_meant(self, case: Case):
        """Also what is amber, and what is in another language."""
        assert is_right(case, shipped_tripwire().read(case.text))

    def test_the_corpus_is_worth_its_name(self):
        """Two languages, their mixture, others, every phenomenon; no sentence in two corpora."""
        assert {case.language for case in CASES} == {"en", "es", "mixed", "xx"}
        assert {
            "negated",
            "affirmed",
            "past",
            "third",
            "idiom",
            "misspelt",
            "question",
            "grief",
        } <= {case.phenomenon for case in CASES}
        assert len({case.text for case in CASES}) >= len(CASES) - 1


class TestOnlyRaises:
    @given(st.text(max_size=300))
    def test_whatever_is_written_has_an_answer(self, text):
        """No text breaks it, and a finding names categories alone."""
        found = shipped_tripwire().read(text)
        assert all(code.removeprefix("text_") in CATEGORIES for code in found.codes)
        assert found.tier == max(found.tiers, default=Tier.GREEN)
        assert (found.tier is Tier.GREEN) == (not found.codes)

    @given(st.sampled_from(CASES), st.text(max_size=80), st.booleans())
    def test_anything_added_lowers_nothing(self, case, other, is_before):
        """What a text amounts to, no text before or after can take back; unread stays unread."""
        alone = shipped_tripwire().read(case.text)
        parts = [other, case.text] if is_before else [case.text, other]
        both = shipped_tripwire().read(BREAK.join(parts))
        assert both.tier >= alone.tier
        assert set(both.codes) >= set(alone.codes)
        assert alone.is_read or not both.is_read

    @given(st.lists(st.sampled_from(CASES), min_size=1, max_size=8))
    def test_many_sentences_amount_to_the_worst_of_them(self, cases):
        """No more and no less than one by one."""
        alone = [shipped_tripwire().read(case.text) for case in cases]
        both = shipped_tripwire().read(BREAK.join(case.text for case in cases))
        assert both.tier is max(found.tier for found in alone)
        assert both.is_read == all(found.is_read for found in alone)

    @given(
        st.sampled_from([case for case in CASES if case.tier is Tier.RED]),
        st.text(alphabet="\u200b\u200d\u2060\u00ad\ufe0f", min_size=1, max_size=3),
        st.randoms(use_true_random=False),
    )
    def test_what_is_invisible_hides_nothing(self, case, hidden, chance: random.Random):
        """Signs without a shape, anywhere in a text."""
        place = chance.randrange(len(case.text) + 1)
        assert tier_of(case.text[:place] + hidden + case.text[place:]) is Tier.RED

    @given(st.sampled_from([case for case in CASES if case.tier is Tier.RED]))
    def test_capitals_hide_nothing(self, case):
        """Nor do small letters."""
        assert tier_of(case.text.upper()) is Tier.RED
        assert tier_of(case.text.lower()) is Tier.RED


class TestWhatIsSaidAround:
    @pytest.mark.parametrize(
        ("text", "tier"),
        [
            ("I don't want to kill myself", Tier.AMBER),
            ("No quiero matarme", Tier.AMBER),
            ("No quiero vivir", Tier.RED),
            ("I am not saying that I don't want to kill myself", Tier.RED),
            ("I don't sleep I want to die", Tier.RED),
            ("no i want to die", Tier.RED),
            ("I can't wait to die", Tier.RED),
            ("No duermo quiero morir", Tier.RED),
            ("My brother killed himself", Tier.AMBER),
            ("My brother, who died, told me. I want to kill myself", Tier.RED),
            ("She knows I want to kill myself", Tier.RED),
            ("Mi esposo me dejó y quiero matarme", Tier.RED),
            ("Years ago I tried to kill myself", Tier.AMBER),
            ("Two months ago I tried to kill myself", Tier.RED),
            ("Years ago I tried to kill myself and now I plan to kill myself", Tier.RED),
            ("Do you treat suicidal people?", Tier.AMBER),
            ("Should I kill myself?", Tier.RED),
            ("My husband said he will kill me", Tier.RED),
        ],
    )
    def test_it_takes_red_to_amber_where_it_bears_on_the_phrase(self, text, tier):
        """Denial, others, the past, questions; never below amber, and in doubt red."""
        assert tier_of(text) is tier

    @pytest.mark.parametrize(
        ("text", "tier"),
        [
            ("This traffic is killing me", Tier.GREEN),
            ("Traffic is killing me and I want to kill myself", Tier.RED),
            ("I nearly died laughing, but I want to die", Tier.RED),
            ("Me muero de risa", Tier.GREEN),
            ("Me muero de risa. Quiero morirme", Tier.RED),
        ],
    )
    def test_an_idiom_covers_only_itself(self, text, tier):
        """The rest of the sentence is heard all the same."""
        assert tier_of(text) is tier


class TestIsRead:
    def test_a_text_beyond_the_limit_is_unread(self):
        """Also where a few signs stand for many letters."""
        assert shipped_tripwire().read("I am sad. " * (LONGEST_TEXT // 10)).is_read
        assert not shipped_tripwire().read("I am sad. " * LONGEST_TEXT).is_read
        assert not shipped_tripwire().read("\ufdfa" * (LONGEST_TEXT // 2)).is_read

    def test_what_is_within_the_limit_is_heard_all_the_same(self):
        """A text that is too long is not thrown away."""
        assert tier_of(f"{RED}. " + "I am sad. " * LONGEST_TEXT) is Tier.RED


class TestAdditions:
    def test_a_clinic_adds_phrases(self, tmp_path):
        """They are heard, idioms do not hide them, and the version says that the tables differ."""
        (tmp_path / "ours.toml").write_text(ADDITION)
        ours = open_tripwire(tmp_path)
        assert ours.read("I saw a purple umbrella").tier is Tier.RED
        assert ours.read("No purple umbrella").tier is Tier.AMBER
        assert ours.read("This traffic is killing me").tier is Tier.RED
        assert ours.version != shipped_tripwire().version

    def test_no_folder_is_no_addition(self, tmp_path):
        """The shipped tables then."""
        assert open_tripwire(tmp_path / "none").version == shipped_tripwire().version

    @given(case=st.sampled_from(CASES))
    def test_an_addition_lowers_nothing(self, case, added):
        """Whatever it adds, even words that look like misspelt ones of other phrases."""
        before, after = shipped_tripwire().read(case.text), added.read(case.text)
        assert after.tier >= before.tier
        assert before.is_read or not after.is_read

    def test_a_language_that_has_no_table_is_heard_and_stays_unread(self, added):
        """An addition never makes silence count."""
        found = added.read("Ich will sterben")
        assert (found.tier, found.is_read) == (Tier.RED, False)

    def test_a_clinic_may_want_every_text_read_by_a_human_being(self, tmp_path):
        """Then silence counts for nothing."""
        (tmp_path / "ours.toml").write_text(
            'language = "en"\nphrases = []\nevery_text_is_unread = true'
        )
        assert shipped_tripwire().read("I feel stuck").is_read
        assert not open_tripwire(tmp_path).read("I feel stuck").is_read

    def test_a_file_that_is_no_text_is_refused(self, tmp_path):
        """By what is wrong with it, not by what stands in it."""
        (tmp_path / "bad.toml").write_bytes(b"\xff\xfe")
        with pytest.raises(UsageError, match="cannot be read: UnicodeDecodeError"):
            open_tripwire(tmp_path)
