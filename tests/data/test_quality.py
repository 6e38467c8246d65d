"""What the checks of a clinic find, each on the smallest clinic that has it."""

import json
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert

from data.clinic import CLINIC_TABLES
from data.database import transaction
from data.findings import Severity
from data.instants import micros_of
from data.quality import check_clinic
from data.quality_learning import MEANINGS as LEARNING
from data.quality_records import MEANINGS as RECORDS
from data.quality_supply import MEANINGS as SUPPLY
from data.quality_supply import count_unreachable
from data.tables import CLINIC, left_clinicians

NOW = datetime(2026, 6, 1, tzinfo=UTC)
GOOD_NPI = "1234567893"


def ago(days):
    """Stored form of an instant so many days before now."""
    return micros_of(NOW - timedelta(days=days))


DEFAULTS = {
    "clinicians": {
        "clinician_id": "c",
        "licensed_regions": '["US-CA"]',
        "payers": '["x"]',
        "languages": '["en"]',
        "formats": '["video"]',
        "npi": GOOD_NPI,
        "open_slots": 1,
        "verified_at": ago(10),
    },
    "intakes": {
        "intake_id": "i",
        "patient_id": "p",
        "requested_at": ago(20),
        "region": "US-CA",
        "age_band": "26-35",
        "payer": "x",
        "concerns": '["sleep"]',
    },
    "offers": {
        "request_id": "r",
        "intake_id": "i",
        "offered_at": ago(19),
        "clinician_id": "c",
        "rank": 1,
        "exposure_probability": 0.5,
    },
    "episodes": {
        "episode_id": "e",
        "intake_id": "i",
        "clinician_id": "c",
        "request_id": "r",
        "booked_at": ago(18),
    },
    "attendance": {"episode_id": "e", "at": ago(15), "status": "attended"},
    "measures": {
        "patient_id": "p",
        "episode_id": "e",
        "instrument": "phq9",
        "at": ago(15),
        "total": 9,
    },
    "programs": {"program_id": "g", "title": "Sleep"},
    "content": {
        "item_id": "x",
        "title": "Rest",
        "kind": "meditation",
        "minutes": 5,
        "program_id": "g",
        "reviewed_at": ago(100),
    },
    "content_events": {
        "event_id": "v",
        "user_id": "p",
        "item_id": "x",
        "type": "complete",
        "at": ago(3),
    },
}


def store(engine, *rows):
    """Store one row a table, changed by (table, changes): same key replaces, new key adds."""
    tables = {name: {_key(name, row): row} for name, row in DEFAULTS.items()}
    for name, changes in rows:
        row = {**DEFAULTS[name], **changes}
        tables[name][_key(name, row)] = row
    with transaction(engine) as connection:
        for name, entries in tables.items():
            for row in entries.values():
                connection.execute(insert(CLINIC[name]).values({**_lists(name), **row}))
    return check_clinic(engine, at=NOW)


@pytest.fixture
def clinic(sqlite_store):
    """A way to store a clinic and check it."""
    return partial(store, sqlite_store)


def _key(name, row):
    return tuple(row[column] for column in CLINIC_TABLES[name].key)


def _lists(name):
    return {
        column.name: "[]" for column in CLINIC_TABLES[name].columns if column.kind == "words"
    }


def counts(report):
    """Count by code."""
    return {finding.code: finding.count for finding in report.findings}


ALWAYS = {
    "few_mature_intakes": 1,
    "clinicians_with_few_cases": 1,
    "domains_with_few_clinicians": 1,
}
"""What one patient of one clinician cannot avoid."""


class TestCheckClinic:
    def test_an_empty_store_has_no_findings(self, engine):
        """Nothing there, nothing wrong."""
        report = check_clinic(engine, at=NOW)
        assert report.findings == ()
        assert report.counts == dict.fromkeys(CLINIC_TABLES, 0)
        assert set(report.learning.values()) == {0.0}

    def test_a_small_sound_clinic_is_only_small(self, clinic):
        """No false alarm but that it is small."""
        assert counts(clinic()) == {**ALWAYS, "no_choice": 1}

    @pytest.mark.parametrize(
        ("code", "rows", "count"),
        [
            ("dangling_offers_intake_id", [("offers", {"intake_id": "?"})], 1),
            ("dangling_offers_clinician_id", [("offers", {"clinician_id": "?"})], 1),
            ("dangling_episodes_intake_id", [("episodes", {"intake_id": "?"})], 1),
            ("dangling_episodes_clinician_id", [("episodes", {"clinician_id": "?"})], 1),
            ("dangling_episodes_request_id", [("episodes", {"request_id": "?"})], 1),
            ("dangling_attendance_episode_id", [("attendance", {"episode_id": "?"})], 1),
            ("dangling_measures_episode_id", [("measures", {"episode_id": "?"})], 1),
            ("dangling_content_program_id", [("content", {"program_id": "?"})], 1),
            (
                "dangling_content_events_item_id",
                [("content_events", {"event_id": n, "item_id": "?"}) for n in ("a", "b")],
                2,
            ),
            ("booked_before_intake", [("episodes", {"booked_at": ago(21)})], 1),
            ("offered_before_intake", [("offers", {"offered_at": ago(21)})], 1),
            ("offered_after_booking", [("offers", {"offered_at": ago(17)})], 1),
            ("attended_before_booking", [("episodes", {"first_attended_at": ago(19)})], 1),
            ("ended_before_start", [("episodes", {"ended_at": ago(19)})], 1),
            (
                "ended_before_start",
                [("episodes", {"first_attended_at": ago(15), "ended_at": ago(16)})],
                1,
            ),
            ("visit_before_first", [("episodes", {"first_attended_at": ago(14)})], 1),
            ("visit_after_end", [("episodes", {"ended_at": ago(16)})], 1),
            ("ended_without_time", [("episodes", {"end_reason": "moved"})], 1),
            (
                "declined_and_attended",
                [("episodes", {"accepted": False, "first_attended_at": ago(15)})],
                1,
            ),
            ("measure_long_before", [("measures", {"at": ago(51)})], 1),
            ("future_intakes", [("intakes", {"intake_id": "j", "requested_at": ago(-1)})], 1),
            ("future_offers", [("offers", {"request_id": "s", "offered_at": ago(-1)})], 1),
            ("future_episodes", [("episodes", {"episode_id": "f", "booked_at": ago(-1)})], 1),
            ("future_attendance", [("attendance", {"at": ago(-1)})], 1),
            ("future_measures", [("measures", {"at": ago(-1)})], 1),
            ("future_content_events", [("content_events", {"at": ago(-1)})], 1),
            ("duplicate_intakes", [("intakes", {"intake_id": n}) for n in ("j", "k")], 2),
            ("duplicate_episodes", [("episodes", {"episode_id": "f"})], 1),
            ("duplicate_ranks", [("offers", {"clinician_id": "d"})], 1),
            ("duplicate_events", [("content_events", {"event_id": "w"})], 1),
        ],
    )
    def test_records(self, clinic, code, rows, count):
        """References, order of time, future, duplicates."""
        assert counts(clinic(*rows))[code] == count

    @pytest.mark.parametrize(
        ("code", "changes"),
        [
            ("npi_invalid", {"npi": "1234567890"}),
            ("licence_stale", {"verified_at": ago(91)}),
            ("licence_unverified", {"verified_at": None}),
            ("no_region", {"licensed_regions": "[]"}),
            ("no_payer", {"payers": "[]"}),
            ("no_language", {"languages": "[]"}),
            ("no_format", {"formats": "[]"}),
            ("no_opening", {"open_slots": 0}),
            ("no_opening", {"accepts_new": False, "open_slots": None}),
            ("npi_shared", {"clinician_id": "d"}),
        ],
    )
    def test_clinicians(self, clinic, code, changes):
        """Those who cannot be offered, or whose papers are stale."""
        assert counts(clinic(("clinicians", changes)))[code] == 1

    def test_both_databases_find_the_same(self, engine):
        """One clinic with many faults."""
        report = store(
            engine,
            ("offers", {"offered_at": ago(21), "exposure_probability": None}),
            ("episodes", {"end_reason": "moved", "accepted": False, "ended_at": ago(19)}),
            (
                "episodes",
                {"episode_id": "f", "clinician_id": "?", "first_attended_at": ago(30)},
            ),
            ("measures", {"at": ago(90), "episode_id": "f"}),
            ("intakes", {"intake_id": "j", "requested_at": ago(-1)}),
            ("content", {"requires": '["x"]', "program_id": "?"}),
            ("content_events", {"event_id": "w", "item_id": "?"}),
        )
        assert counts(report) == {
            "offered_before_intake": 1,
            "ended_before_start": 1,
            "attended_before_booking": 1,
            "requires_circle": 1,
            "visit_after_end": 1,
            "measure_long_before": 1,
            "future_intakes": 1,
            "dangling_episodes_clinician_id": 1,
            "dangling_content_program_id": 1,
            "dangling_content_events_item_id": 1,
            "few_mature_intakes": 1,
            "no_choice": 1,
            "program_without_items": 1,
            "exposure_missing": 1,
            "clinicians_with_few_cases": 1,
            "domains_with_few_clinicians": 1,
        }

    def test_what_is_unknown_about_a_clinician_is_no_finding(self, clinic):
        """Missing optional columns are not faults; self-pay and compacts count."""
        found = clinic(
            (
                "clinicians",
                {
                    "npi": None,
                    "open_slots": None,
                    "payers": "[]",
                    "accepts_self_pay": True,
                    "licensed_regions": "[]",
                    "compact_regions": '["US-AZ"]',
                },
            )
        )
        assert counts(found) == {**ALWAYS, "no_choice": 1}

    def test_how_long_a_licence_check_holds_is_configurable(self, sqlite_store, clinic):
        """Ten days are stale for a clinic that checks weekly."""
        clinic()
        report = check_clinic(sqlite_store, at=NOW, licence_days=7)
        assert counts(report)["licence_stale"] == 1

    @pytest.mark.parametrize(
        ("code", "changes"),
        [
            ("review_expired", {"review_expires_at": ago(0)}),
            ("review_in_future", {"reviewed_at": ago(-1)}),
            ("step_without_program", {"kind": "program_step", "program_id": None}),
            ("program_without_items", {"program_id": None}),
            ("requires_dangling", {"requires": '["?"]'}),
            ("requires_circle", {"requires": '["x"]'}),
            ("contraindication_unknown", {"contraindications": '["tarot", "ptsd", "seizure"]'}),
            ("duplicate_content", {"item_id": "y"}),
            ("content_retired", {"item_id": "y", "retired_at": ago(1)}),
        ],
    )
    def test_content(self, clinic, code, changes):
        """What may not be shown, and steps that lead nowhere."""
        assert counts(clinic(("content", changes)))[code] == 1

    def test_rematches_that_somebody_has_to_look_at(self, sqlite_store):
        """One rematch that left two is one; another reason, or one of last month, is none."""
        row = {"root_match_id": "m", "patient_id": "p", "clinician_id": "a", "at": ago(30)}
        rows = [
            {**row, "match_id": "1", "reason": "complaint"},
            {**row, "match_id": "1", "reason": "complaint", "clinician_id": "b"},
            {**row, "match_id": "2", "reason": "fit"},
            {**row, "match_id": "3", "reason": "safety", "at": ago(31)},
        ]
        with transaction(sqlite_store) as connection:
            connection.execute(insert(left_clinicians), rows)
        found = {
            finding.code: finding.count
            for finding in check_clinic(sqlite_store, at=NOW).findings
        }
        assert found["rematches_to_review"] == 1

    def test_retired_content_needs_no_review(self, clinic):
        """What is not shown cannot be shown wrongly."""
        found = clinic(("content", {"retired_at": ago(1), "review_expires_at": ago(2)}))
        assert "review_expired" not in counts(found)

    def test_exposure(self, clinic):
        """Missing and impossible chances are counted apart."""
        found = counts(
            clinic(
                ("offers", {"clinician_id": "d", "rank": 2, "exposure_probability": None}),
                ("offers", {"clinician_id": "f", "rank": 3, "exposure_probability": 0.0}),
            )
        )
        assert (found["exposure_missing"], found["exposure_zero"]) == (1, 1)
        assert "no_choice" not in found

    def test_most_serious_first(self, clinic):
        """Errors, then warnings, then notes."""
        report = clinic(("offers", {"offered_at": ago(21)}))
        order = [list(Severity).index(finding.severity) for finding in report.findings]
        assert report.has_errors
        assert order == sorted(order)
        assert len(set(order)) == 3

    def test_the_document_is_json_without_ids(self, clinic):
        """Counts and names of columns, never a person."""
        report = clinic(("intakes", {"intake_id": "j", "patient_id": "secret"}))
        text = json.dumps(report.document(), allow_nan=False)
        assert "secret" not in text
        assert json.loads(text)["counts"]["intakes"] == 2

    def test_every_code_says_something_of_its_own(self):
        """Codes are unique over all checks."""
        assert len({**RECORDS, **SUPPLY, **LEARNING}) == len(RECORDS) + len(SUPPLY) + len(
            LEARNING
        )


class TestLearning:
    def test_numbers_worked_by_hand(self, clinic):
        """Two ripe intakes of four, one outcome in its window of two attended episodes."""
        report = clinic(
            ("intakes", {"intake_id": "j", "patient_id": "q", "requested_at": ago(170)}),
            ("intakes", {"intake_id": "k", "patient_id": "s", "requested_at": ago(300)}),
            ("intakes", {"intake_id": "l", "patient_id": "t", "concerns": "[]"}),
            (
                "episodes",
                {
                    "episode_id": "f",
                    "intake_id": "j",
                    "booked_at": ago(165),
                    "first_attended_at": ago(160),
                },
            ),
            (
                "episodes",
                {
                    "episode_id": "g",
                    "intake_id": "k",
                    "booked_at": ago(290),
                    "first_attended_at": ago(280),
                },
            ),
            ("measures", {"patient_id": "q", "episode_id": "", "at": ago(160 - 56)}),
            ("measures", {"patient_id": "s", "episode_id": "g", "at": ago(280 - 113)}),
            ("offers", {"clinician_id": "d", "rank": 2, "exposure_probability": None}),
            *(("content_events", {"event_id": f"v{n}", "at": ago(n)}) for n in range(4)),
            ("content_events", {"event_id": "u", "user_id": "q"}),
        )
        expected = {
            "intakes": 4,
            "mature_intakes": 2,
            "attended_episodes": 2,
            "observed_outcomes": 1,
            "share_observed": 0.5,
            "intakes_with_offers": 1,
            "intakes_with_choice": 1,
            "share_with_choice": 1,
            "offers": 2,
            "offers_with_exposure": 1,
            "share_with_exposure": 0.5,
            "offers_never_exposed": 0,
            "clinicians_with_few_cases": 1,
            "share_with_few_cases": 1,
            "content_users": 2,
            "share_of_users_known": 0.5,
            "content_items_used": 1,
            "content_density": 1,
            "domains": 1,
            "domains_with_few_clinicians": 1,
            "concern_words": 1,
            "unknown_concerns": 0,
            "unmatched_concerns": 0,
        }
        assert report.learning == expected

    def test_words_of_another_clinic_are_counted_and_never_shown(self, clinic):
        """One word in two spellings is one; what a clinician lists, in a known synonym too, is matched."""
        words = '["Ängste", "ängste", "low mood", "Zwänge"]'
        listed = (
            "clinicians",
            {"specialties_top": '["ÄNGSTE"]', "also_treats": '["depression"]'},
        )
        report = clinic(("intakes", {"concerns": words}), listed)
        assert report.learning["concern_words"] == 3
        assert counts(report)["unknown_concerns"] == 2
        assert counts(report)["unmatched_concerns"] == 1
        assert "Zwänge" not in str(report.document())

    def test_a_directory_without_concerns_matches_nothing(self, clinic):
        """Nobody's words are called unmatched where clinicians list none at all."""
        lists_none = ("clinicians", {"specialties_top": "[]", "also_treats": "[]"})
        report = clinic(("intakes", {"concerns": '["Zwänge"]'}), lists_none)
        assert "unmatched_concerns" not in counts(report)
        assert counts(report)["unknown_concerns"] == 1

    def test_fifteen_cases_are_enough(self, clinic):
        """The floor is inclusive."""
        rows = [("episodes", {"episode_id": f"e{n}", "booked_at": ago(n)}) for n in range(14)]
        assert "clinicians_with_few_cases" not in counts(clinic(*rows))

    def test_five_clinicians_are_enough_for_a_domain(self, clinic):
        """They need not be in the directory any more."""
        rows = [
            ("episodes", {"episode_id": f"e{n}", "clinician_id": f"c{n}"}) for n in range(4)
        ]
        assert "domains_with_few_clinicians" not in counts(clinic(*rows))


class TestCountUnreachable:
    @pytest.mark.parametrize(
        ("requires", "expected"),
        [
            ({}, 0),
            ({"a": []}, 0),
            ({"a": ["a"]}, 1),
            ({"a": ["b"], "b": ["c"], "c": []}, 0),
            ({"a": ["b"], "b": ["a"], "c": ["a"], "d": []}, 3),
            ({"a": ["missing"]}, 0),
            ({"a": ["b", "b"], "b": []}, 0),
        ],
    )
    def test_worked_by_hand(self, requires, expected):
        """Items in a circle and behind one."""
        assert count_unreachable(requires) == expected

    @given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=20))
    def test_requirements_that_only_point_down_are_reachable(self, pairs):
        """Where every step needs lower ones only, there is no circle."""
        requires = {str(number): [] for number in range(10)}
        for high, low in pairs:
            if high > low:
                requires[str(high)].append(str(low))
        assert count_unreachable(requires) == 0
