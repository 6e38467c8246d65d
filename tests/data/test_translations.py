"""The nearest language answers, and values are written as it writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.translations import Money, currency_of, languages, locale_of, shown, translations_of


class TestLanguages:
    def test_spanish_and_vietnamese_are_there(self):
        """English is the code itself."""
        assert languages() == ("en", "es", "vi")


class TestLocaleOf:
    @pytest.mark.parametrize(
        ("tag", "locale"),
        [
            ("es-MX", "es_MX"),
            ("es_419", "es_419"),
            ("VI", "vi"),
            ("vi-VN-x-own", "vi_VN"),
            ("en-GB", "en_GB"),
            ("es-XX-YY-ZZ", "es"),
            ("tlh", "en"),
            ("", "en"),
        ],
    )
    def test_what_nobody_knows_is_dropped(self, tag, locale):
        """Regions stay where they exist; a language without sentences is English."""
        assert locale_of(tag) == locale

    @given(st.text(max_size=40) | st.from_regex(r"(es|vi|en)[-_][A-Za-z0-9_-]{0,30}"))
    def test_anything_has_a_locale(self, tag):
        """Whatever a caller sends, there are sentences and a way to write numbers."""
        locale = locale_of(tag)
        assert locale.split("_")[0] in languages()
        assert shown(1.5, locale)


class TestTranslationsOf:
    def test_a_region_falls_back_to_its_language(self):
        """`es_MX` has no catalogue of its own and the sentences of `es`."""
        key = ("language_shared", "Speaks your language.")
        assert translations_of("es_MX").texts[key] == translations_of("es").texts[key]

    @pytest.mark.parametrize(("locale", "forms"), [("es", [1, 0, 1]), ("vi", [0, 0, 0])])
    def test_plurals_are_those_of_the_language(self, locale, forms):
        """Of 0, 1 and 2; Vietnamese has one form."""
        plural_of = translations_of(locale).plural_of
        assert [plural_of(count) for count in (0, 1, 2)] == forms


class TestShown:
    @pytest.mark.parametrize(
        ("value", "locale", "text"),
        [
            (1234.5, "en", "1,234.5"),
            (1234567.5, "es", "1.234.567,5"),
            (1234.5, "es_MX", "1,234.5"),
            (12.0, "vi", "12"),
            (Money(90.0, "USD"), "en", "$90.00"),
            (Money(90.0, "EUR"), "es", "90,00\xa0€"),
            (Money(90.0, ""), "es", "90"),
            ("{Calm}", "es", "{Calm}"),
        ],
    )
    def test_numbers_and_money_follow_the_locale(self, value, locale, text):
        """Separators and places are the locale's; text is left as it is."""
        assert shown(value, locale) == text


class TestCurrencyOf:
    def test_of_a_country_and_of_none(self):
        """A country that nobody knows has no currency."""
        assert [currency_of(country) for country in ("US", "GB", "ES", "XX")] == [
            "USD",
            "GBP",
            "EUR",
            "",
        ]
