"""Codes to sentences: why an item is in a list, and how many are not.

A patient is told of their own use alone: no sentence speaks of another person, of a safety state or of a
score. Titles are data and stand as they are.
"""

from data.codes.concerns import find_concern
from data.messages import Reader, Wording, sentence
from data.translations import ENGLISH, locale_of

CONTENT = Wording.of(
    sentence("content.next_step", "The next step of your program"),
    sentence("content.next_step.staff", "The next step of the person's program"),
    sentence("content.next_step_in", "The next step in {title}"),
    sentence("content.pick_up", "You have begun this"),
    sentence("content.pick_up.staff", "The person has begun this"),
    sentence("content.liked", "Because you liked it"),
    sentence("content.liked.staff", "Because the person liked it"),
    sentence("content.used_before", "Because you have used it before"),
    sentence("content.used_before.staff", "Because the person has used it before"),
    sentence("content.usual_time_morning", "You often choose this in the morning"),
    sentence(
        "content.usual_time_morning.staff", "The person often chooses this in the morning"
    ),
    sentence("content.usual_time_midday", "You often choose this around midday"),
    sentence("content.usual_time_midday.staff", "The person often chooses this around midday"),
    sentence("content.usual_time_evening", "You often choose this in the evening"),
    sentence(
        "content.usual_time_evening.staff", "The person often chooses this in the evening"
    ),
    sentence("content.usual_time_night", "You often choose this at night"),
    sentence("content.usual_time_night.staff", "The person often chooses this at night"),
    sentence("content.goal", "Fits what you want to work on: {goal}"),
    sentence("content.goal.staff", "Fits what the person wants to work on: {goal}"),
    sentence("content.topic", "More on {topic}"),
    sentence("content.because_finished", "Because you finished {title}"),
    sentence("content.because_finished.staff", "Because the person finished {title}"),
    sentence("content.because_used", "Because you used {title}"),
    sentence("content.because_used.staff", "Because the person used {title}"),
    sentence("content.finished_alike", "Because you finished something like it"),
    sentence("content.finished_alike.staff", "Because the person finished something like it"),
    sentence("content.used_alike", "Because you used something like it"),
    sentence("content.used_alike.staff", "Because the person used something like it"),
    sentence("content.start_of_program", "The start of {title}"),
    sentence("content.new_item", "New to you"),
    sentence("content.new_item.staff", "New to the person"),
    sentence("content.popular", "Popular with people here"),
    sentence("content.popular_morning", "Popular in the morning"),
    sentence("content.popular_midday", "Popular around midday"),
    sentence("content.popular_evening", "Popular in the evening"),
    sentence("content.popular_night", "Popular at night"),
    sentence("content.similar", "Used by the same people or on the same topics"),
    sentence("content.promoted", "Chosen by your clinic"),
    sentence("content.promoted.staff", "Chosen by the clinic"),
    sentence(
        "content.fits_time",
        "Fits the {count} minute you have",
        "Fits the {count} minutes you have",
    ),
    sentence(
        "content.fits_time.staff",
        "Fits the {count} minute the person has",
        "Fits the {count} minutes the person has",
    ),
    sentence("content.alongside_care", "Meant alongside care with a clinician"),
)
"""Why an item is in the list."""

WITHHELD = Wording.of(
    sentence(
        "withheld.patient",
        "{count} item is left out to be on the safe side.",
        "{count} items are left out to be on the safe side.",
    ),
    sentence(
        "withheld.staff",
        "{count} item is withheld by the safety rules.",
        "{count} items are withheld by the safety rules.",
    ),
)
"""That items are not shown; what a state withholds is counted by its code."""

TOPIC_WORDS = Wording.of(
    sentence("topic.anxiety", "anxiety"),
    sentence("topic.depression", "depression"),
    sentence("topic.relationship", "relationships"),
    sentence("topic.trauma", "trauma"),
    sentence("topic.stress", "stress"),
    sentence("topic.grief", "grief"),
    sentence("topic.ocd", "OCD"),
    sentence("topic.panic", "panic"),
    sentence("topic.social_anxiety", "social anxiety"),
    sentence("topic.substance", "substance use"),
    sentence("topic.adhd", "ADHD"),
    sentence("topic.sleep", "sleep"),
    sentence("topic.eating", "eating"),
    sentence("topic.bipolar", "bipolar disorder"),
    sentence("topic.perinatal", "pregnancy and birth"),
    sentence("topic.identity", "identity"),
    sentence("topic.anger", "anger"),
    sentence("topic.other", "other things"),
    sentence("topic.psychosis", "psychosis"),
    sentence("topic.personality", "personality"),
    sentence("topic.gender", "gender"),
    sentence("topic.autism", "autism"),
    sentence("topic.work", "work"),
    sentence("topic.family", "family"),
)
"""The known concerns, as content and people's goals name them."""


def topic_word(word: str, reader: Reader) -> str:
    """A topic or goal as a sentence names it: a known concern in the reader's language, else as it is.

    Example:
        >>> topic_word("insomnia", Reader("es")), topic_word("deep_rest", Reader("es"))
        ('el sueño', 'deep rest')
    """
    known = find_concern(word)
    if known is None or locale_of(reader.language).split("_")[0] == ENGLISH:
        return word.replace("_", " ")
    return TOPIC_WORDS.say(f"topic.{known.word}", reader)
