"""The inverted word lists that eligibility and filters read."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from data.word_index import WordIndex, language_key, word_key

LISTS = [("US-CA", "us-ny"), (), ("US-NY",)]


class TestWordIndex:
    def test_case_and_blanks_do_not_matter(self):
        """A word is found however it is written."""
        index = WordIndex.build([(" US-CA ",), ("us-ca",)])
        assert index.having("us-ca").tolist() == [True, True]

    def test_having_names_the_items(self):
        """Each word's row says which items carry it."""
        index = WordIndex.build(LISTS)
        assert index.having("us-ny").tolist() == [True, False, True]
        assert index.has_words.tolist() == [True, False, True]

    def test_a_new_word_is_carried_by_none(self):
        """An unknown word matches nothing instead of failing."""
        assert not WordIndex.build(LISTS).having("gb").any()

    def test_having_any_is_a_union(self):
        """Any of several words is enough."""
        index = WordIndex.build(LISTS)
        assert index.having_any(["us-ca", "gb"]).tolist() == [True, False, False]
        assert not index.having_any([]).any()

    def test_count_of_counts_each_word_once(self):
        """A word asked for twice counts once."""
        index = WordIndex.build(LISTS)
        assert index.count_of(["us-ca", "us-ny", "us-ny", "gb"]).tolist() == [2, 0, 1]
        assert index.count_of([]).tolist() == [0, 0, 0]

    def test_languages_compare_by_primary_tag(self):
        """Mexican Spanish meets Spanish."""
        index = WordIndex.build([("es-MX",), ("en_GB",)], key="language")
        assert index.having("es").tolist() == [True, False]
        assert index.having("en").tolist() == [False, True]

    def test_exact_keys_keep_case(self):
        """Ids are compared as written."""
        index = WordIndex.build([("Ab",), ("ab",)], key="exact")
        assert index.having("Ab").tolist() == [True, False]

    def test_an_empty_column_works(self):
        """No items and no words give empty arrays."""
        index = WordIndex.build([])
        assert index.having("x").shape == (0,)
        assert index.matrix.dtype == np.bool_

    @given(st.lists(st.lists(st.text(min_size=1, max_size=4), max_size=4), max_size=6))
    def test_words_come_back(self, lists):
        """What went in is what each item is said to carry."""
        index = WordIndex.build(lists)
        for item, entries in enumerate(lists):
            assert set(index.words_of(item)) == {word_key(entry) for entry in entries}


class TestLanguageKey:
    def test_underscores_are_accepted(self):
        """Some systems write en_US."""
        assert language_key("EN_us") == "en"
