"""Check digits, screener levels, taxonomy and concern words."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.codes import cssrs, loinc, npi
from data.codes.concerns import CONCERNS, concern_key, domain_of, find_concern
from data.codes.nucc import PRESCRIBER_CODES, TAXONOMY, is_prescriber

ANSWERS = ("wish", "thoughts", "method", "intent", "plan", "behaviour_ever", "behaviour_recent")


def level(*given_yes):
    """The level where the named answers are yes and all others no."""
    return cssrs.level(**{name: name in given_yes for name in ANSWERS})


class TestScreenerLevel:
    @pytest.mark.parametrize(
        ("answers", "expected"),
        [
            ((), "none"),
            (("wish",), "low"),
            (("thoughts",), "low"),
            (("wish", "thoughts"), "low"),
            (("thoughts", "method"), "moderate"),
            (("behaviour_ever",), "moderate"),
            (("intent",), "high"),
            (("plan",), "high"),
            (("behaviour_recent",), "high"),
            (("behaviour_ever", "behaviour_recent"), "high"),
        ],
    )
    def test_triage_table(self, answers, expected):
        """Question 3 or old behaviour is moderate, 4, 5 or recent behaviour is high."""
        assert level(*answers) == expected

    @given(st.sets(st.sampled_from(ANSWERS)), st.sampled_from(ANSWERS))
    def test_another_yes_never_lowers_the_level(self, answers, more):
        """Triage only ever escalates."""
        order = ("none", "low", "moderate", "high")
        assert order.index(level(*answers, more)) >= order.index(level(*answers))


class TestLoinc:
    @pytest.mark.parametrize("code", ["44261-6", "70274-6", "69737-5", "75626-2", "8302-2"])
    def test_published_codes_are_valid(self, code):
        """Codes as they stand in the published list."""
        assert loinc.is_valid(code)

    @pytest.mark.parametrize(
        "code", ["", "-", "44261", "44261-", "44261-66", "4426a-6", "44261-²", "٤٤٢٦١-6"]
    )
    def test_other_shapes_are_not(self, code):
        """Digits, a hyphen, one digit."""
        assert not loinc.is_valid(code)

    @given(st.integers(1, 99_999), st.integers(0, 9))
    def test_one_wrong_digit_is_caught(self, number, digit):
        """Exactly one check digit fits a number."""
        fitting = [check for check in range(10) if loinc.is_valid(f"{number}-{check}")]
        assert len(fitting) == 1
        assert loinc.is_valid(f"{number}-{digit}") == (digit == fitting[0])


class TestNpi:
    @pytest.mark.parametrize("number", ["1234567893", "1245319599"])
    def test_right_numbers(self, number):
        """The example of the standard, and a published one."""
        assert npi.is_valid(number)

    @pytest.mark.parametrize(
        "number",
        ["1234567890", "123456789", "12345678931", "", "123456789X", "123456789\uff13"],
    )
    def test_wrong_numbers(self, number):
        """A wrong check digit, a wrong length, and digits of other scripts."""
        assert not npi.is_valid(number)

    @given(st.from_regex(r"[0-9]{9}", fullmatch=True), st.integers(0, 8), st.integers(1, 9))
    def test_one_wrong_digit_is_caught(self, nine, place, shift):
        """The law of the check digit."""
        number = next(
            nine + str(check) for check in range(10) if npi.is_valid(nine + str(check))
        )
        wrong = str((int(number[place]) + shift) % 10)
        assert not npi.is_valid(number[:place] + wrong + number[place + 1 :])


class TestNucc:
    def test_the_list(self):
        """1041C0700X is a clinical social worker: one public list calls it a counselor."""
        assert TAXONOMY == {
            "103T00000X": "psychologist",
            "103TC0700X": "clinical psychologist",
            "103TC1900X": "counseling psychologist",
            "1041C0700X": "clinical social worker",
            "106H00000X": "marriage and family therapist",
            "101YM0800X": "mental-health counselor",
            "101YP2500X": "professional counselor",
            "101YA0400X": "addiction counselor",
            "363LP0808X": "psychiatric-mental-health nurse practitioner",
            "364SP0808X": "psychiatric-mental-health clinical nurse specialist",
            "2084P0800X": "psychiatry",
            "2084P0804X": "child and adolescent psychiatry",
            "2084P0805X": "geriatric psychiatry",
        }
        assert all(re.fullmatch(r"[0-9A-Z]{9}X", code) for code in TAXONOMY)
        assert set(TAXONOMY) >= PRESCRIBER_CODES

    @pytest.mark.parametrize(
        ("taxonomy", "credential", "expected"),
        [
            (["2084P0800X"], None, True),
            ([" 363lp0808x "], "", True),
            (["103T00000X"], "PsyD", False),
            ([], "M.D.", True),
            ([], "MD, PhD", True),
            (["1041C0700X"], "PMHNP-BC", True),
            ([], "LCSW", False),
            ([], None, False),
        ],
    )
    def test_who_prescribes(self, taxonomy, credential, expected):
        """Either the taxonomy or the credential is enough."""
        assert is_prescriber(taxonomy, credential) is expected


class TestConcerns:
    def test_the_simulators_eighteen_come_first(self):
        """The words of parameter 10, in its order."""
        assert [entry.word for entry in CONCERNS[:18]] == [
            *("anxiety", "depression", "relationship", "trauma", "stress", "grief", "ocd"),
            *("panic", "social_anxiety", "substance", "adhd", "sleep", "eating", "bipolar"),
            *("perinatal", "identity", "anger", "other"),
        ]

    @pytest.mark.parametrize(
        ("word", "codes"),
        [
            ("depression", ("F32", "F33")),
            ("anxiety", ("F41.1",)),
            ("panic", ("F41.0",)),
            ("social_anxiety", ("F40.10",)),
            ("trauma", ("F43.10",)),
            ("ocd", ("F42",)),
            ("stress", ("F43.2",)),
            ("grief", ("F43.81",)),
            ("bipolar", ("F31",)),
            ("adhd", ("F90",)),
            ("sleep", ("G47", "F51")),
            ("substance", ("F10-F19",)),
            ("eating", ("F50",)),
            ("perinatal", ("F53",)),
            ("personality", ("F60",)),
            ("psychosis", ("F20-F29",)),
            ("gender", ("F64",)),
            ("autism", ("F84.0",)),
            ("relationship", ("Z63.0",)),
            ("work", ("Z56",)),
            ("family", ("Z62", "Z63")),
            ("anger", ("R45.4",)),
        ],
    )
    def test_diagnosis_codes(self, word, codes):
        """The mapping to ICD-10-CM, row by row."""
        assert find_concern(word).icd10 == codes

    def test_no_word_means_two_things(self):
        """Words and synonyms are distinct."""
        keys = [
            concern_key(word) for entry in CONCERNS for word in (entry.word, *entry.synonyms)
        ]
        assert len(keys) == len(set(keys))

    @pytest.mark.parametrize(
        ("word", "domain"),
        [
            ("PTSD", "trauma"),
            ("Trauma-PTSD", "trauma"),
            ("social anxiety", "anxiety"),
            ("Social_Anxiety", "anxiety"),
            ("grief and loss", "grief"),
            ("eating-disorder", "eating"),
            ("employment", "stress"),
        ],
    )
    def test_known_words_in_other_spellings(self, word, domain):
        """Case, blanks, hyphens and underscores make no difference."""
        assert domain_of(word) == domain

    @pytest.mark.parametrize(
        ("word", "domain"), [("Bruxism", "bruxism"), (" Low  Energy", "low_energy"), ("", "")]
    )
    def test_an_unknown_word_is_its_own_domain(self, word, domain):
        """The list is open."""
        assert find_concern(word) is None
        assert domain_of(word) == domain

    @given(st.text(max_size=30))
    def test_domains_are_stable(self, word):
        """A domain's own name leads to the same domain."""
        assert domain_of(domain_of(word)) == domain_of(word)
