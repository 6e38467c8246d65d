"""Codes to sentences: what triage found, what has to be done, and where help is.

What a finding rests on is told to staff alone: a patient reads what happens next, never a flag or an
answer. No sentence relies on somebody's call where help is needed at once.
"""

from data.messages import Wording, safety_sentence

BANNERS = Wording.of(
    safety_sentence(
        "safety_amber",
        "Someone at the clinic is asked to look at your request. Help is there at any hour.",
    ),
    safety_sentence(
        "safety_amber.staff", "A clinician has to look at this request before it goes on."
    ),
    safety_sentence(
        "safety_red",
        "You matter, and you do not have to be alone with this. Please get help now.",
    ),
    safety_sentence(
        "safety_red.clinician",
        "Contact the person now; nobody is ranked and nothing is suggested.",
    ),
    safety_sentence(
        "safety_red.operator",
        "Bring a clinician in now; nobody is ranked and nothing is suggested.",
    ),
)
"""The sentence over an answer that is not green."""

ACTIONS = Wording.of(
    safety_sentence(
        "contact_person_now",
        "The clinic is asked to call you now. If you need help, do not wait for the call.",
    ),
    safety_sentence("contact_person_now.clinician", "Contact the person now."),
    safety_sentence(
        "contact_person_now.operator",
        "Have a clinician contact the person now, and stay on it until one has.",
    ),
    safety_sentence(
        "give_crisis_resources", "You can reach help at any hour through the lines listed here."
    ),
    safety_sentence(
        "give_crisis_resources.staff", "Give the crisis lines of where the person is."
    ),
    safety_sentence("do_not_rank.staff", "Offer no list; a human being takes over."),
    safety_sentence(
        "same_week_review", "A clinician is asked to look at your request this week."
    ),
    safety_sentence("same_week_review.clinician", "Review the request within the week."),
    safety_sentence(
        "same_week_review.operator", "Have a clinician review the request within the week."
    ),
    safety_sentence(
        "human_review", "Someone at the clinic is asked to look at your request first."
    ),
    safety_sentence(
        "human_review.staff", "A human being looks at the request before it goes on."
    ),
    safety_sentence(
        "request_cssrs", "The clinic may ask you a few short questions about your safety."
    ),
    safety_sentence("request_cssrs.clinician", "Ask the Columbia screener (C-SSRS)."),
    safety_sentence(
        "request_cssrs.operator", "Have a clinician ask the Columbia screener (C-SSRS)."
    ),
    safety_sentence(
        "clinician_first", "Please see a clinician before you start a program on your own."
    ),
    safety_sentence(
        "clinician_first.staff", "A clinician is seen before any self-guided program."
    ),
    safety_sentence(
        "prescriber_review",
        "Someone who may prescribe medicine is asked to look at your request.",
    ),
    safety_sentence(
        "prescriber_review.staff", "Somebody who may prescribe looks at the request."
    ),
    safety_sentence("read_free_text", "Someone at the clinic is asked to read what you wrote."),
    safety_sentence("read_free_text.staff", "A human being reads what the person wrote."),
    safety_sentence(
        "review_rematch", "Someone at the clinic is asked to look at why you want someone else."
    ),
    safety_sentence("review_rematch.staff", "Somebody looks at why the person left."),
)
"""What somebody has to do now, and what the patient is told of it."""

FINDINGS = Wording.of(
    safety_sentence("cssrs_high.staff", "The C-SSRS is high."),
    safety_sentence("cssrs_moderate.staff", "The C-SSRS is moderate."),
    safety_sentence("cssrs_low.staff", "The C-SSRS is low."),
    safety_sentence("cssrs_unreadable.staff", "The C-SSRS level cannot be read."),
    safety_sentence("violence_risk.staff", "A risk of violence was named."),
    safety_sentence("psychosis.staff", "Psychosis was named."),
    safety_sentence("mania.staff", "Mania was named."),
    safety_sentence("substance_withdrawal.staff", "Withdrawal from a substance was named."),
    safety_sentence("phq9_item9.staff", "PHQ-9 item 9 (thoughts of death) is above zero."),
    safety_sentence(
        "score_out_of_range.staff", "A score is outside its questionnaire's range."
    ),
    safety_sentence("phq9_severe.staff", "The PHQ-9 is in the severe range."),
    safety_sentence("gad7_severe.staff", "The GAD-7 is in the severe range."),
    safety_sentence("wsas_severe.staff", "The WSAS is in the severe range."),
    safety_sentence("pcl5_cut.staff", "The PCL-5 is at its cut or above."),
    safety_sentence("trauma.staff", "The concerns speak of trauma."),
    safety_sentence(
        "psychosis_mania_history.staff", "The concerns speak of psychosis or mania."
    ),
    safety_sentence("bipolar.staff", "The concerns speak of bipolar disorder."),
    safety_sentence("eating_disorder.staff", "The concerns speak of an eating disorder."),
    safety_sentence("substance.staff", "The concerns speak of substance use."),
    safety_sentence("panic.staff", "The concerns speak of panic."),
    safety_sentence("perinatal.staff", "The request is from around pregnancy and birth."),
    safety_sentence("seizure.staff", "The concerns speak of seizures."),
    safety_sentence("minor.staff", "The person is a minor."),
    safety_sentence("medication_question.staff", "There is a question about medication."),
    safety_sentence("text_suicide.staff", "The text may speak of suicide."),
    safety_sentence("text_self_harm.staff", "The text may speak of self-harm."),
    safety_sentence("text_harm_to_others.staff", "The text may speak of harm to others."),
    safety_sentence("text_abuse.staff", "The text may speak of abuse."),
    safety_sentence("text_psychosis.staff", "The text may speak of psychosis."),
    safety_sentence("text_medical.staff", "The text may speak of a medical emergency."),
    safety_sentence("free_text_unscreened.staff", "Nobody has read the text yet."),
    safety_sentence(
        "free_text_read_by_tripwire.staff", "Phrase tables found nothing in the text."
    ),
    safety_sentence(
        "tripwire_supplements_screen.staff",
        "What phrase tables find or miss replaces neither the screen nor a reader.",
    ),
    safety_sentence("triage_error.staff", "Triage failed on a part of the request."),
    safety_sentence("rematch_concern.staff", "The person left for a reason to look into."),
)
"""Why the tier is what it is; for staff alone."""

RESOURCE_WORDS = Wording.of(
    safety_sentence("resource.emergency", "Emergency services"),
    safety_sentence("resource.call", "Call {number}"),
    safety_sentence("resource.call_or_text", "Call or text {number}"),
    safety_sentence("resource.call_text_or_chat", "Call or text {number}, or chat at {site}"),
    safety_sentence("resource.call_and_choose", "Call {number} and choose option {option}"),
    safety_sentence("resource.call_either", "Call {number} or {other}"),
    safety_sentence("resource.text_word", "Text {word} to {number}"),
    safety_sentence("resource.call_local", "Call your local emergency number"),
)
"""How to reach a crisis line; numbers, addresses and proper names are data."""
