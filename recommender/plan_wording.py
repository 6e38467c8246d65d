"""Codes to sentences: what a plan could not do, and which items are not in it."""

from data.messages import Wording, sentence

PLAN_NOTES = Wording.of(
    sentence("plan.no_time", "There is no time for a session in this plan."),
    sentence("plan.nothing_fits", "Nothing fits the time of one session. Try longer sessions."),
    sentence("plan.nothing_left", "There is nothing new to plan right now."),
    sentence("plan.ends_early", "There is less to do than there is time for."),
    sentence("plan.goal_unknown", "Nothing here is about {goal} yet."),
)
"""What a plan could not do."""

PLAN_LEFT_OUT = Wording.of(
    sentence(
        "left_out.finished",
        "{count} item is done.",
        "{count} items are done.",
    ),
    sentence(
        "left_out.not_wanted",
        "{count} item was turned down.",
        "{count} items were turned down.",
    ),
    sentence(
        "left_out.excluded",
        "{count} item is left out as asked.",
        "{count} items are left out as asked.",
    ),
    sentence(
        "left_out.other_language",
        "{count} item is in another language.",
        "{count} items are in another language.",
    ),
    sentence(
        "left_out.too_long",
        "{count} item is too long for one session.",
        "{count} items are too long for one session.",
    ),
    sentence(
        "left_out.ends_soon",
        "{count} item will soon be gone.",
        "{count} items will soon be gone.",
    ),
    sentence(
        "left_out.waits",
        "{count} item comes after something that is not in the plan.",
        "{count} items come after something that is not in the plan.",
    ),
    sentence(
        "left_out.no_room",
        "{count} item found no room in the plan.",
        "{count} items found no room in the plan.",
    ),
)
"""How many items that may be shown are not in a plan, by reason."""
