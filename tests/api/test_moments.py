"""Which language the headers of a request ask for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.moments import preferred_language
from data.translations import languages, locale_of


class TestPreferredLanguage:
    @pytest.mark.parametrize(
        ("header", "language"),
        [
            ("", "en"),
            ("vi", "vi"),
            ("de-DE, es-MX;q=0.9, en;q=0.8", "es-MX"),
            ("en;q=0.5, es;q=0.7", "es"),
            ("es;q=0.5, vi;q=0.5", "es"),
            ("es;q=0", "en"),
            ("*, vi;q=0.1", "vi"),
            ("es;level=1, vi;q=0.2", "vi"),
            ("es ; q=0.3 ,vi; q=0.2", "es"),
        ],
    )
    def test_the_best_liked_that_is_spoken_here(self, header, language):
        """Of equals the first; what cannot be read is passed over."""
        assert preferred_language(header) == language

    @given(st.text() | st.text(alphabet="esvin-_,;=q.01* ", max_size=60))
    def test_any_header_is_answered(self, header):
        """Nothing that is sent breaks it."""
        assert locale_of(preferred_language(header)).split("_")[0] in languages()
