from training.report.page import Chapter, page
from training.report.sections import Section, group_section

CARD = {
    "version": "m-1",
    "kind": "matching",
    "state": "champion",
    "created_at": "2026-01-01T00:00:00Z",
    "trained_on": "synthetic",
    "stamp": "TRAINED ON SYNTHETIC DATA",
    "attributes": [
        {"number": 1, "group": "Details", "name": "Developer", "value": "<b>Dr</b> & Co"}
    ],
    "overrides": [{"at": "2026", "action": "override", "reason": "popularity: a pilot"}],
    "history": [],
    "people": [{"attribute": "language", "group": "vi", "n": None, "share": None}],
    "measured": {"engage_brier": 0.21234567, "serves": "effects", "improve_brier": None},
    "groups": [],
}
GROUP = {"attribute": "gender", "measure": "engage_gap", "low": -0.1, "high": 0.2}


class TestPage:
    def test_it_is_one_file_that_asks_nobody(self):
        """No script, no link, and a policy that forbids both."""
        section = Section(title="Gain", words="In words.", drawings=("<svg>1</svg>",))
        text = page([Chapter(card=CARD, sections=[section])])
        assert text.startswith("<!DOCTYPE html>")
        assert "<svg>1</svg>" in text
        assert "default-src &#x27;none&#x27;" in text
        assert not any(part in text for part in ("<script", "<link", "src=", "@import"))

    def test_every_word_from_outside_is_escaped(self):
        """A name in a card is no markup."""
        section = Section(title="<i>", words="a < b", table=({"model": "<x>"},))
        text = page([Chapter(card={**CARD, "version": "<m>"}, sections=[section])])
        assert "&lt;b&gt;Dr&lt;/b&gt; &amp; Co" in text
        assert not any(part in text for part in ("<i>", "<x>", "<m>", "a < b"))

    def test_the_stamp_and_the_overrides_are_printed(self):
        """Synthetic training is said first; the reason of an override is in the card."""
        text = page([Chapter(card=CARD, sections=[])])
        assert '<p class="stamp">TRAINED ON SYNTHETIC DATA</p>' in text
        assert "popularity: a pilot" in text
        real = page([Chapter(card={**CARD, "stamp": None, "overrides": []}, sections=[])])
        assert 'class="stamp"' not in real
        assert "No gate was overridden." in real

    def test_numbers_are_rounded_and_gaps_are_told(self):
        """Four digits; what was not measured or is not told is a dash."""
        text = page([Chapter(card=CARD, sections=[])])
        assert '<td class="number">0.2123</td>' in text
        assert "<tr><td>improve_brier</td><td>-</td></tr>" in text
        assert "<tr><td>language</td><td>vi</td><td>-</td><td>-</td></tr>" in text


class TestGroupSection:
    def test_small_groups_are_counted_and_not_named(self):
        """One group is drawn; the one under 20 people is only counted."""
        rows = [
            {**GROUP, "group": "woman", "n": 40, "value": 0.1},
            {**GROUP, "group": "man", "n": None, "value": None, "low": None, "high": None},
        ]
        section = group_section({"groups": rows})
        assert len(section.drawings) == 1
        assert "1 groups" in section.words
        assert "man<" not in section.drawings[0].replace("woman", "")

    def test_a_clinic_without_groups(self):
        """There is no drawing, and the words say why."""
        section = group_section({"groups": []})
        assert section.drawings == ()
        assert "no group of at least 20" in section.words
