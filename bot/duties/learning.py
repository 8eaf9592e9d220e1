"""A card is drawn again when people wrote into its margins; where it cannot be edited, the margins are shown alone."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from dbos import DBOS, DBOSConfiguredInstance, SetWorkflowID

from bot import desk
from bot.desk import Click, Terms
from bot.duties.margins import margins
from bot.duties.patience import NOT_SHOWN, PATIENT
from bot.knowledge import Knowledge
from bot.store import Store
from bot.telemetry import trouble
from bot.thread import Place, Thread
from bot.views import card as view
from bot.views.margins import alone, summary


@DBOS.dbos_class()
class Learning(DBOSConfiguredInstance):
    """Corrections and notes, shown where the card stands."""

    def __init__(
        self, store: Store, knowledge: Knowledge, thread: Thread, terms: Terms, wake: Callable[[], None]
    ) -> None:
        super().__init__("learning")
        self._store = store
        self._knowledge = knowledge
        self._thread = thread
        self._terms = terms
        self._wake = wake

    def begin_redraw(self, click: Click) -> None:
        """Show the card of this click as it is now."""
        with SetWorkflowID(f"redraw:{click.id}"):
            DBOS.start_workflow(self.redraw, asdict(click))

    @DBOS.workflow()
    def redraw(self, clicked: dict[str, Any]) -> None:
        try:
            self.redraw_once(clicked)
        except NOT_SHOWN as error:
            trouble("card.not_redrawn", error=str(error))

    @DBOS.step(**PATIENT)
    def redraw_once(self, clicked: dict[str, Any]) -> None:
        click = Click(**clicked)
        card = self._store.cards.find(click.card, click.team)
        if card is None:
            return
        if self._store.incidents.touch(card.id):  # an incident's card is drawn by who draws incidents
            self._wake()
            return
        thread = self._thread.of(click.team)
        with thread.alone(card.id, "card"):  # two at once could show the older state last
            terms = self._terms.of(click.team).at(card.account)
            given = desk.answer(card.text, card.mode, self._knowledge, terms.can_act, terms)
            beside = margins(self._store, self._knowledge, click.team, card.id, given.diagnosis.best)
            stands = self._store.cards.standing(card.id, "card")
            if stands:
                place = Place(stands.channel, stands.thread)
                blocks = view.card(given, card.id, margins=beside)
                thread.show(card.id, "card", place, blocks, summary(beside, view.summary(given)))
            elif click.response_url:
                thread.respond(click.response_url, alone(beside, card.id), "Noted.")
            else:  # an answer that was shared: Slack did not say where it stands
                place = Place(click.channel, click.thread, click.user)
                thread.show(card.id, "margin", place, alone(beside, card.id), "Noted.")
