"""The catalogues of other languages, brought up to the sentences of the code.

`python -m training.catalogues` reads every `sentence(...)` of the packages with Babel and writes
`data/locale/*.po` anew: new sentences come in without translation, changed ones are marked fuzzy, what
nobody says any more goes. The suite fails until every sentence is translated and sure.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
PACKAGES = ("data", "matching", "recommender", "api")
LOCALE = ROOT / "data" / "locale"
REVIEW = "SAFETY: a clinician who is a native speaker has to review this."
MARKERS: dict[str, tuple[str, ...]] = {"sentence": (), "safety_sentence": (REVIEW,)}
"""The functions that declare sentences, and what translators are told of theirs."""

Sentence = tuple[str, str | tuple[str, ...], tuple[str, ...]]


def sentences() -> Iterator[Sentence]:
    """Context, English and comments of every sentence, in the order of the code."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield from _sentences_of(path)


def _sentences_of(path: Path) -> Iterator[Sentence]:
    with path.open("rb") as stream:
        for _, marker, arguments, _ in extract_python(stream, dict.fromkeys(MARKERS), (), {}):
            context, *english = filter(None, arguments)
            comments = MARKERS[str(marker)]
            yield context, tuple(english) if english[1:] else english[0], comments


def template() -> Catalog:
    """Every sentence of the code, without translations."""
    catalogue = Catalog()
    for context, english, comments in sentences():
        catalogue.add(english, context=context, auto_comments=comments)
    return catalogue


def updated(path: Path) -> bytes:
    """What a catalogue says once it holds exactly the sentences of the code.

    Args:
        path: `LOCALE.po`; its translations, translators' comments and sentences that stay are kept.
    """
    with path.open("rb") as stream:
        catalogue = read_po(stream, locale=path.stem)
    catalogue.update(template())
    catalogue.obsolete.clear()
    buffer = BytesIO()
    write_po(buffer, catalogue, width=0, no_location=True, omit_header=True)
    return _header(catalogue) + buffer.getvalue().rstrip() + b"\n"


def _header(catalogue: Catalog) -> bytes:
    """A header that says nothing of tools and times, so that equal catalogues are equal files."""
    lines = (
        "# Sentences of rapport. CONTRIBUTING.md says how they are kept.",
        'msgid ""',
        'msgstr ""',
        '"Content-Type: text/plain; charset=utf-8\\n"',
        f'"Language: {catalogue.locale_identifier}\\n"',
        f'"Plural-Forms: {catalogue.plural_forms}\\n"',
    )
    return "".join(f"{line}\n" for line in (*lines, "")).encode()


def main() -> None:
    """Write the catalogues anew, and say what is left to translate."""
    for path in sorted(LOCALE.glob("*.po")):
        content = updated(path)
        path.write_bytes(content)
        catalogue = read_po(BytesIO(content), locale=path.stem)
        open_ = [entry for entry in catalogue if entry.id and (entry.fuzzy or not entry.string)]
        sys.stderr.write(f"{path.name}: {len(open_)} sentences to translate or to look at\n")


if __name__ == "__main__":
    main()
