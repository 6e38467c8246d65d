import numpy as np
import pandas as pd
import pytest

from training.metrics.proper_scores import log_loss
from training.real.results import find_shipped
from training.real.talking_therapies import (
    CROSSED,
    NAME,
    NATIONAL,
    PROVIDER,
    RAW,
    SETTINGS,
    TWO_LEVEL,
    Setting,
    choose_setting,
    predict_year,
    read_cells,
    talking_therapies_table,
)


def cells(rows):
    """Cells from rows of year, provider, problem, therapy, cases and rate."""
    return pd.DataFrame(
        rows, columns=["year", "provider", "problem", "therapy", "cases", "rate"]
    )


@pytest.fixture(scope="module")
def table():
    """The table on the shipped data."""
    return talking_therapies_table()


class TestReadCells:
    def test_shipped_cells_are_possible(self):
        """Rates lie in 0 to 1, numbers above 0, and totals that count others again are gone."""
        shipped = read_cells(find_shipped(NAME), "courses")
        assert shipped["rate"].between(0, 1).all()
        assert (shipped["cases"] > 0).all()
        assert not {"Total", "Anxiety (Total)"} & set(shipped["problem"])
        assert not shipped.duplicated(["year", "provider", "problem", "therapy"]).any()

    def test_years_are_the_four_published(self):
        """2019-20 is year 2019."""
        shipped = read_cells(find_shipped(NAME), "finished")
        assert sorted(shipped["year"].unique()) == [2019, 2020, 2021, 2022]


class TestPredictYear:
    def test_the_test_year_is_not_looked_at(self):
        """Turning all later rates round changes no prediction."""
        shipped = read_cells(find_shipped(NAME), "courses")
        turned = shipped.assign(
            rate=np.where(shipped["year"] >= 2021, 1 - shipped["rate"], shipped["rate"])
        )
        first = predict_year(shipped, 2021, Setting())[1]
        second = predict_year(turned, 2021, Setting())[1]
        for method in first:
            assert first[method].tobytes() == second[method].tobytes()

    def test_national_rate_is_by_problem_and_therapy(self):
        """30 of 60 and, with one case at the overall rate, about one half for everyone."""
        train = [(2019, "p1", "a", "t", 30.0, 0.2), (2019, "p2", "a", "t", 30.0, 0.8)]
        test = [(2020, "p1", "a", "t", 10.0, 0.5), (2020, "p3", "a", "t", 10.0, 0.5)]
        _, found = predict_year(cells(train + test), 2020, Setting())
        assert found[NATIONAL].tolist() == [0.5, 0.5]
        assert found[RAW] == pytest.approx([0.2, 0.5])

    def test_shrinkage_lies_between_raw_and_national(self):
        """A provider's own rate counts in part, and a new provider has the national rate."""
        train = [
            (2019, f"p{row}", problem, "t", 50.0, 0.5 + 0.04 * (row - 2) + shift)
            for row in range(5)
            for problem, shift in (("a", 0.01), ("b", -0.01))
        ]
        test = [(2020, "p4", "a", "t", 10.0, 0.5), (2020, "new", "a", "t", 10.0, 0.5)]
        _, found = predict_year(cells(train + test), 2020, Setting())
        for method in (PROVIDER, TWO_LEVEL, CROSSED):
            assert found[NATIONAL][0] < found[method][0] < found[RAW][0]
            assert found[method][1] == pytest.approx(found[NATIONAL][1])

    def test_pairs_never_published_before_are_left_out(self):
        """A problem new in the test year has no national rate."""
        rows = [(2019, "p1", "a", "t", 9.0, 0.5), (2020, "p1", "new", "t", 9.0, 0.5)]
        test, _ = predict_year(cells(rows), 2020, Setting())
        assert len(test) == 0

    def test_recent_years_count_more(self):
        """With a half-life of one year 2020 weighs twice 2019."""
        rows = [
            (2019, "p", "a", "t", 1e6, 0.2),
            (2020, "p", "a", "t", 1e6, 0.5),
            (2021, "p", "a", "t", 1.0, 0.5),
        ]
        _, found = predict_year(cells(rows), 2021, Setting(half_life_years=1.0))
        assert found[NATIONAL][0] == pytest.approx(0.4, abs=1e-4)


class TestChooseSetting:
    @pytest.mark.slow
    def test_the_test_year_is_not_looked_at(self):
        """The choice for 2022 is the same without 2022."""
        shipped = read_cells(find_shipped(NAME), "finished")
        known = choose_setting(shipped[shipped["year"] < 2022], 2022)
        assert choose_setting(shipped, 2022) == known

    def test_too_few_years_take_the_plainest(self):
        """One year before the validation year says nothing about weights."""
        shipped = read_cells(find_shipped(NAME), "finished")
        assert choose_setting(shipped, 2021) == SETTINGS[0]


class TestSetting:
    def test_words_say_what_was_chosen(self):
        """A note names weights and variance."""
        assert str(Setting()) == "equal weights of years, binomial variance"
        chosen = Setting(half_life_years=0.5, is_binomial=False)
        assert str(chosen) == "half-life 0.5 years, measured variance"


@pytest.mark.slow
class TestTalkingTherapiesTable:
    def test_two_level_is_as_good_as_the_reference(self, table):
        """2022-23 over the same 2,983 cells: log-loss at most .6380, RMSE at most .0981."""
        name = "2022-23 of finished"
        loss = table.get_row(name, TWO_LEVEL, "log_loss")
        assert loss.n == 2_983
        assert loss.value <= 0.6380
        assert table.get_row(name, TWO_LEVEL, "rmse").value <= 0.0981

    @pytest.mark.parametrize("year", ["2021-22", "2022-23"])
    @pytest.mark.parametrize("share", ["of finished", "of courses"])
    def test_raw_rates_are_clearly_worse(self, table, year, share):
        """In every test the raw rate's log-loss is higher, beyond chance."""
        assert table.get_row(f"{year} {share}", RAW, "log_loss_minus_two_level").low > 0

    def test_differences_are_those_of_the_losses(self, table):
        """The paired figure equals the difference of the two figures."""
        name = "2022-23 of courses"
        gap = table.get_row(name, NATIONAL, "log_loss_minus_two_level").value
        losses = [
            table.get_row(name, method, "log_loss").value for method in (NATIONAL, TWO_LEVEL)
        ]
        assert gap == pytest.approx(losses[0] - losses[1])

    def test_intervals_hold_their_figure(self, table):
        """Low, value and high come in this order."""
        assert all(row.low <= row.value <= row.high for row in table.rows)

    def test_notes_name_the_best_and_the_caution_is_there(self, table):
        """One note per test, and no reader is left to think of effects."""
        assert len(table.notes) == 4
        assert all(" best is " in note for note in table.notes)
        assert "never an effect" in table.caution

    def test_a_worse_two_level_method_is_said_to_be_worse(self, tmp_path):
        """Where problems are pure noise over the years the note does not praise two levels."""
        rng = np.random.default_rng(0)
        rows = [
            (
                period,
                f"p{provider}",
                f"problem{problem}",
                "t",
                400,
                400,
                round(
                    400
                    * (
                        0.3
                        + 0.04 * provider % 0.4
                        + 0.12 * rng.normal() * (period == "2020-21")
                    )
                ),
            )
            for period in ("2020-21", "2021-22", "2022-23")
            for provider in range(12)
            for problem in range(6)
        ]
        names = ["period", "provider", "problem", "therapy", "finished", "courses", "improved"]
        frame = pd.DataFrame(rows, columns=names)
        frame["improved"] = frame["improved"].clip(1, 399)
        frame.to_parquet(tmp_path / "outcomes.parquet")
        table = talking_therapies_table(tmp_path)
        assert "provider alone is better" in table.notes[0]

    def test_predictions_are_better_than_no_information(self):
        """The two-level method beats saying the overall rate everywhere."""
        shipped = read_cells(find_shipped(NAME), "courses")
        test, found = predict_year(shipped, 2022, Setting())
        overall = np.full(len(test), np.average(test["rate"], weights=test["cases"]))
        weights = test["cases"]
        assert log_loss(found[TWO_LEVEL], test["rate"], weights) < log_loss(
            overall, test["rate"], weights
        )
