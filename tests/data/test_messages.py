"""Catalogues are whole, fit the code they translate, and fall back to English."""

import re
from collections.abc import Iterator
from importlib.resources import files

import pytest
from babel.messages.pofile import read_po

from data.messages import languages, messages_in
from matching.resources import CONTEXT, EMERGENCY, RESOURCES, resources_for
from matching.wording import ENGLISH, FOR_STAFF, STAFF
from recommender import reasons

TRANSLATED = [language for language in languages() if language != "en"]
PLACES = re.compile(r"\{(\w+)\}")
CONTENT = re.compile(
    r'(?:reason_in|evidence\.reason)\(\s*(?:request\.language,\s*)?(?:language,\s*)?"(\w+)",\s*"([^"]+)"'
)


def expected() -> Iterator[tuple[str, str]]:
    """Every context and English text of the code."""
    yield from ((code, english) for code, english in ENGLISH.items())
    yield from ((f"{code}.{STAFF}", english) for code, english in FOR_STAFF.items())
    ways = {entry.way for found in RESOURCES.values() for entry in found}
    ways |= {entry.way for entry in resources_for("XX-1", default_country="XX")}
    yield from ((CONTEXT, text) for text in {*ways, EMERGENCY})
    source = files(reasons.__package__).joinpath("reasons.py").read_text("utf-8")
    yield from ((f"content.{code}", english) for code, english in CONTENT.findall(source))
    for part, texts in (("popular", reasons._POPULAR_AT), ("usual_time", reasons._USUAL_AT)):
        parts = ("morning", "midday", "evening", "night")
        yield from (
            (f"content.{part}_{at}", text) for at, text in zip(parts, texts, strict=True)
        )


def catalogue(language: str):
    file = files("data").joinpath("locale", f"{language}.po")
    with file.open("rb") as stream:
        return [message for message in read_po(stream, locale=language) if message.id]


class TestCatalogues:
    def test_spanish_and_vietnamese_are_there(self):
        """English is the code itself."""
        assert languages() == ("en", "es", "vi")

    @pytest.mark.parametrize("language", TRANSLATED)
    def test_every_sentence_is_translated(self, language):
        """A new code needs its words in every language before it can land."""
        known = messages_in(language).translations
        missing = [entry for entry in expected() if entry not in known]
        assert missing == []

    @pytest.mark.parametrize("language", TRANSLATED)
    def test_nothing_is_left_over_or_unsure(self, language):
        """What the code does not say any more is taken out, and nothing is fuzzy."""
        spoken = set(expected())
        extra = {"content.fits_time", "content.because_finished", "content.because_used"}
        extra |= {"content.similar"}
        for message in catalogue(language):
            english = message.id if isinstance(message.id, str) else message.id[0]
            assert (message.context, english) in spoken or message.context in extra, english
            assert not message.fuzzy

    @pytest.mark.parametrize("language", TRANSLATED)
    def test_places_are_those_of_the_english(self, language):
        """Nothing that is put in gets lost or is made up."""
        for message in catalogue(language):
            english = message.id if isinstance(message.id, str) else message.id[-1]
            texts = message.string if isinstance(message.string, tuple) else (message.string,)
            for text in texts:
                assert set(PLACES.findall(text)) == set(PLACES.findall(english)), english

    @pytest.mark.parametrize("language", TRANSLATED)
    def test_safety_is_marked_for_review(self, language):
        """Sentences about safety carry the mark that a native-speaking clinician has to see them."""
        safety = [
            message
            for message in catalogue(language)
            if str(message.context).startswith(("safety_", CONTEXT, "crisis"))
        ]
        assert safety
        assert all("SAFETY" in message.auto_comments for message in safety)


class TestMessages:
    @pytest.mark.parametrize(
        ("tag", "language"),
        [("es-MX", "es"), ("es_419", "es"), ("VI", "vi"), ("en-GB", "en"), ("tlh", "en")],
    )
    def test_the_nearest_language_answers(self, tag, language):
        """Regions fall back to their language, strangers to English."""
        assert messages_in(tag).language == language

    @pytest.mark.parametrize(
        ("language", "number", "text"),
        [
            ("en", 1, "1 minute"),
            ("en", 12.5, "12.5 minutes"),
            ("es", 1, "el 1 minuto"),
            ("es", 12.5, "los 12,5 minutos"),
            ("vi", 2, "2 phút"),
        ],
    )
    def test_numbers_and_plurals_follow_the_language(self, language, number, text):
        """Commas, one and many; Vietnamese has one form."""
        found = messages_in(language).plural(
            "content.fits_time",
            "Fits the {number} minute you have",
            "Fits the {number} minutes you have",
            number,
        )
        assert text in found

    def test_what_is_put_in_is_left_as_it_is(self):
        """Titles are data, braces in them too."""
        found = messages_in("es").text(
            "content.because_finished", "Because you finished {title}", title="{Calm}"
        )
        assert found == "Porque terminó {Calm}"
