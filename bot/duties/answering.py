"""A question is answered once: explained in its thread, or left in silence, and closed."""

import hashlib

from dbos import DBOS, DBOSConfiguredInstance, SetWorkflowID

from bot import desk
from bot.desk import LONGEST_PASTE, Question, Terms
from bot.duties.checking import Checking
from bot.duties.margins import margins
from bot.duties.patience import NOT_SHOWN, PATIENT
from bot.duties.triage import Triage
from bot.knowledge import Knowledge
from bot.slack_errors import CannotPost
from bot.store import Deed, Store, Watch
from bot.telemetry import count, diagnosed, report, trouble
from bot.thread import Place, Thread
from bot.views import card as view
from bot.views.blocks import Blocks
from bot.views.help import usage


@DBOS.dbos_class()
class Answering(DBOSConfiguredInstance):
    """Turns questions into cards."""

    def __init__(
        self,
        store: Store,
        knowledge: Knowledge,
        thread: Thread,
        checking: Checking,
        triage: Triage,
        terms: Terms,
    ) -> None:
        super().__init__("answering")
        self._store = store
        self._knowledge = knowledge
        self._thread = thread
        self._checking = checking
        self._triage = triage
        self._terms = terms

    def begin(self, question: Question, watch: Watch | None = None) -> None:
        """An alert is counted at once; what else is asked is kept, and answered in the background, once.

        It returns when nothing that happens to this process can lose the question.
        """
        if question.mode == "alert" and not question.snippets:
            self._triage.see(question, question.text, watch)
        elif self._store.questions.keep(question):
            self._start(question.key)
        else:
            count("event.repeated", kind="question")

    def resume(self) -> None:
        for key in self._store.questions.open():
            self._start(key)

    def _start(self, key: str) -> None:
        with SetWorkflowID(f"answer:{key}"):
            DBOS.start_workflow(self.answer, key)

    @DBOS.workflow()
    def answer(self, key: str) -> None:
        try:
            self.answer_once(key)
        except NOT_SHOWN as error:
            self._store.questions.close(key)
            trouble("question.not_answered", error=str(error), kind=type(error).__name__)

    @DBOS.step(**PATIENT)
    def answer_once(self, key: str) -> None:
        question = self._store.questions.find(key)
        if question is None:
            return
        text = self._text(question)
        self._reply(question, text)
        self._store.questions.close(key)

    def _text(self, question: Question) -> str:
        """All that was asked: of a shared text file the message itself has only the beginning."""
        thread = self._thread.of(question.team)
        text = question.text or thread.root_text(question.channel, question.thread)
        known = set(text.splitlines())
        lines = (line for file in question.snippets for line in thread.snippet(file).splitlines())
        return "\n".join([text, *(line for line in lines if line not in known)])[:LONGEST_PASTE]

    def _reply(self, question: Question, text: str) -> None:
        card_id = hashlib.sha256(question.key.encode()).hexdigest()[:24]  # the same after a crash
        terms = self._terms.of(question.team)
        home = terms.home_of(question.channel)
        message_id = desk.only_message_id(text) if terms.can_act and question.mode == "ask" else None
        if message_id:
            asked = Deed(question.team, question.user or "", "status", account=home, channel=question.channel)
            self._store.audit.note(asked, once=f"status/{question.key}")
            blocks, summary = self._checking.read_status(message_id, card_id, home)
            self._post(question, card_id, blocks, summary)
            return
        if question.mode == "alert":  # one whose shared file had to be read first
            self._triage.see(question, text)
            return
        given = desk.answer(text, question.mode, self._knowledge, terms.can_act, terms.at(home))
        self._store.cards.keep(card_id, question.team, text, question.mode, home)
        best = given.diagnosis.best
        diagnosed(question.mode, best)
        beside = margins(self._store, self._knowledge, question.team, card_id, best)
        blocks = view.card(given, card_id, margins=beside) if text.strip() else usage()
        self._post(question, card_id, blocks, view.summary(given))
        if best is None and text.strip():  # after it was posted: a step that is repeated must not count twice
            self._store.queue.add(question.team, text, "unmatched")
        report(
            "question.answered",
            mode=question.mode,
            entry=best.entry.id if best else None,
            channel=question.channel,
        )

    def _post(self, question: Question, card_id: str, blocks: Blocks, text: str) -> None:
        try:
            self._thread.of(question.team).show(card_id, "card", Place(question.channel, question.thread), blocks, text)
        except CannotPost as error:
            if not error.not_here or question.response_url is None:
                raise
            # A shortcut works in channels that we are not in: the person alone sees the answer.
            self._thread.respond(question.response_url, blocks, text)
