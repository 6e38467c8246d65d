"""Codes to sentences: reasons, cautions and notes of a match.

A patient is spoken to; staff are told about the patient. No sentence promises an outcome, blames
anybody, or tells a patient how one clinician's patients fare.
"""

from data.messages import Wording, safety_sentence, sentence

MATCHING = Wording.of(
    sentence("licensed_and_in_network", "Licensed where you are and in your plan's network."),
    sentence(
        "licensed_and_in_network.staff",
        "Licensed where the patient is and in network with the payer.",
    ),
    sentence(
        "licensed_and_self_pay",
        "Licensed where you are; you would pay for your visits yourself.",
    ),
    sentence(
        "licensed_and_self_pay.staff",
        "Licensed where the patient is; the patient would pay without a payer.",
    ),
    sentence(
        "self_pay_fee",
        "Licensed where you are; you would pay for your visits yourself: {fee} each.",
    ),
    sentence(
        "self_pay_fee.staff",
        "Licensed where the patient is; the patient would pay {fee} a visit without a payer.",
    ),
    sentence("baseline", "What a first visit here is worth to you on average."),
    sentence(
        "baseline.staff",
        "What a first appointment with an average clinician is worth to this patient.",
    ),
    sentence(
        "specialty_top", "Your main concern is one of the main things this person treats."
    ),
    sentence(
        "specialty_top.staff", "The main concern is among the clinician's main specialties."
    ),
    sentence("specialty_also", "Treats your main concern among other things."),
    sentence("specialty_also.staff", "Treats the main concern, beside other main specialties."),
    sentence(
        "specialty_unlisted", "Your main concern is not on the list of what this person treats."
    ),
    sentence(
        "specialty_unlisted.staff", "The main concern is not among the listed specialties."
    ),
    sentence("specialty_not_asked", "No concern was named."),
    sentence("preferences_met", "Meets the wishes you named."),
    sentence("preferences_met.staff", "Meets the preferences the patient stated."),
    sentence("preferences_partly_met", "Meets some of the wishes you named."),
    sentence(
        "preferences_partly_met.staff", "Meets some of the preferences the patient stated."
    ),
    sentence("preferences_not_met", "Does not meet the wishes you named."),
    sentence("preferences_not_met.staff", "Does not meet the preferences the patient stated."),
    sentence("preferences_not_asked", "You named no wishes."),
    sentence("preferences_not_asked.staff", "The patient stated no preferences."),
    sentence("language_shared", "Speaks your language."),
    sentence("language_shared.staff", "Speaks the patient's language."),
    sentence("language_interpreter", "Works with an interpreter for your language."),
    sentence(
        "language_interpreter.staff", "Works with an interpreter for the patient's language."
    ),
    sentence("language_not_asked", "No language was named."),
    sentence(
        "track_record", "What this clinic learned from requests like yours was counted in."
    ),
    sentence(
        "track_record.staff", "Earlier courses with similar requests speak for this choice."
    ),
    sentence(
        "track_record_considered",
        "What this clinic learned from requests like yours was counted in.",
    ),
    sentence(
        "track_record_considered.staff",
        "Earlier courses with similar requests do not speak for this choice.",
    ),
    sentence("limited_evidence", "Too little is known so far to say more about this choice."),
    sentence("limited_evidence.staff", "Too few courses so far to say more about this choice."),
    sentence("in_care", "You are in care with this clinician."),
    sentence("in_care.staff", "The patient is in care with this clinician."),
    sentence("returning", "You have been in care with this clinician before."),
    sentence("returning.staff", "The patient has been in care with this clinician before."),
    sentence(
        "newcomer_chance",
        "Little is known here yet about this clinician, who gets a chance too.",
    ),
    sentence("capacity_price", "Many people ask for the few places here."),
    sentence(
        "capacity_price.staff", "Few places are left here for how many people ask for them."
    ),
    sentence("sooner", "Can see you sooner than is usual."),
    sentence("sooner.staff", "Can see the patient sooner than is usual."),
    sentence("usual_wait", "Can see you after about the usual wait."),
    sentence("usual_wait.staff", "Can see the patient after about the usual wait."),
    sentence("later", "Can see you later than is usual."),
    sentence("later.staff", "Can see the patient later than is usual."),
    sentence("interpreter_needed", "You would speak through an interpreter here."),
    sentence("interpreter_needed.staff", "An interpreter is needed."),
    sentence("long_wait", "The wait is longer than four weeks."),
    sentence("wait_unknown", "The first free visit is not known."),
    sentence("wait_unknown.staff", "The first free appointment is not known."),
    sentence("preference_not_met", "At least one wish you named is not met."),
    sentence("preference_not_met.staff", "At least one stated preference is not met."),
    sentence(
        "concern_unlisted", "Your main concern is not on the list of what this person treats."
    ),
    sentence("concern_unlisted.staff", "The main concern is not among the listed specialties."),
    safety_sentence("crisis", "A person comes first now, so there is no list."),
    safety_sentence("crisis.staff", "A person has to act now; nobody is ranked."),
    sentence(
        "nobody_eligible",
        "No one on the list fits all you need, so a person takes over from here.",
    ),
    sentence(
        "nobody_eligible.staff",
        "Nobody in the directory meets every requirement; a navigator has to help.",
    ),
    sentence(
        "no_opening", "All places that would fit are taken, so a person takes over from here."
    ),
    sentence(
        "no_opening.staff",
        "Every opening of those who may be offered is taken; a navigator has to help.",
    ),
    sentence(
        "directory_empty", "There is no one on the list yet, so a person takes over from here."
    ),
    sentence(
        "directory_empty.staff", "The directory holds no clinicians; a navigator has to help."
    ),
    sentence(
        "relaxing_helps", "Some people on the list fit all but one of the things you need."
    ),
    sentence(
        "relaxing_helps.staff", "Some clinicians miss one requirement that may be relaxed."
    ),
)
"""What is said of each match, and where there is none."""
