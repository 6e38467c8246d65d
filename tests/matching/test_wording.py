"""Every code of matching has its words, and no words are left over."""

import ast
from pathlib import Path

import pytest

import matching
from data.messages import AUDIENCES, Reader
from matching import eligibility
from matching.exclusion_wording import EXCLUSIONS, RELAXATIONS
from matching.explanations import OCCASIONAL
from matching.resources import EMERGENCY, RESOURCES, resources_for
from matching.safety_wording import ACTIONS, BANNERS, FINDINGS, RESOURCE_WORDS
from matching.scorers import FLOOR_CASES
from matching.terms import BASELINE, GROUPS
from matching.triage_rules import CHECK_ACTIONS, CRISIS_ACTIONS, RULES
from matching.triage_text import (
    FREE_TEXT_READ,
    FREE_TEXT_UNSCREENED,
    READ_TEXT,
    TRIAGE_ERROR,
    TRIPWIRE_SUPPLEMENTS,
)
from matching.tripwire_table import CATEGORIES
from matching.wording import MATCHING

FOLDER = Path(matching.__file__).parent
STAFF_ALONE = {"do_not_rank"}
"""Actions that a patient is not told of."""


def spoken() -> set[str]:
    """Every string in the modules of matching that declare no sentences."""
    modules = [path for path in FOLDER.glob("*.py") if not path.stem.endswith("wording")]
    return set().union(*(texts_in(ast.parse(path.read_text("utf-8"))) for path in modules))


def texts_in(node: ast.AST) -> set[str]:
    """Strings of a piece of a module, one by one."""
    return {
        child.value
        for child in ast.walk(node)
        if isinstance(child, ast.Constant) and isinstance(child.value, str)
    }


def chosen() -> set[str]:
    """Codes that the explanations and the matcher can choose."""
    found = {BASELINE, *OCCASIONAL}
    for name in ("explanations.py", "matcher.py"):
        tree = ast.parse((FOLDER / name).read_text("utf-8"))
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            is_choice = function.name.endswith("_code") and function.name != "_code"
            if is_choice or function.name == "_why_nobody":
                found |= texts_in(function)
            if function.name == "cautions_for":
                dicts = [node for node in ast.walk(function) if isinstance(node, ast.Dict)]
                found |= {key for node in dicts for key in map(ast.literal_eval, node.keys)}
    return found


class TestMatching:
    def test_every_code_that_can_be_chosen_has_words(self):
        """A new branch without a sentence is found before anybody takes it."""
        assert (
            {"sooner", "long_wait", "nobody_eligible", "in_care"} <= chosen() <= MATCHING.codes
        )

    @pytest.mark.parametrize("audience", AUDIENCES)
    def test_every_code_has_words_for_everybody(self, audience):
        """Nobody gets a bare code for a reason, a caution or a note."""
        assert all(MATCHING.speaks_of(code, audience) for code in MATCHING.codes)

    def test_no_code_is_left_over(self):
        """What no module says any more is taken out."""
        assert MATCHING.codes - spoken() == set()

    def test_patients_hear_nothing_of_a_clinicians_results(self):
        """The sentence is one and the same whether the record speaks for a clinician or not."""
        good, poor = (
            MATCHING.say(code) for code in ("track_record", "track_record_considered")
        )
        assert good == poor
        assert FLOOR_CASES > 0
        assert set(GROUPS) >= {"track_record"}

    @pytest.mark.parametrize("language", ["en", "es", "vi"])
    def test_no_sentence_holds_a_number(self, language):
        """Chances, scores and counts of courses are not told in sentences."""
        texts = [
            MATCHING.say(code, Reader(language), fee="")
            for code, audience in MATCHING.sentences
            if audience == "patient"
        ]
        assert not any(letter.isdigit() for text in texts for letter in text)


class TestSafety:
    def test_every_finding_has_words_for_staff_alone(self):
        """Rules, the tripwire, and what could not be read; a patient reads no flag."""
        codes = {rule.code for rule in RULES} | {f"text_{name}" for name in CATEGORIES}
        codes |= {TRIAGE_ERROR, FREE_TEXT_UNSCREENED, FREE_TEXT_READ, TRIPWIRE_SUPPLEMENTS}
        assert {"rematch_concern"} | codes == FINDINGS.codes
        assert not any(FINDINGS.speaks_of(code, "patient") for code in FINDINGS.codes)
        assert all(FINDINGS.speaks_of(code, "operator") for code in FINDINGS.codes)

    def test_every_action_has_words(self):
        """Staff are told what to do, patients what is done and what they may do."""
        actions = {action for rule in RULES for action in rule.actions}
        actions |= {*CRISIS_ACTIONS, *CHECK_ACTIONS, READ_TEXT, "review_rematch"}
        assert actions == ACTIONS.codes
        told = {code for code in actions if ACTIONS.speaks_of(code, "patient")}
        assert told == actions - STAFF_ALONE
        assert all(ACTIONS.speaks_of(code, "clinician") for code in actions)

    def test_amber_and_red_have_a_banner(self):
        """Green has none."""
        assert BANNERS.codes == {"safety_amber", "safety_red"}
        assert all(BANNERS.speaks_of("safety_red", audience) for audience in AUDIENCES)

    def test_every_way_to_a_line_has_words(self):
        """And no words belong to a way that no line has."""
        lines = [entry for found in RESOURCES.values() for entry in found]
        lines += resources_for("XX-1", default_country="XX")
        ways = {entry.way for entry in lines} | {EMERGENCY}
        assert {f"resource.{way}" for way in ways} == RESOURCE_WORDS.codes

    def test_numbers_are_the_same_in_every_language(self):
        """Translations lose no digit of a line."""
        for line in (entry for found in RESOURCES.values() for entry in found):
            for language in ("es", "vi"):
                contact = line.told(Reader(language))[1]
                assert all(value in contact for _, value in line.places)


class TestExclusions:
    def test_every_reason_and_every_relaxation_has_words(self):
        """One sentence for each, in one and many."""
        assert {f"excluded.{name}" for name in eligibility.REASONS} == EXCLUSIONS.codes
        assert {f"relax.{name}" for name in eligibility.RELAXABLE} == RELAXATIONS.codes
        for wording in (EXCLUSIONS, RELAXATIONS):
            assert all(entry.many for entry in wording.sentences.values())

    @pytest.mark.parametrize(
        ("language", "one", "many"),
        [
            ("en", "1 clinician has no", "1,200 clinicians have no"),
            ("es", "1 profesional no tiene", "1.200 profesionales no tienen"),
            ("vi", "1 chuyên viên không", "1.200 chuyên viên không"),
        ],
    )
    def test_counts_are_written_as_the_language_does(self, language, one, many):
        """Groups of digits are set apart by a comma or a point."""
        reader = Reader(language)
        assert EXCLUSIONS.say("excluded.capacity", reader, 1).startswith(one)
        assert EXCLUSIONS.say("excluded.capacity", reader, 1200).startswith(many)
