"""Tables of phrases: what a file may say, and what is refused."""

import pytest

from data.errors import UsageError
from matching.tripwire import shipped_tripwire
from matching.tripwire_additions import read_addition
from matching.tripwire_table import CATEGORIES, PhraseTable, read_table

TABLE = """
language = "xx"
vocabulary = "lo la"
neighbours = ""
negations = "ne"
links = ""
subjects = ""
first_person = "io"
others = "si"
breaks = "ma"
spelled_right = ""
torn = ""
often_misspelt = ""
past = []
present = []
idioms = []
not_denials = []
[sets]
end = "fino finire"
all = "<end> tutto"
[[phrases]]
category = "suicide"
tier = "red"
say = ["a? <end> * vivo"]
"""
ADDITION = """
language = "xx"
[[phrases]]
category = "abuse"
tier = "amber"
say = ["<end> casa"]
[sets]
end = "basta"
"""


def phrases_of(table: PhraseTable) -> dict[str, int]:
    return {word: len(found) for word, found in table.phrases.items()}


class TestReadTable:
    def test_english_and_spanish_are_there(self):
        """Each has every category."""
        tables = shipped_tripwire().tables
        assert [table.language for table in tables] == ["en", "es"]
        for table in tables:
            found = {entry.category for group in table.phrases.values() for entry in group}
            assert found == set(CATEGORIES)

    def test_a_further_language_is_a_file(self):
        """A set stands for its members, also through another set; what may be missing begins nothing."""
        assert phrases_of(read_table(TABLE, "xx.toml")) == {"fino": 1, "finire": 1}
        wider = TABLE.replace("<end> * vivo", "<all>")
        assert phrases_of(read_table(wider, "xx.toml")) == {"fino": 1, "finire": 1, "tutto": 1}

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (('tier = "red"', 'tier = "green"'), "tier 'green' is none of red, amber"),
            (('"suicide"', '"sadness"'), "category 'sadness' is none of suicide"),
            (("<end> * vivo", "<other> vivo"), "there is no set <other>"),
            (("a? <end> * vivo", "* a?"), "no word that must be there"),
            (("vivo", "Vivo"), "'Vivo' is not in small letters"),
            (("vivo", "viv\u00f3"), "is not in small letters"),
            (("[sets]", "[set"), "not valid TOML"),
            (("[sets]", "idiom = 1\n[sets]"), "no part of a table is called 'idiom'"),
            (
                ('tier = "red"', 'tier = "red"\nidioms = []'),
                "holds category, say, tier, not 'idioms'",
            ),
            (('breaks = "ma"', ""), "'breaks' is missing"),
            (("idioms = []", "idioms = [1]"), "'idioms' holds something that is no phrase"),
            (("idioms = []", 'idioms = ""'), "'idioms' is no list"),
            (("idioms = []", "idioms = []\nsounds = 3"), "'sounds' is no dict"),
            (('end = "fino finire"', "end = 3"), "'end' is no str"),
        ],
    )
    def test_a_damaged_table_is_refused(self, change, said):
        """The error names the file and what is wrong with it; nothing goes green by mistake."""
        with pytest.raises(UsageError, match=said) as error:
            read_table(TABLE.replace(*change), "xx.toml")
        assert "xx.toml" in str(error.value)


class TestReadAddition:
    def test_it_stands_beside_the_table_with_the_qualifiers_of_its_language(self):
        """A denial is still a denial; idioms and coverage are not for an addition to have."""
        base = read_table(TABLE.replace("idioms = []", 'idioms = ["basta casa"]'), "xx.toml")
        added = read_addition(ADDITION, "ours.toml", [base])
        assert phrases_of(added) == {"basta": 1}
        assert added.words["negations"] == {"ne"}
        assert not added.quiet["idioms"]
        assert not added.vocabulary

    @pytest.mark.parametrize(
        "more",
        [
            "idioms = []",
            'negations = "nie"',
            'others = "du"',
            "past = []",
            'spelled_right = "a"',
            'vocabulary = "a"',
            "not_denials = []",
        ],
    )
    def test_what_could_quiet_a_phrase_is_refused(self, more):
        """Additions only ever make the tripwire hear more."""
        with pytest.raises(UsageError, match=r"ours.toml: additions hold .* hear more"):
            read_addition(f"{more}\n{ADDITION}", "ours.toml", [])

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (('language = "xx"', ""), "'language' is missing"),
            (('"abuse"', '"other"'), "category 'other'"),
            (('"amber"', '"green"'), "tier 'green'"),
            (("[[phrases]]", "[phrases]"), "'phrases' is no list"),
            (("[[phrases]]", "every_text_is_unread = 1\n[[phrases]]"), "is no bool"),
        ],
    )
    def test_a_damaged_addition_is_refused(self, change, said):
        """By its name."""
        with pytest.raises(UsageError, match=said) as error:
            read_addition(ADDITION.replace(*change), "ours.toml", [])
        assert str(error.value).startswith("ours.toml")
