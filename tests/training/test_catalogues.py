"""Catalogues hold exactly the sentences of the code: whole, sure, and with the same places."""

import re
import shutil
from io import BytesIO

import pytest
from babel.messages.pofile import read_po

from training.catalogues import LOCALE, REVIEW, sentences, template, updated

PATHS = sorted(LOCALE.glob("*.po"))
PLACES = re.compile(r"\{(\w+)\}")


def entries(content: bytes, locale: str):
    return [entry for entry in read_po(BytesIO(content), locale=locale) if entry.id]


def texts_of(message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (message.string,)


@pytest.fixture(params=PATHS, ids=lambda path: path.stem)
def path(request):
    """Each catalogue of the repository."""
    return request.param


class TestRepository:
    def test_catalogues_are_those_of_the_code(self, path):
        """Nothing is missing, left over or reordered: run `python -m training.catalogues`."""
        assert updated(path) == path.read_bytes()

    def test_every_sentence_is_translated_and_sure(self, path):
        """A new sentence needs its words in every language before it can land."""
        found = entries(path.read_bytes(), path.stem)
        assert [entry.context for entry in found if entry.fuzzy] == []
        assert [entry.context for entry in found if not all(texts_of(entry))] == []

    def test_places_are_those_of_the_english(self, path):
        """Nothing that is put in gets lost or is made up, in any plural."""
        for entry in entries(path.read_bytes(), path.stem):
            english = entry.id if isinstance(entry.id, str) else entry.id[-1]
            for text in texts_of(entry):
                assert sorted(PLACES.findall(text)) == sorted(PLACES.findall(english)), text

    def test_sentences_end_as_the_english_does(self, path):
        """A full stop is there in every language or in none."""
        for entry in entries(path.read_bytes(), path.stem):
            english = entry.id if isinstance(entry.id, str) else entry.id[0]
            assert all(text.endswith(".") is english.endswith(".") for text in texts_of(entry))

    def test_safety_asks_translators_for_a_review(self, path):
        """Banners, actions, findings and crisis lines carry the comment."""
        marked = {
            entry.context
            for entry in entries(path.read_bytes(), path.stem)
            if REVIEW in entry.auto_comments
        }
        assert {"safety_red", "crisis", "contact_person_now.clinician"} <= marked
        assert {"resource.call", "text_suicide.staff"} <= marked
        assert "language_shared" not in marked

    def test_a_context_is_declared_once(self):
        """The same code in two places would be two sentences."""
        contexts = [context for context, _, _ in sentences()]
        assert len(contexts) == len(set(contexts)) > 200


class TestUpdated:
    @pytest.fixture
    def copy(self, tmp_path):
        """A copy of the Spanish catalogue, to be spoilt."""
        return shutil.copy(LOCALE / "es.po", tmp_path / "es.po")

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            (b'msgctxt "language_shared"\n', b'msgctxt "gone"\n'),
            (b"Speaks your language.", b"Speaks a language of yours."),
            (b"Plural-Forms: nplurals=2", b"Plural-Forms:  nplurals=2"),
        ],
    )
    def test_what_the_code_does_not_say_shows(self, copy, old, new):
        """A renamed code, changed English or a header by hand make the file stale."""
        before = copy.read_bytes()
        copy.write_bytes(before.replace(old, new))
        assert updated(copy) != copy.read_bytes()

    def test_a_new_sentence_comes_in_untranslated(self, copy):
        """What the catalogue lacks is asked for, and everything else stays."""
        lines = copy.read_text("utf-8").split("\n\n")
        fewer = [block for block in lines if 'msgctxt "language_shared"\n' not in block]
        copy.write_text("\n\n".join(fewer), "utf-8")
        found = {entry.context: entry for entry in entries(updated(copy), "es")}
        assert not found["language_shared"].string or found["language_shared"].fuzzy
        assert found["language_shared.staff"].string == "Habla el idioma del paciente."


class TestTemplate:
    def test_plurals_and_places_are_known(self):
        """Counted sentences have two forms in English."""
        entry = next(entry for entry in template() if entry.context == "excluded.capacity")
        assert isinstance(entry.id, tuple)
        assert "python-brace-format" in entry.flags
