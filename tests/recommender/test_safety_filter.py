"""The gating table as tests: what each state sees and what it never sees."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain import Condition, Tier
from recommender.safety_filter import SafetyFilter, allowed, states_in_force

GUIDED = [{"program_id": "guided", "title": "With a coach", "guided": True}]
EVERY_STATE = tuple(Condition)


@pytest.fixture(scope="module")
def shelf(make_catalogue):
    """One item of each sort that the gating table speaks of."""
    return make_catalogue(
        GUIDED,
        plain={"topics": ("stress",)},
        plan={"topics": ("safety planning",)},
        ground={"topics": ("grounding",), "kind": "meditation", "minutes": 8.0},
        long_ground={"topics": ("grounding",), "kind": "meditation", "minutes": 11.0},
        silent_coping={"topics": ("coping",), "voice": "none"},
        calm={"topics": ("stress",), "kind": "meditation", "minutes": 8.0},
        sitting={"topics": ("stress",), "kind": "meditation", "minutes": 30.0},
        scan={"topics": ("body-scan",), "kind": "sleep"},
        titled={"title": "A body scan for the night", "topics": ("sleep",)},
        exposure={"topics": ("exposure",), "program_id": "guided"},
        retreat={"topics": ("retreat",), "program_id": "guided"},
        restriction={"topics": ("sleep_restriction",)},
        diet={"topics": ("calories",)},
        breath={"topics": ("breath_hold",), "kind": "breathing"},
        fewer={"topics": ("cutting down",)},
        fewer_guided={"topics": ("cutting down",), "program_id": "guided"},
        step={"program_id": "alone"},
        moderate={"level": "moderate"},
        moderate_guided={"level": "moderate", "program_id": "guided"},
        teen={"populations": ("13-17",)},
        mother={"populations": ("perinatal",)},
        family={"populations": ("teen", "adults")},
        veterans={"populations": ("veteran",)},
        marked={"contraindications": ("PTSD", "bruxism")},
    )


@pytest.fixture(scope="module")
def seen(shelf, noon, make_safety):
    """The ids a person in some states may see."""

    def ask(*conditions, tier=Tier.GREEN, **wishes) -> set[str]:
        mask, _ = allowed(shelf, make_safety(*conditions, tier=tier), at=noon, **wishes)
        return {shelf.item_ids[row] for row in mask.nonzero()[0]}

    return ask


class TestAllowed:
    def test_green_sees_all_but_what_is_made_for_others(self, shelf, seen):
        """Without any state only items made for minors and for the perinatal time are left out."""
        assert set(shelf.item_ids) - seen() == {"teen", "mother"}

    @pytest.mark.parametrize("tier", list(Tier))
    def test_red_sees_nothing(self, shelf, noon, make_safety, tier):
        """Neither a red tier nor the red state gets a single item."""
        conditions = () if tier is Tier.RED else (Condition.RED,)
        mask, withheld = allowed(shelf, make_safety(*conditions, tier=tier), at=noon)
        assert not mask.any()
        assert withheld == {"red": len(shelf)}

    def test_suicidality_sees_the_safelist_alone(self, seen):
        """Safety planning, coping, grounding: short, not silent."""
        assert seen(Condition.SUICIDALITY) == {"plan", "ground"}

    def test_amber_without_a_state_counts_as_suicidality(self, seen):
        """An unknown danger is met with the strictest rules."""
        assert seen(tier=Tier.AMBER) == {"plan", "ground"}
        assert seen(Condition.PANIC, tier=Tier.AMBER) == {"plan", "ground"}

    def test_severe_sees_no_program_without_support(self, seen):
        """Unguided programs and unguided items above the mild level are left out."""
        assert seen() - seen(Condition.SEVERE, tier=Tier.AMBER) == {"step", "moderate"}

    def test_trauma(self, seen):
        """No long meditation, body scan, silence or exposure, nor what is marked for it."""
        assert seen() - seen(Condition.TRAUMA) == {
            "long_ground",
            "sitting",
            "scan",
            "titled",
            "silent_coping",
            "exposure",
            "marked",
        }

    def test_a_program_speaks_for_its_steps(self, make_catalogue, noon, make_safety):
        """Its title and topics count where a step has none; they put nothing on the safelist."""
        catalogue = make_catalogue(
            [
                {"program_id": "told", "title": "Imaginal exposure", "guided": True},
                {"program_id": "marked", "title": "M", "topics": ("Exposure",), "guided": True},
                {"program_id": "safe", "title": "S", "topics": ("coping",), "guided": True},
            ],
            a={"program_id": "told"},
            b={"program_id": "marked"},
            c={"program_id": "safe"},
            d={"title": "Imaginal"},
        )

        def left(condition) -> list[str]:
            mask, _ = allowed(catalogue, make_safety(condition), at=noon)
            return [catalogue.item_ids[row] for row in mask.nonzero()[0]]

        assert left(Condition.TRAUMA) == ["c", "d"]
        assert left(Condition.SUICIDALITY) == []

    def test_psychosis_and_mania(self, seen):
        """Only what is brief, and practice only where a person supports it."""
        left = seen(Condition.PSYCHOSIS_MANIA)
        assert {
            "ground",
            "sitting",
            "retreat",
            "restriction",
            "step",
            "moderate",
        } & left == set()
        assert {"plain", "fewer_guided", "moderate_guided"} <= left

    @pytest.mark.parametrize(
        "condition", [Condition.BIPOLAR, Condition.SEIZURE, Condition.SAFETY_CRITICAL_WORK]
    )
    def test_no_sleep_restriction(self, seen, condition):
        """Lost sleep is a danger in these states."""
        assert "restriction" in seen() - seen(condition)

    def test_eating_disorder(self, seen):
        """No weight, calories, fasting or body scan."""
        assert seen() - seen(Condition.EATING_DISORDER) == {"diet", "scan", "titled"}

    @pytest.mark.parametrize("condition", [Condition.PANIC, Condition.SEIZURE])
    def test_no_breath_holding(self, seen, condition):
        """Breath holding and hyperventilation are left out."""
        assert "breath" in seen() - seen(condition)

    def test_substance(self, seen):
        """A plan to use less only with a person's support."""
        assert seen() - seen(Condition.SUBSTANCE) == {"fewer"}

    def test_minors_see_their_own_catalogue(self, seen):
        """Only items made for minors, however the age is written."""
        assert seen(Condition.MINOR) == {"teen", "family"}
        assert seen(populations=("under 18",)) == {"teen", "family"}

    def test_perinatal_sees_its_own_catalogue(self, seen):
        """Only items made for the perinatal time; for a minor in it there is none here."""
        assert seen(Condition.PERINATAL) == {"mother"}
        assert seen(Condition.PERINATAL, Condition.MINOR) == set()

    def test_own_concerns_count_as_states(self, seen):
        """A concern withholds what its state withholds, even where triage has not seen it."""
        assert seen(words=("ptsd",)) == seen(Condition.TRAUMA)

    @pytest.mark.parametrize("word", ["bruxism", "Bruxism ", "PTSD"])
    def test_a_contraindication_equal_to_an_own_word_withholds(self, seen, word):
        """Even a word that is in no table."""
        assert "marked" in seen() - seen(words=(word,))

    def test_contraindications_meet_states_by_synonym(self, make_catalogue, make_safety, noon):
        """`complex trauma` on an item meets the state trauma; the reason is the state."""
        catalogue = make_catalogue(a={"contraindications": ("complex trauma",)}, b={})
        mask, withheld = allowed(catalogue, make_safety(Condition.TRAUMA), at=noon)
        assert mask.tolist() == [False, True]
        assert withheld == {"trauma": 1}

    def test_unknown_length_counts_as_long(self, make_catalogue, make_safety, noon):
        """A meditation without a length is not brief."""
        catalogue = make_catalogue(a={"kind": "meditation", "minutes": None})
        assert not allowed(catalogue, make_safety(Condition.TRAUMA), at=noon)[0].any()

    def test_dates(self, make_catalogue, make_safety, noon):
        """Unreviewed, expired, not yet published and retired items appear to nobody."""
        before, after = noon - timedelta(days=1), noon + timedelta(days=1)
        catalogue = make_catalogue(
            fine={"review_expires_at": after, "published_at": before, "retired_at": after},
            unreviewed={"reviewed_at": None},
            early={"reviewed_at": after},
            expired={"review_expires_at": noon},
            unpublished={"published_at": after},
            retired={"retired_at": noon},
        )
        mask, withheld = allowed(catalogue, make_safety(), at=noon)
        assert [catalogue.item_ids[row] for row in mask.nonzero()[0]] == ["fine"]
        assert withheld == {
            "unreviewed": 2,
            "review_expired": 1,
            "unpublished": 1,
            "retired": 1,
        }

    def test_no_items(self, make_catalogue, make_safety, noon):
        """An empty catalogue withholds nothing, in red as in green."""
        for tier in Tier:
            mask, withheld = allowed(make_catalogue(), make_safety(tier=tier), at=noon)
            assert mask.shape == (0,)
            assert withheld == {}

    @given(
        st.sets(st.sampled_from(EVERY_STATE)),
        st.sets(st.sampled_from(EVERY_STATE)),
        st.sampled_from(Tier),
    )
    def test_more_states_never_show_more(self, shelf, noon, make_safety, some, more, tier):
        """Adding a state can only take items away, but for the own catalogues of populations."""
        own = {Condition.MINOR, Condition.PERINATAL}
        some, more = some - own, more - own
        few, _ = allowed(shelf, make_safety(*some, tier=tier), at=noon)
        fewer, withheld = allowed(shelf, make_safety(*some, *more, tier=tier), at=noon)
        if tier is Tier.AMBER and not some & {Condition.SEVERE, Condition.SUICIDALITY}:
            return
        assert not (fewer & ~few).any()
        assert sum(withheld.values()) == len(shelf) - fewer.sum()


class TestSafetyFilter:
    def test_rows_ask_about_some_items_only(self, shelf, noon, make_safety):
        """The answer on a slate is that on the whole catalogue, row by row."""
        gate = SafetyFilter.build(shelf)
        safety = make_safety(Condition.TRAUMA)
        whole, _ = gate.allowed(safety, at=noon)
        rows = whole.argsort()[::3]
        part, withheld = gate.allowed(safety, at=noon, rows=rows)
        assert part.tolist() == whole[rows].tolist()
        assert sum(withheld.values()) == int((~part).sum())


class TestStatesInForce:
    def test_states_come_in_a_fixed_order(self, make_safety):
        """Triage and own words together, in the order of the gating table."""
        safety = make_safety(Condition.PANIC)
        found = states_in_force(safety, ["ptsd", "13-17"])
        assert found == (Condition.TRAUMA, Condition.PANIC, Condition.MINOR)
