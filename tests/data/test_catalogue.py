"""The snapshot of all content."""

import pandas as pd

from data.catalogue import NO_PROGRAM, Catalogue
from data.clinic import CONTENT, PROGRAMS
from data.directory import UNKNOWN_TIME
from data.frames import complete_frame, empty_frame

REVIEWED = pd.Timestamp("2026-01-01", tz="UTC")


def content(**columns):
    """A complete content frame of two items, `y` before `x`, with some columns replaced."""
    start = {
        "item_id": ["y", "x"],
        "title": ["Body scan", "Breathing"],
        "kind": ["meditation", "breathing"],
        "minutes": [12.5, 5.0],
        "reviewed_at": [REVIEWED, REVIEWED],
    }
    return complete_frame(CONTENT, pd.DataFrame({**start, **columns}))


class TestCatalogue:
    def test_rows_follow_the_ids(self):
        """The order of the catalogue does not depend on the order of the table."""
        catalogue = Catalogue.build(content(), empty_frame(PROGRAMS), revision=3)
        assert catalogue.item_ids == ("x", "y")
        assert catalogue.titles == ("Breathing", "Body scan")
        assert catalogue.minutes.tolist() == [5.0, 12.5]
        assert catalogue.kinds.having("meditation").tolist() == [False, True]
        assert catalogue.revision == 3

    def test_missing_columns_have_stated_stand_ins(self):
        """No level is universal, no program is NO_PROGRAM, no time is UNKNOWN_TIME."""
        catalogue = Catalogue.build(content(), empty_frame(PROGRAMS))
        assert catalogue.level.tolist() == [0, 0]
        assert catalogue.program.tolist() == [NO_PROGRAM, NO_PROGRAM]
        assert catalogue.retired_at.tolist() == [UNKNOWN_TIME, UNKNOWN_TIME]
        assert catalogue.requires == ((), ())

    def test_programs_give_titles_and_guidance(self):
        """An item knows its program, also one that the table of programs lacks."""
        programs = complete_frame(
            PROGRAMS,
            pd.DataFrame(
                {
                    "program_id": ["sleep"],
                    "title": ["Sleep well"],
                    "guided": [True],
                    "topics": [("rest",)],
                    "level": ["moderate"],
                    "evidence_grade": ["B"],
                }
            ),
        )
        catalogue = Catalogue.build(
            content(
                program_id=["sleep", "lost"],
                program_position=[2, None],
                level=["moderate", "mild"],
                requires=[("x",), ()],
            ),
            programs,
        )
        assert catalogue.program_ids == ("lost", "sleep")
        assert catalogue.program_titles == ("", "Sleep well")
        assert catalogue.program_topics == ((), ("rest",))
        assert catalogue.program_level.tolist() == [0, 2]
        assert catalogue.program_grades == ("", "B")
        assert catalogue.program.tolist() == [0, 1]
        assert catalogue.program_position.tolist() == [0, 2]
        assert catalogue.is_guided.tolist() == [False, True]
        assert catalogue.level.tolist() == [1, 2]
        assert catalogue.requires == ((), ("x",))

    def test_an_empty_catalogue_works(self):
        """No content is a catalogue of length zero."""
        assert len(Catalogue.build(empty_frame(CONTENT), empty_frame(PROGRAMS))) == 0
