"""The drawings of a report, as SVG text: the only module that knows the plotting library.

The same numbers give the same bytes. Colours are told apart by people who see few (Okabe and Ito, 2008); what is
compared with is grey.
"""

import io
import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]
Row = Mapping[str, Any]

OURS, OTHERS, LINE = "#0072b2", "#8c8c8c", "#d55e00"
LOOK: Any = {
    "svg.hashsalt": "rapport",
    "svg.fonttype": "none",
    "text.parse_math": False,
    "font.family": ["sans-serif"],
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#e6e6e6",
    "axes.axisbelow": True,
}
PANELS = 3
"""Diagrams beside each other."""
NO_FACTS = {"Date": None, "Creator": None}
"""Nothing about when and by what goes into a drawing."""


@contextmanager
def _drawing(width: float, height: float) -> Iterator[tuple["Figure", io.StringIO]]:
    """A figure that is written as SVG into the buffer at the end."""
    # Only reports pay for the library: a tenth of the time in which any command starts.
    import matplotlib as mpl  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    buffer = io.StringIO()
    with mpl.rc_context(LOOK), warnings.catch_warnings():
        # Letters stay text in the file, so that a font which lacks some of them does not matter.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure = Figure(figsize=(width, height), layout="constrained")
        yield figure, buffer
        figure.savefig(buffer, format="svg", metadata=NO_FACTS)


def _inline(buffer: io.StringIO) -> str:
    """The drawing without the head of a file of its own."""
    text = buffer.getvalue()
    return text[text.index("<svg") :]


def interval_dots(
    rows: Sequence[Row],
    *,
    ours: frozenset[str],
    label: str,
    zero: str | None = None,
    is_loss: bool = False,
) -> str:
    """One figure of several models, each with its interval, best on top.

    Args:
        rows: `model`, `value`, and `low` and `high`, which may be None.
        ours: Models that are told apart by colour.
        label: What the axis says.
        zero: What lies at 0, if anything; a line is drawn there.
        is_loss: Whether less is better.
    """
    ordered = sorted(rows, key=lambda row: float(row["value"]), reverse=is_loss)
    with _drawing(7.2, 0.8 + 0.3 * len(ordered)) as (figure, buffer):
        axes = figure.add_subplot()
        for place, row in enumerate(ordered):
            colour = OURS if row["model"] in ours else OTHERS
            if row.get("low") is not None and row.get("high") is not None:
                axes.hlines(place, row["low"], row["high"], color=colour, linewidth=2)
            axes.plot(row["value"], place, "o", color=colour, markersize=6)
        axes.set_yticks(range(len(ordered)), [str(row["model"]) for row in ordered])
        axes.set_ylim(-0.6, len(ordered) - 0.4)
        axes.set_xlabel(label)
        if zero is not None:
            axes.axvline(0.0, color=LINE, linewidth=1)
            axes.set_title(f"0 is {zero}", fontsize=9, color=LINE, loc="left")
    return _inline(buffer)


def reliability(panels: Mapping[str, Sequence[Row]]) -> str:
    """What was said against what happened, one panel per outcome; on the line both are the same.

    Args:
        panels: By outcome, bins with `said`, `happened`, `low`, `high` and `n`.
    """
    lines = math.ceil(len(panels) / PANELS)
    with _drawing(7.5, 2.7 * max(lines, 1)) as (figure, buffer):
        for place, (name, bins) in enumerate(panels.items(), 1):
            axes = figure.add_subplot(lines, PANELS, place)
            axes.plot([0, 1], [0, 1], color=LINE, linewidth=1)
            for entry in bins:
                axes.vlines(
                    entry["said"], entry["low"], entry["high"], color=OURS, linewidth=1.5
                )
            axes.plot(
                [entry["said"] for entry in bins],
                [entry["happened"] for entry in bins],
                "o",
                color=OURS,
                markersize=4,
            )
            axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="said", aspect="equal")
            axes.set_title(f"{name} (n = {sum(entry['n'] for entry in bins):,})", fontsize=9)
        if panels:
            figure.axes[0].set_ylabel("happened")
    return _inline(buffer)


def group_dots(rows: Sequence[Row], *, label: str, centre: float | None) -> str:
    """A figure by group of people, each with its interval and how many they are.

    Args:
        rows: `attribute`, `group`, `n`, `value`, `low`, `high`; groups that are not told stay out.
        label: What the axis says.
        centre: Where a line is drawn, if anywhere.
    """
    told = [row for row in rows if row["value"] is not None][::-1]
    with _drawing(7.2, 0.8 + 0.26 * max(len(told), 1)) as (figure, buffer):
        axes = figure.add_subplot()
        for place, row in enumerate(told):
            axes.hlines(place, row["low"], row["high"], color=OURS, linewidth=2)
            axes.plot(row["value"], place, "o", color=OURS, markersize=5)
        names = [f"{row['attribute']}: {row['group']} (n = {row['n']:,})" for row in told]
        axes.set_yticks(range(len(told)), names)
        axes.set_ylim(-0.6, len(told) - 0.4)
        axes.set_xlabel(label)
        if centre is not None:
            axes.axvline(centre, color=LINE, linewidth=1)
    return _inline(buffer)


def shares(lines: Mapping[str, Floats], *, label: str) -> str:
    """How evenly something is spread: the share that the least shown take together (Lorenz curves).

    Args:
        lines: By name, how much each got, 0 or more; shape (clinicians,) each.
        label: Who they are, for the axes.
    """
    with _drawing(4.6, 4.2) as (figure, buffer):
        axes = figure.add_subplot()
        axes.plot([0, 1], [0, 1], color=LINE, linewidth=1, label="everybody alike")
        for place, (name, amounts) in enumerate(lines.items()):
            ordered = np.sort(amounts)
            sums = np.concatenate([[0.0], np.cumsum(ordered)]) / max(ordered.sum(), 1e-12)
            axes.plot(
                np.linspace(0, 1, len(sums)),
                sums,
                color=OURS if place == 0 else OTHERS,
                linestyle=("-", "--", ":")[place % 3],
                label=name,
            )
        axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
        axes.set_xlabel(f"share of {label}, least shown first")
        axes.set_ylabel("share of what was shown")
        axes.legend(frameon=False, fontsize=9, loc="upper left")
    return _inline(buffer)


def caterpillar(panels: Mapping[str, tuple[Floats, Floats]]) -> str:
    """Estimates with 90 % intervals, one panel per outcome, least first; nobody is named.

    Args:
        panels: By outcome, estimates in logits and half-widths of their intervals; shape (clinicians,) each.
    """
    with _drawing(3.6 * max(len(panels), 1), 3.0) as (figure, buffer):
        for place, (name, (values, halves)) in enumerate(panels.items(), 1):
            axes = figure.add_subplot(1, len(panels), place)
            order = np.argsort(values, kind="stable")
            at = np.arange(len(order))
            axes.vlines(
                at,
                values[order] - halves[order],
                values[order] + halves[order],
                color="#b3d1e6",
                linewidth=1,
            )
            axes.plot(at, values[order], ".", color=OURS, markersize=3)
            axes.axhline(0.0, color=LINE, linewidth=1)
            axes.set_title(name, fontsize=9)
            axes.set_xlabel("clinicians, least first")
        if panels:
            figure.axes[0].set_ylabel("effect in logits")
    return _inline(buffer)


def history(losses: Sequence[tuple[int, float]], *, label: str) -> str:
    """The loss of each trial of a study, and the best so far.

    Args:
        losses: Number and loss of each trial, in order.
        label: What the axis says.
    """
    numbers = [number for number, _ in losses]
    values = np.array([loss for _, loss in losses])
    with _drawing(6.0, 2.8) as (figure, buffer):
        axes = figure.add_subplot()
        axes.plot(numbers, values, "o", color=OTHERS, markersize=4, label="trial")
        axes.step(
            numbers,
            np.minimum.accumulate(values),
            where="post",
            color=OURS,
            label="best so far",
        )
        axes.set(xlabel="trial", ylabel=label)
        axes.legend(frameon=False, fontsize=9)
    return _inline(buffer)
