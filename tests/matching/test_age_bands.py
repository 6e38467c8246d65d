import pytest

from matching.age_bands import AgeBand, find_age_band, is_minor


class TestFindAgeBand:
    @pytest.mark.parametrize(
        ("word", "low", "high"),
        [
            ("26-35", 26, 35),
            (" 13\u201317 ", 13, 17),
            ("13 to 17", 13, 17),
            ("65+", 65, 150),
            ("over 64", 64, 150),
            ("≥18", 18, 150),
            ("under 18", 0, 17),
            ("<5", 0, 4),
            ("40", 40, 40),
            ("Adult", 18, 150),
        ],
    )
    def test_clinics_write_bands_in_many_ways(self, word, low, high):
        """Ranges, open ends, single years and names are read."""
        assert find_age_band(word) == AgeBand(low, high)

    @pytest.mark.parametrize("word", ["", "group B", "35-26", "999+", "a-b"])
    def test_other_words_say_nothing(self, word):
        """A word without an age, or an impossible range, gives None."""
        assert find_age_band(word) is None


class TestIsMinor:
    def test_only_bands_that_end_before_eighteen(self):
        """A band that reaches 18 is not one of minors; nor is an unknown word."""
        words = ["13-17", "0-17", "13-18", "group B", "teens"]
        assert [is_minor(word) for word in words] == [True, True, False, False, True]


class TestCovers:
    def test_a_wider_band_covers(self):
        """Covering needs both ends."""
        assert AgeBand(18, 64).covers(AgeBand(26, 35))
        assert not AgeBand(30, 64).covers(AgeBand(26, 35))
        assert not AgeBand(18, 30).covers(AgeBand(26, 35))
