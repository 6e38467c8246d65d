"""Whether a text is in the languages of the tables, sentence by sentence.

A text is read where each of its sentences is: one sentence in another language is enough for somebody to have to
read it, whatever stands beside it. What is unread is never taken for harmless.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from matching.tripwire_table import PhraseTable
from matching.tripwire_text import CLAUSE, MARKS, SENTENCE

LEAST_SHARE = 0.6
"""A sentence is read if this share of its words is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """The words by which a sentence is told to be in a language of the tables."""

    ours: frozenset[str]
    theirs: frozenset[str]
    """Words of neighbouring languages; one of them and a sentence is not ours."""

    @classmethod
    def of(cls, tables: Sequence[PhraseTable]) -> "Coverage":
        """Of the tables that have a vocabulary; a language that has one is no neighbour."""
        ours = frozenset[str]().union(*(table.vocabulary for table in tables))
        theirs = frozenset[str]().union(*(table.words["neighbours"] for table in tables))
        return cls(ours=ours, theirs=theirs - ours)

    def holds(self, words: Iterable[str]) -> bool:
        """Whether every sentence is in a language of the tables, or in several of them.

        Args:
            words: Words and marks.
        """
        sentence: list[str] = []
        for word in (*words, SENTENCE):
            if word not in MARKS:
                sentence.append(word)
            elif word != CLAUSE:
                if not self._is_ours(sentence):
                    return False
                sentence = []
        return True

    def _is_ours(self, sentence: Sequence[str]) -> bool:
        told = [word for word in sentence if not word[0].isdecimal()]
        known = sum(word in self.ours for word in told)
        return self.theirs.isdisjoint(told) and known >= LEAST_SHARE * len(told)
