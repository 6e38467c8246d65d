"""One self-contained HTML page: no script, no foreign host, nothing that is not in the file."""

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from training.report.sections import Section

Row = Mapping[str, Any]

STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; margin: 2rem auto; max-width: 56rem; padding: 0 1rem; }
h1 { font-size: 1.7rem; } h2 { margin-top: 3rem; border-bottom: 1px solid #ccc; } h3 { margin-top: 2rem; }
figure { margin: 0; } svg { max-width: 100%; height: auto; display: block; margin: 1rem 0; }
table { border-collapse: collapse; font-size: .85rem; width: 100%; } caption { text-align: left; font-weight: 600; }
th, td { text-align: left; vertical-align: top; padding: .25rem .5rem; border-bottom: 1px solid #e6e6e6; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
.stamp { border: 2px solid #d55e00; color: #a34700; padding: .75rem 1rem; font-weight: 600; }
details { margin: 1rem 0; } summary { cursor: pointer; }
@media print { h2 { break-before: page; } details { display: block; } }
"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""Keeps a browser from asking anybody for anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """One model of the report."""

    card: Row
    sections: Sequence[Section]


def page(chapters: Sequence[Chapter]) -> str:
    """The whole page; every word from outside is escaped.

    Args:
        chapters: The models, in order.
    """
    body = "".join(_chapter(chapter) for chapter in chapters)
    names = ", ".join(str(chapter.card["version"]) for chapter in chapters)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{html.escape(POLICY)}">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>rapport: {_text(names)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"<h1>Report on {_text(names)}</h1>\n"
        "<p>Decision support: a clinician or the patient decides. What falls short is in docs/known-limits.md.</p>\n"
        f"{body}</body>\n</html>\n"
    )


def _chapter(chapter: Chapter) -> str:
    card = chapter.card
    stamp = f'<p class="stamp">{_text(card["stamp"])}</p>\n' if card["stamp"] else ""
    return (
        f"<h2>{_text(card['kind']).capitalize()}: {_text(card['version'])}</h2>\n{stamp}"
        f"<p>State: {_text(card['state'])}. Trained {_text(card['created_at'])} on {_text(card['trained_on'])} data.</p>\n"
        + "".join(_section(section) for section in chapter.sections)
        + _card(card)
    )


def _section(section: Section) -> str:
    drawings = "".join(f"<figure>{svg}</figure>\n" for svg in section.drawings)
    table = ""
    if section.table:
        inner = _table(section.table, "Figures of the model")
        table = f"<details><summary>The numbers</summary>{inner}</details>\n"
    return f"<h3>{_text(section.title)}</h3>\n<p>{_text(section.words)}</p>\n{drawings}{table}"


def _card(card: Row) -> str:
    overrides = (
        _table(card["overrides"], "Gates that were overridden")
        if card["overrides"]
        else "<p>No gate was overridden.</p>\n"
    )
    return (
        "<h3>Model card</h3>\n"
        + _table(card["attributes"], "Source attributes, 45 CFR 170.315(b)(11)(iv)(B)")
        + overrides
        + _table(card["history"], "What became of it")
        + _table(card["people"], "Whom it was learned from; groups under 20 are not counted")
        + _table(
            [{"metric": name, "value": value} for name, value in card["measured"].items()],
            "Measured at training",
        )
    )


def _table(rows: Iterable[Row], caption: str) -> str:
    """A table of rows with the same columns; nothing where there are none."""
    listed = list(rows)
    if not listed:
        return ""
    head = "".join(f'<th scope="col">{_text(name)}</th>' for name in listed[0])
    body = "".join(
        "<tr>" + "".join(_cell(value) for value in row.values()) + "</tr>\n" for row in listed
    )
    return (
        f"<table><caption>{_text(caption)}</caption>\n<thead><tr>{head}</tr></thead>\n"
        f"<tbody>\n{body}</tbody></table>\n"
    )


def _cell(value: Any) -> str:
    if value is None:
        return "<td>-</td>"
    if isinstance(value, float):
        return f'<td class="number">{value:.4g}</td>'
    if isinstance(value, int) and not isinstance(value, bool):
        return f'<td class="number">{value:,}</td>'
    return f"<td>{_text(value)}</td>"


def _text(value: Any) -> str:
    return html.escape(str(value))
