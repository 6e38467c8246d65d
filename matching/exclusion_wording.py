"""Codes to sentences: who was left out and why, and what relaxing one constraint would add."""

from data.messages import Wording, sentence

EXCLUSIONS = Wording.of(
    sentence(
        "excluded.licence",
        "{count} clinician is not licensed where you are.",
        "{count} clinicians are not licensed where you are.",
    ),
    sentence(
        "excluded.licence.staff",
        "{count} clinician is not licensed where the patient is.",
        "{count} clinicians are not licensed where the patient is.",
    ),
    sentence(
        "excluded.age_band",
        "{count} clinician does not see people of your age.",
        "{count} clinicians do not see people of your age.",
    ),
    sentence(
        "excluded.age_band.staff",
        "{count} clinician does not see people of the patient's age.",
        "{count} clinicians do not see people of the patient's age.",
    ),
    sentence(
        "excluded.prescriber",
        "{count} clinician may not order medicine for you.",
        "{count} clinicians may not order medicine for you.",
    ),
    sentence(
        "excluded.prescriber.staff",
        "{count} clinician may not prescribe.",
        "{count} clinicians may not prescribe.",
    ),
    sentence(
        "excluded.acuity",
        "{count} clinician does not take requests of this kind.",
        "{count} clinicians do not take requests of this kind.",
    ),
    sentence(
        "excluded.acuity.staff",
        "{count} clinician does not take requests above green.",
        "{count} clinicians do not take requests above green.",
    ),
    sentence(
        "excluded.not_accepted",
        "{count} clinician does not work on what you need help with.",
        "{count} clinicians do not work on what you need help with.",
    ),
    sentence(
        "excluded.not_accepted.staff",
        "{count} clinician does not accept one of the concerns or states.",
        "{count} clinicians do not accept one of the concerns or states.",
    ),
    sentence(
        "excluded.blocked",
        "{count} clinician is left out by request.",
        "{count} clinicians are left out by request.",
    ),
    sentence(
        "excluded.previous_clinician",
        "{count} clinician is left out because of an earlier match.",
        "{count} clinicians are left out because of an earlier match.",
    ),
    sentence(
        "excluded.payer",
        "{count} clinician does not take the way you pay.",
        "{count} clinicians do not take the way you pay.",
    ),
    sentence(
        "excluded.payer.staff",
        "{count} clinician is not in network with the payer.",
        "{count} clinicians are not in network with the payer.",
    ),
    sentence(
        "excluded.language",
        "{count} clinician does not speak your language.",
        "{count} clinicians do not speak your language.",
    ),
    sentence(
        "excluded.language.staff",
        "{count} clinician speaks none of the patient's languages.",
        "{count} clinicians speak none of the patient's languages.",
    ),
    sentence(
        "excluded.format",
        "{count} clinician does not offer the kind of visit you asked for.",
        "{count} clinicians do not offer the kind of visit you asked for.",
    ),
    sentence(
        "excluded.format.staff",
        "{count} clinician offers none of the formats asked for.",
        "{count} clinicians offer none of the formats asked for.",
    ),
    sentence(
        "excluded.gender",
        "{count} clinician is not of the gender you asked for.",
        "{count} clinicians are not of the gender you asked for.",
    ),
    sentence(
        "excluded.gender.staff",
        "{count} clinician is not of the gender asked for.",
        "{count} clinicians are not of the gender asked for.",
    ),
    sentence(
        "excluded.capacity",
        "{count} clinician has no free place.",
        "{count} clinicians have no free place.",
    ),
    sentence(
        "excluded.availability",
        "{count} clinician has no free time by the date you gave.",
        "{count} clinicians have no free time by the date you gave.",
    ),
    sentence(
        "excluded.availability.staff",
        "{count} clinician has no appointment by the latest date.",
        "{count} clinicians have no appointment by the latest date.",
    ),
)
"""How many were left out, by the first reason."""

RELAXATIONS = Wording.of(
    sentence(
        "relax.payer",
        "{count} more clinician would fit if you could pay another way.",
        "{count} more clinicians would fit if you could pay another way.",
    ),
    sentence(
        "relax.payer.staff",
        "{count} more clinician would fit with another payer.",
        "{count} more clinicians would fit with another payer.",
    ),
    sentence(
        "relax.language",
        "{count} more clinician would fit in another language.",
        "{count} more clinicians would fit in another language.",
    ),
    sentence(
        "relax.format",
        "{count} more clinician would fit with another kind of visit.",
        "{count} more clinicians would fit with another kind of visit.",
    ),
    sentence(
        "relax.gender",
        "{count} more clinician would fit if gender were left open.",
        "{count} more clinicians would fit if gender were left open.",
    ),
    sentence(
        "relax.capacity",
        "{count} more clinician would fit but has no free place now.",
        "{count} more clinicians would fit but have no free place now.",
    ),
    sentence(
        "relax.availability",
        "{count} more clinician would fit at a later date.",
        "{count} more clinicians would fit at a later date.",
    ),
)
"""How many one constraint alone leaves out."""
