"""Every pinned value of the questionnaires; a wrong one is a wrong decision about a person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.codes import loinc
from data.codes.instruments import (
    ANSWER_CODES,
    GAD7,
    INSTRUMENTS,
    PHQ2_TOTAL_LOINC,
    PHQ9,
    is_case,
    reliable_direction,
    severity_band,
    total_from_items,
)


class TestInstruments:
    @pytest.mark.parametrize(
        ("code", "high", "cut", "change"),
        [
            ("phq9", 27, 10, 6),
            ("gad7", 21, 8, 4),
            ("pcl5", 80, 33, 15),
            ("wsas", 40, 10, 8),
            ("ors", 40, 25, 5),
            ("srs", 40, 36, None),
            ("oq45", 180, 64, 14),
            ("core10", 40, 11, 6),
        ],
    )
    def test_range_cut_and_reliable_change(self, code, high, cut, change):
        """The table of instruments, value by value."""
        found = INSTRUMENTS[code]
        assert (found.code, found.low, found.high) == (code, 0, high)
        assert (found.cut, found.reliable_change) == (cut, change)

    def test_there_are_no_others(self):
        """A new instrument needs its row in the table above."""
        assert len(INSTRUMENTS) == 8

    def test_phq9_codes_in_questionnaire_order(self):
        """Panel, total and items 1 to 9; item 9 is the one about self-harm."""
        assert (PHQ9.loinc_panel, PHQ9.loinc_total) == ("44249-1", "44261-6")
        assert PHQ9.loinc_items == (
            "44250-9",  # little interest
            "44255-8",  # feeling down
            "44259-0",  # sleep
            "44254-1",  # tired
            "44251-7",  # appetite
            "44258-2",  # failure
            "44252-5",  # concentration
            "44253-3",  # psychomotor
            "44260-8",  # better off dead
        )

    def test_gad7_codes_in_questionnaire_order(self):
        """Item 6 is irritable and 7 afraid; 75626-2, seen elsewhere as the total, is AUDIT-C."""
        assert (GAD7.loinc_panel, GAD7.loinc_total) == ("69737-5", "70274-6")
        assert GAD7.loinc_items == (
            "69725-0",  # nervous
            "68509-9",  # cannot control worry
            "69733-4",  # worry too much
            "69734-2",  # trouble relaxing
            "69735-9",  # restless
            "69689-8",  # irritable
            "69736-7",  # afraid
        )

    def test_answer_codes(self):
        """Not at all, several days, more than half the days, nearly every day."""
        assert dict(ANSWER_CODES) == {
            "LA6568-5": 0,
            "LA6569-3": 1,
            "LA6570-1": 2,
            "LA6571-9": 3,
        }

    def test_all_codes_have_their_check_digit(self):
        """Typing errors do not pass."""
        codes = [PHQ2_TOTAL_LOINC]
        for entry in (PHQ9, GAD7):
            codes += [entry.loinc_panel, entry.loinc_total, *entry.loinc_items]
        assert PHQ2_TOTAL_LOINC == "55758-7"
        assert all(loinc.is_valid(code) for code in codes)
        assert len(set(codes)) == len(codes) == 21

    def test_unverified_codes_are_missing(self):
        """No code is better than a guessed one."""
        for code in set(INSTRUMENTS) - {"phq9", "gad7"}:
            entry = INSTRUMENTS[code]
            assert (entry.loinc_panel, entry.loinc_total, entry.loinc_items) == (None, None, ())

    def test_direction_and_whole_totals(self):
        """ORS and SRS are lines measured in centimetres, and higher is better."""
        assert {code for code, entry in INSTRUMENTS.items() if entry.higher_is_better} == {
            "ors",
            "srs",
        }
        assert {code for code, entry in INSTRUMENTS.items() if not entry.has_whole_totals} == {
            "ors",
            "srs",
        }

    @pytest.mark.parametrize("code", ["phq9", "gad7", "pcl5", "wsas"])
    def test_items_span_the_range(self, code):
        """The largest total is every item at its largest."""
        entry = INSTRUMENTS[code]
        assert entry.item_count * entry.item_high == entry.high


class TestSeverityBand:
    @pytest.mark.parametrize(
        ("code", "totals", "band"),
        [
            ("phq9", (0, 4), "minimal"),
            ("phq9", (5, 9), "mild"),
            ("phq9", (10, 14), "moderate"),
            ("phq9", (15, 19), "moderately_severe"),
            ("phq9", (20, 27), "severe"),
            ("gad7", (0, 4), "minimal"),
            ("gad7", (5, 9), "mild"),
            ("gad7", (10, 14), "moderate"),
            ("gad7", (15, 21), "severe"),
            ("wsas", (0, 9), "low"),
            ("wsas", (10, 20), "moderate"),
            ("wsas", (21, 40), "severe"),
        ],
    )
    def test_both_ends_of_each_band(self, code, totals, band):
        """A band holds its lower and its upper bound."""
        assert [severity_band(code, total) for total in totals] == [band, band]

    @pytest.mark.parametrize(("code", "total"), [("pcl5", 40), ("unheard", 3), ("phq9", -1)])
    def test_no_band_where_there_is_none(self, code, total):
        """An unknown instrument, one without bands, and an impossible total have no band."""
        assert severity_band(code, total) is None


class TestIsCase:
    @pytest.mark.parametrize(
        ("code", "below", "at"),
        [("phq9", 9, 10), ("gad7", 7, 8), ("pcl5", 32, 33), ("core10", 10, 11)],
    )
    def test_the_cut_itself_is_a_case(self, code, below, at):
        """One trust's page says 9 or above for the PHQ-9: the published cut is 10."""
        assert (is_case(code, below), is_case(code, at)) == (False, True)

    def test_where_higher_is_better_the_cut_is_well(self):
        """ORS 25 is no case, 24.9 is."""
        assert (is_case("ors", 25), is_case("ors", 24.9)) == (False, True)

    def test_an_unknown_instrument_has_no_cases(self):
        """Other words are allowed and unchecked."""
        assert not is_case("unheard", 1_000)


class TestReliableDirection:
    @pytest.mark.parametrize(
        ("code", "first", "last", "direction"),
        [
            ("phq9", 16, 10, 1),
            ("phq9", 16, 11, 0),
            ("phq9", 10, 16, -1),
            ("gad7", 12, 8, 1),
            ("gad7", 8, 12, -1),
            ("pcl5", 50, 36, 0),
            ("pcl5", 50, 35, 1),
            ("ors", 20, 25, 1),
            ("ors", 25, 20, -1),
            ("srs", 0, 40, 0),
            ("unheard", 0, 40, 0),
        ],
    )
    def test_change_counts_from_the_threshold(self, code, first, last, direction):
        """A change as large as the threshold counts, a smaller one is noise."""
        assert reliable_direction(code, first, last) == direction

    @given(
        st.sampled_from(sorted(INSTRUMENTS)),
        st.integers(0, 40),
        st.integers(0, 40),
    )
    def test_there_and_back(self, code, first, last):
        """The way back is the opposite of the way there."""
        assert reliable_direction(code, first, last) == -reliable_direction(code, last, first)


class TestTotalFromItems:
    def test_all_items_given(self):
        """A plain sum."""
        assert total_from_items("gad7", [3, 2, 1, 0, 1, 2, 3]) == 12
        assert total_from_items("wsas", [8, 0, 4, 4, 4]) == 20
        assert total_from_items("pcl5", [4] * 20) == 80

    def test_two_missing_items_are_prorated(self):
        """Ten points over seven items are 12.86 over nine."""
        assert total_from_items("phq9", [2, 2, 2, None, None, 2, 1, 1, 0]) == 13

    def test_halves_are_rounded_up(self):
        """Three over six items are 3.5 over seven."""
        assert total_from_items("gad7", [3, 0, 0, 0, 0, 0, None]) == 4

    def test_three_missing_items_give_no_total(self):
        """Too much is unknown."""
        assert total_from_items("phq9", [None, None, None, 3, 3, 3, 3, 3, 3]) is None

    def test_item_9_is_never_prorated(self):
        """What was not asked about self-harm is not made up."""
        assert total_from_items("phq9", [1, 1, 1, 1, 1, 1, 1, 1, None]) is None

    @pytest.mark.parametrize(
        ("code", "items", "words"),
        [
            ("phq9", [0] * 8, "phq9 has 9 items"),
            ("gad7", [0] * 8, "gad7 has 7 items"),
            ("phq9", [4] + [0] * 8, "outside 0 to 3"),
            ("wsas", [-1, 0, 0, 0, 0], "outside 0 to 8"),
            ("oq45", [0] * 45, "phq9, gad7, pcl5 and wsas"),
            ("unheard", [0], "phq9, gad7, pcl5 and wsas"),
        ],
    )
    def test_impossible_answers_are_refused(self, code, items, words):
        """A PHQ-8 is no PHQ-9, and an answer of four does not exist."""
        with pytest.raises(ValueError, match=words):
            total_from_items(code, items)

    @given(
        st.lists(st.integers(0, 3), min_size=9, max_size=9),
        st.sets(st.integers(0, 7), max_size=2),
    )
    def test_prorating_stays_in_range(self, answers, missing):
        """A prorated total is possible, and at least what was answered."""
        items = [None if place in missing else answer for place, answer in enumerate(answers)]
        total = total_from_items("phq9", items)
        assert sum(answer for answer in items if answer is not None) <= total <= 27
