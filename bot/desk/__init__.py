"""The desk decides what a message, a command or a press means, and returns it as a value. It does nothing."""

from bot.desk.alerts import Affected, Alert, Cause, alert, quotes_us
from bot.desk.alternatives import alternatives
from bot.desk.answers import Answer, Offer, Terms, another_account, answer, only_message_id, warm_up
from bot.desk.clicks import ButtonValue, Click, carried, click, command_click, submission
from bot.desk.questions import LONGEST_PASTE, OUR_BLOCKS, Me, Question, edited, is_ours, question, shortcut_question
from bot.desk.retries import Ask, Refusal, Send, asked, claim_of, due_at, retry, sending

__all__ = [
    "LONGEST_PASTE",
    "OUR_BLOCKS",
    "Affected",
    "Alert",
    "Answer",
    "Ask",
    "ButtonValue",
    "Cause",
    "Click",
    "Me",
    "Offer",
    "Question",
    "Refusal",
    "Send",
    "Terms",
    "alert",
    "alternatives",
    "another_account",
    "answer",
    "asked",
    "carried",
    "claim_of",
    "click",
    "command_click",
    "due_at",
    "edited",
    "is_ours",
    "only_message_id",
    "question",
    "quotes_us",
    "retry",
    "sending",
    "shortcut_question",
    "submission",
    "warm_up",
]
