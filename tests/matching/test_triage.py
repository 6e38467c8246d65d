from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain import CareLevel, Condition, Intake, Tier
from matching.triage import assess, assess_safely, with_record
from matching.triage_text import with_text
from matching.tripwire import shipped_tripwire

LEVELS = list(CareLevel)
FLAGS = (
    "psychosis",
    "mania",
    "substance_withdrawal",
    "violence_risk",
    "medication_question",
)
SCORES = {
    "phq9_total": 27,
    "phq9_item9": 3,
    "gad7_total": 21,
    "pcl5_total": 80,
    "wsas_total": 40,
}
TEXTS = (
    "I want to kill myself",
    "I do not want to kill myself",
    "My phone died",
    "Ich bin allein",
    "I feel sad. Ich bin allein.",
    "Me corto cuando estoy triste",
    "\u2026",
)
CONCERNS = ("anxiety", "PTSD", "bipolar", "eating", "alcohol", "psychosis", "Bruxism", "")


@st.composite
def requests(draw):
    """Any request whose scores are possible."""
    return Intake(
        intake_id="i",
        patient_id="p",
        requested_at=datetime(2026, 3, 2, tzinfo=UTC),
        region="US-CA",
        age_band=draw(st.sampled_from(["26-35", "13-17", "?"])),
        payer="aetna",
        cssrs=draw(st.sampled_from([None, "none", "low", "moderate", "high"])),
        concerns=tuple(draw(st.lists(st.sampled_from(CONCERNS), max_size=3))),
        **{flag: draw(st.sampled_from([None, False, True])) for flag in FLAGS},
        **{
            name: draw(st.none() | st.integers(min_value=0, max_value=high))
            for name, high in SCORES.items()
        },
    )


def worse(draw, intake: Intake) -> Intake:
    """The same request with one more worrying answer."""
    name = draw(st.sampled_from([*SCORES, *FLAGS, "cssrs", "concerns"]))
    if name in SCORES:
        low = getattr(intake, name)
        if low is None:
            low = 10 if name in {"phq9_total", "gad7_total", "wsas_total"} else 0
        return replace(intake, **{name: draw(st.integers(low, max(low, SCORES[name])))})
    if name == "cssrs":
        levels = ["none", "low", "moderate", "high"]
        now = levels.index(intake.cssrs or "none")
        return replace(intake, cssrs=draw(st.sampled_from(levels[now:])))
    if name == "concerns":
        return replace(intake, concerns=(*intake.concerns, draw(st.sampled_from(CONCERNS))))
    return replace(intake, **{name: True})


class TestAssess:
    @pytest.mark.parametrize(
        ("values", "tier", "reason"),
        [
            ({"cssrs": "high"}, Tier.RED, "cssrs_high"),
            ({"cssrs": " HIGH "}, Tier.RED, "cssrs_high"),
            ({"violence_risk": True}, Tier.RED, "violence_risk"),
            ({"psychosis": True}, Tier.RED, "psychosis"),
            ({"mania": True}, Tier.RED, "mania"),
            ({"substance_withdrawal": True}, Tier.RED, "substance_withdrawal"),
            ({"cssrs": "moderate"}, Tier.AMBER, "cssrs_moderate"),
            ({"cssrs": "low"}, Tier.AMBER, "cssrs_low"),
            ({"cssrs": "unclear"}, Tier.AMBER, "cssrs_unreadable"),
            ({"phq9_item9": 1}, Tier.AMBER, "phq9_item9"),
            ({"phq9_item9": 1, "phq9_total": 1, "cssrs": "none"}, Tier.AMBER, "phq9_item9"),
            ({"phq9_total": 20}, Tier.AMBER, "phq9_severe"),
            ({"gad7_total": 15}, Tier.AMBER, "gad7_severe"),
            ({"wsas_total": 21}, Tier.AMBER, "wsas_severe"),
            ({"phq9_total": 99}, Tier.AMBER, "score_out_of_range"),
            ({"phq9_item9": -1}, Tier.AMBER, "score_out_of_range"),
            ({"pcl5_total": 33}, Tier.GREEN, "pcl5_cut"),
            ({"concerns": ("PTSD",)}, Tier.GREEN, "trauma"),
        ],
    )
    def test_each_rule_fires(self, make_intake, values, tier, reason):
        """Each row of the clinical table has its tier and its code."""
        safety = assess(make_intake(**values))
        assert safety.tier is tier
        assert safety.reasons[0] == reason

    @pytest.mark.parametrize(
        "values",
        [
            {},
            {"phq9_total": 19, "gad7_total": 14, "wsas_total": 20, "pcl5_total": 32},
            {"phq9_item9": 0, "cssrs": "none", "psychosis": False, "mania": None},
        ],
    )
    def test_below_every_bound_is_green(self, make_intake, values):
        """One below each bound, nothing said and everything denied fire no rule."""
        safety = assess(make_intake(**values))
        assert (safety.tier, safety.reasons, safety.conditions) == (
            Tier.GREEN,
            (),
            frozenset(),
        )

    @pytest.mark.parametrize(
        ("values", "conditions"),
        [
            ({"cssrs": "high"}, {Condition.RED, Condition.SUICIDALITY}),
            ({"mania": True}, {Condition.RED, Condition.PSYCHOSIS_MANIA, Condition.BIPOLAR}),
            ({"concerns": ("schizophrenia",)}, {Condition.PSYCHOSIS_MANIA}),
            (
                {"concerns": ("anorexia", "Alcohol")},
                {Condition.EATING_DISORDER, Condition.SUBSTANCE},
            ),
            ({"concerns": ("panic", "postpartum")}, {Condition.PANIC, Condition.PERINATAL}),
            ({"concerns": ("epilepsy", "bipolar")}, {Condition.SEIZURE, Condition.BIPOLAR}),
            ({"age_band": "13-17"}, {Condition.MINOR}),
            ({"gad7_total": 21, "pcl5_total": 80}, {Condition.SEVERE, Condition.TRAUMA}),
        ],
    )
    def test_states_withhold_content(self, make_intake, values, conditions):
        """The states are those of the content gating table."""
        assert assess(make_intake(**values)).conditions == conditions

    def test_a_screener_is_asked_for_until_there_is_one(self, make_intake):
        """A positive item 9 asks for the C-SSRS; a finished C-SSRS is not asked for again."""
        assert "request_cssrs" in assess(make_intake(phq9_item9=2)).actions
        done = assess(make_intake(phq9_item9=2, cssrs="low"))
        assert "request_cssrs" not in done.actions
        assert "same_week_review" in done.actions

    def test_free_text_nobody_has_screened_is_amber(self, make_intake):
        """Any text counts, blanks do not, and the text is nowhere in the answer."""
        safety = assess(make_intake(), free_text="my cat is fine")
        assert safety.tier is Tier.AMBER
        assert safety.reasons == ("free_text_unscreened", "tripwire_supplements_screen")
        assert "cat" not in repr(safety)
        assert assess(make_intake(), free_text="  ").tier is Tier.GREEN

    def test_text_lowers_nothing(self, make_intake):
        """A red person with a harmless text stays red."""
        assert assess(make_intake(cssrs="high"), free_text="all good").tier is Tier.RED

    @given(requests(), st.sampled_from(TEXTS))
    def test_a_text_only_raises(self, intake, text):
        """With a text the tier is the higher of what the screen and the text say, never another."""
        alone, both = assess(intake), assess(intake, free_text=text)
        heard = shipped_tripwire().read(text)
        is_unread = not heard.is_read or (
            heard.tier is Tier.GREEN and intake.phq9_item9 is None and intake.cssrs is None
        )
        told = max(heard.tier, Tier.AMBER if is_unread else Tier.GREEN)
        assert both.tier is max(alone.tier, told)
        assert both.conditions >= alone.conditions
        assert LEVELS.index(both.care_level) >= LEVELS.index(alone.care_level)
        assert "tripwire_supplements_screen" in both.reasons
        assert "read_free_text" in both.actions

    @given(requests(), st.sampled_from(TEXTS))
    def test_what_was_heard_can_be_kept(self, intake, text):
        """Codes alone amount to what the text did, without the text."""
        kept = with_text(intake, text, shipped_tripwire())
        assert assess(kept) == assess(intake, free_text=text)
        assert text not in repr(kept)

    def test_silence_counts_only_beside_an_answered_screen(self, make_intake):
        """A harmless text adds nothing to item 9 of 0, and is amber where nothing was asked."""
        text = "I feel stuck and would like to talk to someone"
        answered = assess(make_intake(phq9_item9=0), free_text=text)
        assert answered.tier is Tier.GREEN
        assert answered.reasons == ("free_text_read_by_tripwire", "tripwire_supplements_screen")
        assert assess(make_intake(), free_text=text).tier is Tier.AMBER
        assert assess(make_intake(phq9_item9=0), free_text="Ich bin allein").tier is Tier.AMBER

    def test_a_red_text_leads_to_the_crisis_path(self, make_intake):
        """Whatever the screen says; each finding keeps its own tier and state."""
        text = "I want to kill myself. I hear voices at night."
        safety = assess(make_intake(phq9_item9=0, cssrs="none"), free_text=text)
        assert safety.tier is Tier.RED
        assert safety.care_level is CareLevel.CRISIS
        assert safety.reasons[:2] == ("text_suicide", "text_psychosis")
        assert "do_not_rank" in safety.actions
        assert safety.conditions >= {
            Condition.RED,
            Condition.SUICIDALITY,
            Condition.PSYCHOSIS_MANIA,
        }

    @given(st.data())
    def test_more_risk_never_lowers_the_tier(self, data):
        """Tier, states and care level only rise with a more worrying answer."""
        intake = data.draw(requests())
        before, after = assess(intake), assess(worse(data.draw, intake))
        assert after.tier >= before.tier
        assert after.conditions >= before.conditions
        assert LEVELS.index(after.care_level) >= LEVELS.index(before.care_level)

    @given(requests())
    def test_red_is_always_crisis_and_amber_never_self_help(self, intake):
        """The care level follows the tier."""
        safety = assess(intake)
        assert (safety.care_level is CareLevel.CRISIS) == (safety.tier is Tier.RED)
        if safety.tier is Tier.AMBER:
            assert safety.care_level in {CareLevel.OUTPATIENT, CareLevel.PSYCHIATRIC}


class TestAssessSafely:
    @given(requests(), st.none() | st.text(max_size=5))
    def test_sound_requests_are_assessed_as_ever(self, intake, free_text):
        """Without an error both functions agree."""
        assert assess_safely(intake, free_text=free_text) == assess(intake, free_text=free_text)

    def test_an_error_is_amber(self, make_intake):
        """A total that is no number breaks a rule, and the request is looked at by a person."""
        safety = assess_safely(make_intake(gad7_total="many"))
        assert safety.tier is Tier.AMBER
        assert safety.reasons == ("triage_error",)
        assert "human_review" in safety.actions
        assert Condition.SUICIDALITY in safety.conditions

    def test_a_tripwire_that_breaks_is_amber_and_says_nothing(self, make_intake, capsys):
        """Its error is nobody's to see, since it might hold what was written."""

        class Broken:
            def read(self, text: str) -> None:
                raise ValueError(text)

        safety = assess_safely(
            make_intake(phq9_item9=0), free_text="canary-in-an-error", tripwire=Broken()
        )
        assert safety.tier is Tier.AMBER
        assert safety.reasons[:2] == ("free_text_unscreened", "triage_error")
        assert "canary" not in repr(safety) + "".join(capsys.readouterr())

    def test_an_error_hides_no_red(self, make_intake):
        """A broken answer beside a red flag leaves the request red."""
        safety = assess_safely(make_intake(phq9_total="?", violence_risk=True))
        assert safety.tier is Tier.RED
        assert safety.care_level is CareLevel.CRISIS

    @pytest.mark.parametrize(
        "name", [field.name for field in fields(Intake) if field.name != "intake_id"]
    )
    def test_any_broken_field_leaves_an_answer(self, make_intake, name):
        """Whatever field holds nonsense, there is a tier, and a red flag still counts."""
        flag = "mania" if name == "violence_risk" else "violence_risk"
        broken = make_intake(**{name: object(), flag: True})
        assert assess_safely(broken).tier is Tier.RED


class TestWithRecord:
    @given(
        now=requests(),
        before=requests(),
        texts=st.tuples(st.sampled_from((None, *TEXTS)), st.sampled_from((None, *TEXTS))),
    )
    def test_neither_is_cleared_by_the_other(self, now, before, texts):
        """Tier and states are at least those of both, each reason is said once, and once is enough."""
        heard, known = (
            with_text(intake, text, shipped_tripwire())
            for intake, text in zip((now, before), texts, strict=True)
        )
        joined = with_record(heard, known)
        found, *both = map(assess, (joined, heard, known))
        assert found.tier == max(one.tier for one in both)
        assert found.conditions >= both[0].conditions | both[1].conditions
        assert sorted(found.reasons) == sorted({*both[0].reasons, *both[1].reasons})
        assert with_record(joined, known) == joined

    def test_without_a_record_nothing_changes(self, make_intake):
        """Somebody never seen is as they say."""
        heard = with_text(make_intake(), None, shipped_tripwire())
        assert with_record(heard, None) == heard
