"""The desk decides what a message, a command or a press means, and returns it as a value. It does nothing."""

from bot.desk.answers import Answer, Offer, Terms, another_account, answer, only_message_id
from bot.desk.clicks import ButtonValue, Click, click, command_click
from bot.desk.questions import LONGEST_PASTE, OUR_BLOCKS, Me, Question, is_ours, question, shortcut_question
from bot.desk.retries import Ask, Refusal, Send, claim_of, retry

__all__ = [
    "LONGEST_PASTE",
    "OUR_BLOCKS",
    "Answer",
    "Ask",
    "ButtonValue",
    "Click",
    "Me",
    "Offer",
    "Question",
    "Refusal",
    "Send",
    "Terms",
    "another_account",
    "answer",
    "claim_of",
    "click",
    "command_click",
    "is_ours",
    "only_message_id",
    "question",
    "retry",
    "shortcut_question",
]
