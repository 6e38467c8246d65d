"""Personal plans: order, time, goals, severity, progress, and what safety never lets in."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.clinic import CONTENT_EVENT_TYPES
from data.domain import Condition, Tier
from data.messages import Reader
from recommender.interactions import DAY_MICROS
from recommender.person import ContentEvent, Person
from recommender.plan import make_plan
from recommender.plan_request import PlanRequest
from recommender.safety_filter import allowed

PROGRAMS = [
    {"program_id": "calm", "title": "Calm", "topics": ("stress",), "level": "mild"},
    {"program_id": "rest", "title": "Rest", "topics": ("sleep",), "level": "moderate"},
]


def step(program: str, place: int, **values) -> dict:
    return {"program_id": program, "program_position": place, **values}


@pytest.fixture(scope="module")
def shelf(make_catalogue):
    """Two programs of three steps, and two single items."""
    return make_catalogue(
        PROGRAMS,
        c1=step("calm", 1),
        c2=step("calm", 2),
        c3=step("calm", 3),
        r1=step("rest", 1),
        r2=step("rest", 2),
        r3=step("rest", 3),
        walk={"topics": ("mood",)},
        tea={"topics": ("mood",)},
    )


@pytest.fixture(scope="module")
def plan(shelf, bind, make_person, make_safety, noon):
    """Plan for a person with some events, on the shelf or another catalogue."""

    def ask(*events, catalogue=shelf, safety=None, finished=(), wishes=None, **given):
        return make_plan(
            bind(catalogue).binding,
            make_person(*events, **(wishes or {})),
            safety=safety or make_safety(),
            request=PlanRequest(**given),
            at=noon,
            finished=finished,
        )

    return ask


def ids(plan) -> list[list[str]]:
    """Item ids by week."""
    return [[session.item_id for session in week.sessions] for week in plan.weeks]


def every(plan) -> list[str]:
    return [session.item_id for session in plan.sessions]


def codes(entries) -> list[str]:
    return [entry.code for entry in entries]


class TestOrderAndTime:
    def test_steps_stand_in_their_order(self, plan):
        """Everything fits into two weeks; no step comes before an earlier one of its program."""
        found = every(plan(weeks=2, sessions_per_week=4))
        assert sorted(found) == ["c1", "c2", "c3", "r1", "r2", "r3", "tea", "walk"]
        for program in "cr":
            mine = [item for item in found if item[0] == program]
            assert mine == sorted(mine)

    def test_weeks_have_dates_sessions_and_positions(self, plan, noon):
        """Weeks begin now; positions run through the plan; empty weeks at the end are left out."""
        found = plan(weeks=9, sessions_per_week=5)
        assert [len(week.sessions) for week in found.weeks] == [5, 3]
        assert found.weeks[1].starts_at == noon + timedelta(days=7)
        assert found.weeks[1].ends_at == noon + timedelta(days=14)
        assert [entry.position for entry in found.sessions] == list(range(1, 9))
        assert found.weeks[0].minutes == 25.0
        assert codes(found.notes) == ["ends_early"]

    def test_a_program_is_not_left_for_another(self, plan):
        """One week of three sessions is one whole program, not the beginnings of several."""
        assert every(plan(weeks=1, sessions_per_week=3, goals=("stress",))) == [
            "c1",
            "c2",
            "c3",
        ]

    def test_required_items_come_first(self, plan, make_catalogue):
        """Across programs too; a circle can never be begun."""
        found = plan(
            catalogue=make_catalogue(
                PROGRAMS,
                c1=step("calm", 1, requires=("zen",)),
                zen={"requires": ("unheard_of",)},
                ring1={"requires": ("ring2",)},
                ring2={"requires": ("ring1",)},
            )
        )
        assert every(found) == ["zen", "c1"]
        assert found.left_out == {"waits": 2}

    def test_long_items_and_what_comes_after_them(self, plan, make_catalogue):
        """A tenth over the session is taken; a step that is too long closes its program."""
        catalogue = make_catalogue(
            PROGRAMS,
            c1=step("calm", 1, minutes=5.5),
            c2=step("calm", 2, minutes=5.6),
            c3=step("calm", 3),
        )
        found = plan(catalogue=catalogue)
        assert every(found) == ["c1"]
        assert found.left_out == {"too_long": 1, "waits": 1}
        assert every(plan(catalogue=catalogue, session_minutes=6)) == ["c1", "c2", "c3"]

    def test_the_minutes_of_a_week(self, plan):
        """Twelve minutes hold two items of five; what finds no room is counted."""
        found = plan(weeks=2, week_minutes=12.0)
        assert [len(week.sessions) for week in found.weeks] == [2, 2]
        assert found.left_out == {"no_room": 4}
        assert found.notes == ()

    @pytest.mark.parametrize("given", [{"session_minutes": 0.0}, {"week_minutes": 0.0}])
    def test_no_time(self, plan, given):
        """No minutes give no sessions, and the plan says so."""
        found = plan(**given)
        assert found.weeks == ()
        assert codes(found.notes) == ["no_time"]

    def test_nothing_short_enough(self, plan):
        """A plan that is empty for want of short items says what helps."""
        found = plan(session_minutes=1.0)
        assert (found.weeks, codes(found.notes)) == ((), ["nothing_fits"])

    def test_an_empty_catalogue(self, plan, make_catalogue):
        """No content at all is an empty plan with a note."""
        found = plan(catalogue=make_catalogue())
        assert (found.weeks, found.programs, codes(found.notes)) == ((), (), ["nothing_left"])

    def test_no_programs(self, plan, make_catalogue):
        """A clinic with single items alone has plans of single items."""
        found = plan(catalogue=make_catalogue(a={}, b={}), weeks=1)
        assert (every(found), found.programs) == (["a", "b"], ())

    def test_one_language(self, plan, make_catalogue):
        """Items that name no language pass every language."""
        catalogue = make_catalogue(a={"language": "en"}, b={"language": "es-MX"}, c={})
        found = plan(catalogue=catalogue, language="es")
        assert every(found) == ["b", "c"]
        assert found.left_out == {"other_language": 1}


class TestWishes:
    def test_goals_come_first(self, plan):
        """The program on the stated goal fills the first week; its own topics count."""
        for goal, program in (("sleep", "r"), ("stress", "c"), ("insomnia", "r")):
            first = plan(goals=(goal,), weeks=1, sessions_per_week=3)
            assert {item[0] for item in every(first)} == {program}

    def test_two_goals_share_the_plan(self, plan, make_catalogue):
        """Four sessions on two goals with four items each: two and two."""
        catalogue = make_catalogue(
            **{
                f"{topic}{n}": {"topics": (topic,)}
                for topic in ("anger", "sleep")
                for n in range(4)
            }
        )
        found = every(
            plan(catalogue=catalogue, goals=("anger", "sleep"), weeks=1, sessions_per_week=4)
        )
        assert sorted(item[:-1] for item in found) == ["anger", "anger", "sleep", "sleep"]

    def test_concerns_count_half(self, plan):
        """A stated goal comes before what brought the person to care."""
        wishes = {"concerns": ("stress",)}
        asked = {"weeks": 1, "sessions_per_week": 3, "wishes": wishes}
        assert {item[0] for item in every(plan(**asked))} == {"c"}
        assert {item[0] for item in every(plan(goals=("sleep",), **asked))} == {"r"}

    def test_unknown_goals_are_named(self, plan):
        """The plan is that without the goal, and says that nothing is about it."""
        found = plan(goals=("unicorns",), reader=Reader("es"))
        assert every(found) == every(plan())
        assert [note.text for note in found.notes if note.code == "goal_unknown"] == [
            "Aquí todavía no hay nada sobre unicorns."
        ]

    @pytest.mark.parametrize(
        ("severity", "program"),
        [("minimal", "c"), ("mild", "c"), ("moderate", "r"), ("severe", "r")],
    )
    def test_the_level_follows_the_symptoms(self, plan, severity, program):
        """Mild symptoms get the mild program first, others the moderate one."""
        found = plan(severity=severity, weeks=1, sessions_per_week=3)
        assert {item[0] for item in every(found)} == {program}

    def test_evidence_and_support(self, plan, make_catalogue):
        """Among equals the better tested one; with moderate symptoms the one with support."""
        catalogue = make_catalogue(
            [
                {"program_id": "a", "title": "A"},
                {"program_id": "b", "title": "B", "evidence_grade": "A"},
                {"program_id": "g", "title": "G", "guided": True, "evidence_grade": "B"},
            ],
            a=step("a", 1),
            b=step("b", 1),
            g=step("g", 1),
        )
        asked = {"catalogue": catalogue, "weeks": 1, "sessions_per_week": 1}
        assert every(plan(**asked)) == ["b"]
        assert every(plan(severity="severe", **asked)) == ["g"]


class TestProgress:
    def test_what_is_finished_is_done(self, plan):
        """A completed step is gone and the next one is open; the program says how far it is."""
        found = plan(("c1", "complete", 1), weeks=1, sessions_per_week=2)
        assert every(found) == ["c2", "c3"]
        (program,) = found.programs
        assert (program.steps, program.finished, program.planned) == (3, 1, 2)
        assert found.left_out["finished"] == 1
        assert codes(found.sessions[0].reasons)[0] == "next_step"

    def test_finished_long_ago_counts_too(self, plan):
        """What no longer stands in the history that is read is given by id; unknown ids are passed over."""
        found = plan(finished=("c1", "c2", "gone"), weeks=1, sessions_per_week=1)
        assert every(found) == ["c3"]

    def test_what_is_begun_comes_first(self, plan):
        """A started step is taken up again, and its program goes on."""
        found = plan(("r1", "start", 1), weeks=1, sessions_per_week=3)
        assert every(found) == ["r1", "r2", "r3"]
        first, second, _ = found.sessions
        assert (first.is_started, second.is_started) == (True, False)
        assert codes(first.reasons)[0] == "pick_up"

    def test_what_is_not_wanted_stays_away(self, plan):
        """A rejected step closes its program for now; rejected items are not planned."""
        found = plan(("c2", "not_for_me", 1), ("tea", "dislike", 1))
        assert not {"c2", "c3", "tea"} & set(every(found))
        assert found.left_out == {"not_wanted": 2, "waits": 1}

    def test_everything_is_finished(self, plan, shelf):
        """The plan is empty and says so."""
        found = plan(finished=shelf.item_ids)
        assert (found.weeks, codes(found.notes)) == ((), ["nothing_left"])
        assert found.left_out == {"finished": 8}

    def test_excluded_items(self, plan):
        """Ids not to give, and what comes after them in a program."""
        found = plan(exclude=frozenset({"c1", "tea", "unheard_of"}))
        assert sorted(every(found)) == ["r1", "r2", "r3", "walk"]
        assert found.left_out == {"excluded": 2, "waits": 2}


class TestReasons:
    def test_of_a_new_program(self, plan):
        """The first step says that a program begins, the next ones that it goes on, and why."""
        found = plan(goals=("stress",), weeks=1, sessions_per_week=2)
        assert [codes(entry.reasons) for entry in found.sessions] == [
            ["start_of_program", "goal"],
            ["next_step", "goal"],
        ]
        assert found.sessions[1].reasons[0].text == "The next step in Calm"

    def test_amber_is_alongside_care(self, plan, make_safety):
        """Above green every session says that it is meant beside a clinician."""
        safety = make_safety(Condition.PANIC, Condition.SEVERE, tier=Tier.AMBER)
        found = plan(safety=safety, goals=("mood",))
        assert every(found)
        assert {entry.reasons[-1].code for entry in found.sessions} == {"alongside_care"}


class TestSafety:
    @pytest.mark.parametrize("given", [{"tier": Tier.RED}, {"tier": Tier.AMBER}])
    def test_red_gets_no_plan(self, plan, shelf, make_safety, given):
        """Neither the tier nor the state leaves a session or a note."""
        conditions = () if given["tier"] is Tier.RED else (Condition.RED,)
        found = plan(safety=make_safety(*conditions, **given))
        assert (found.weeks, found.notes, found.left_out) == ((), (), {})
        assert found.withheld == {"red": len(shelf)}

    def test_a_withheld_step_closes_its_program(self, plan, make_catalogue, make_safety):
        """What comes after an item that is not safe for the person is not planned either."""
        catalogue = make_catalogue(
            PROGRAMS,
            c1=step("calm", 1),
            c2=step("calm", 2, topics=("body scan",)),
            c3=step("calm", 3),
        )
        found = plan(catalogue=catalogue, safety=make_safety(Condition.TRAUMA))
        assert every(found) == ["c1"]
        assert (found.withheld, found.left_out) == ({"trauma": 1}, {"waits": 1})

    def test_goals_gate_too(self, plan, make_catalogue):
        """Who wants to work on trauma is not given what is contraindicated for it."""
        catalogue = make_catalogue(a={"contraindications": ("ptsd",)}, b={})
        assert every(plan(catalogue=catalogue, goals=("trauma",))) == ["b"]

    def test_no_session_outlives_its_review(self, plan, make_catalogue, noon):
        """An item is planned for weeks that its review covers to the end, or not at all."""
        catalogue = make_catalogue(
            a={},
            b={},
            c={},
            soon={"review_expires_at": noon + timedelta(days=6)},
            week={"retired_at": noon + timedelta(days=7)},
        )
        found = plan(catalogue=catalogue, sessions_per_week=2)
        assert "soon" not in every(found)
        assert "week" in ids(found)[0]
        assert found.left_out == {"ends_soon": 1}

    @pytest.mark.slow
    @settings(max_examples=60, deadline=None)
    @given(data=st.data())
    def test_whatever_is_asked_the_rules_hold(
        self, data, make_catalogue, bind, noon, now, make_safety
    ):
        """Allowed from now to the end of the week, in order, once, short, not excluded, not finished."""
        names = [f"i{number}" for number in range(9)]
        catalogue = make_catalogue(
            PROGRAMS,
            **{
                name: {
                    "topics": data.draw(st.sampled_from([(), ("sleep",), ("body scan",)])),
                    "minutes": data.draw(st.sampled_from([2.0, 5.0, 11.0])),
                    "contraindications": data.draw(st.sampled_from([(), ("ptsd",)])),
                    "requires": data.draw(st.sampled_from([(), ("i0",), ("i1", "i2")])),
                    "review_expires_at": data.draw(
                        st.sampled_from([None, noon, noon + timedelta(days=10)])
                    ),
                    "program_id": data.draw(st.sampled_from([None, "calm", "rest"])),
                    "program_position": data.draw(st.sampled_from([None, 1, 2, 3])),
                }
                for name in names[: data.draw(st.integers(0, 9))]
            },
        )
        event = st.tuples(
            st.sampled_from(names), st.sampled_from(CONTENT_EVENT_TYPES), st.integers(0, 100)
        )
        history = [
            ContentEvent(item, kind, now - days * DAY_MICROS)
            for item, kind, days in data.draw(st.lists(event, max_size=6))
        ]
        person = Person.from_events("p", history)
        safety = make_safety(
            *data.draw(st.sets(st.sampled_from(list(Condition)), max_size=2)),
            tier=data.draw(st.sampled_from(Tier)),
        )
        request = PlanRequest(
            weeks=data.draw(st.integers(1, 3)),
            sessions_per_week=data.draw(st.integers(1, 3)),
            session_minutes=data.draw(st.sampled_from([0.0, 5.0, 10.0])),
            exclude=frozenset(data.draw(st.sets(st.sampled_from(names), max_size=2))),
        )
        found = make_plan(
            bind(catalogue).binding, person, safety=safety, request=request, at=noon
        )
        done = {
            name
            for name, is_done in zip(person.item_ids, person.finished(), strict=True)
            if is_done
        }
        seen: set[str] = set()
        for week in found.weeks:
            assert (
                0 < len(week.sessions) <= request.sessions_per_week
                or week is not found.weeks[-1]
            )
            for session in week.sessions:
                for when in (noon, week.ends_at - timedelta(seconds=1)):
                    assert allowed(catalogue, safety, at=when)[0][session.item_row]
                assert session.item_id not in seen | done | request.exclude
                assert session.minutes <= 1.1 * request.session_minutes + 1e-9
                needs = catalogue.requires[session.item_row]
                live = [
                    need for need in needs if need in catalogue.rows and need != session.item_id
                ]
                assert set(live) <= seen | done
                assert session.reasons
                seen.add(session.item_id)
        assert len(found.weeks) <= request.weeks
        mask, withheld = allowed(catalogue, safety, at=noon)
        assert found.withheld == withheld
        assert sum(found.left_out.values()) + len(seen) == int(mask.sum())
