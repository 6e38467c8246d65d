"""What an answer says about itself: its language, and that a fallback made it."""

from api.desk_field_wording import FIELDS
from api.desk_wording import DESK
from api.serving import Degradation
from data.messages import Reader, Wording, sentence
from data.translations import locale_of
from matching.exclusion_wording import EXCLUSIONS, RELAXATIONS
from matching.safety_wording import ACTIONS, BANNERS, FINDINGS, RESOURCE_WORDS
from matching.wording import MATCHING
from recommender.plan_wording import PLAN_LEFT_OUT, PLAN_NOTES
from recommender.wording import CONTENT, TOPIC_WORDS, WITHHELD

NOTICES = Wording.of(
    sentence("degraded.no_model.rules", "Fixed rules made this list."),
    sentence(
        "degraded.no_model.rules.clinician", "No model serves yet; fixed rules made this list."
    ),
    sentence(
        "degraded.no_model.rules.operator",
        "No model serves yet; fixed rules made this list. Train and promote one.",
    ),
    sentence("degraded.bad_model.rules", "Fixed rules made this list."),
    sentence(
        "degraded.bad_model.rules.clinician", "The model failed; fixed rules made this list."
    ),
    sentence(
        "degraded.bad_model.rules.operator",
        "The model failed; fixed rules made this list. Look at the log and verify the model.",
    ),
    sentence(
        "degraded.no_model.popularity",
        "This list comes from what people here use most, and from what you told us.",
    ),
    sentence(
        "degraded.no_model.popularity.clinician",
        "No model serves yet; this list comes from what is much used and from stated goals.",
    ),
    sentence(
        "degraded.no_model.popularity.operator",
        "No model serves yet; what is much used made this list. Train and promote one.",
    ),
    sentence(
        "degraded.bad_model.popularity",
        "This list comes from what people here use most, and from what you told us.",
    ),
    sentence(
        "degraded.bad_model.popularity.clinician",
        "The model failed; this list comes from what is much used and from stated goals.",
    ),
    sentence(
        "degraded.bad_model.popularity.operator",
        "The model failed; what is much used made this list. Look at the log and verify the "
        "model.",
    ),
)
"""Why a fallback answers, by reason and fallback."""
WORDINGS = (
    MATCHING,
    EXCLUSIONS,
    RELAXATIONS,
    BANNERS,
    FINDINGS,
    ACTIONS,
    RESOURCE_WORDS,
    CONTENT,
    WITHHELD,
    TOPIC_WORDS,
    PLAN_NOTES,
    PLAN_LEFT_OUT,
    NOTICES,
    DESK,
    FIELDS,
)
"""Everything that answers and pages say."""


def degraded_text(degraded: Degradation | None, reader: Reader) -> str | None:
    """Why a fallback answered; None where a model did."""
    if degraded is None:
        return None
    return NOTICES.say(f"degraded.{degraded.reason}.{degraded.fallback}", reader)


def told_in(reader: Reader) -> str:
    """The BCP-47 tag of the language that the reader's sentences are in."""
    return locale_of(reader.language).replace("_", "-")
