"""Brings envelopes to the app and sends events again that it does not acknowledge.

Kept: each envelope goes to one connection; events wait while nobody is connected; an interaction that nobody
takes within the time Slack allows is lost. Nothing is sent while the lock is held, so a stuck reader stops
nobody but itself.
"""

import heapq
import json
import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import count
from time import monotonic
from typing import Protocol
from uuid import uuid4

from bot.standin.values import Ack, Envelope, Json, Patience

Deliver = Callable[[Envelope], Ack]
Effect = Callable[[Json], str | None]
LOG = logging.getLogger(__name__)
MAX_LINKS = 10  # Slack refuses the eleventh Socket Mode connection


class Link(Protocol):
    """One Socket Mode connection, seen from here. `send` says whether the line still held."""

    def send(self, text: str) -> bool: ...

    def fall_silent(self) -> None: ...

    def close(self) -> None: ...


def framed(envelope: Envelope) -> str:
    fields = {name: getattr(envelope, name) for name in Envelope.__slots__}  # `asdict` would copy the payload
    if envelope.type != "events_api":
        del fields["retry_attempt"], fields["retry_reason"]
    else:
        fields |= {"retry_attempt": envelope.retry_attempt or 0, "retry_reason": envelope.retry_reason or ""}
    return json.dumps(fields)


class Courier:
    def __init__(self, changed: threading.Condition, patience: Callable[[], Patience]) -> None:
        self.changed = changed
        self.patience = patience
        self.deliver: Deliver | None = None
        self.sent: list[Envelope] = []
        self.acks: dict[str, Ack] = {}
        self.links: deque[Link] = deque()
        self._effects: dict[str, Effect] = {}
        self._waiting: deque[Envelope] = deque()
        self._open: dict[str, float] = {}
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._jobs: list[Callable[[], None]] = []
        self._tie = count()
        self._thread: threading.Thread | None = None
        self._pool: ThreadPoolExecutor | None = None
        self._closed = False
        self.stays_silent = False

    def post(self, envelope: Envelope, effect: Effect | None = None) -> None:
        """`effect` is what the acknowledgement brings about; it returns what is wrong with the answer."""
        with self.changed:
            if effect:
                self._effects[envelope.envelope_id] = effect
            self._waiting.append(envelope)
            if envelope.type != "events_api":
                self._later(self.patience().ack, partial(self._give_up, envelope))
            self._wake()

    def acknowledge(self, envelope_id: str, payload: Json | None) -> None:
        """An acknowledgement that is late, or the second for one envelope, counts for nothing."""
        with self.changed:
            sent = self._open.pop(envelope_id, None)
            if sent is not None:
                effect = self._effects.pop(envelope_id, None)
                error = effect(payload or {}) if effect else None
                self.acks[envelope_id] = Ack(True, payload, monotonic() - sent, error)
                self.changed.notify_all()

    def answer_to(self, envelope_id: str) -> Ack:
        """Wait for the acknowledgement. The second of slack is for the courier, who notices a time-out."""
        with self.changed:
            self.changed.wait_for(lambda: envelope_id in self.acks, self.patience().ack + 1)
            return self.acks.get(envelope_id, Ack(False, error="operation_timeout"))

    @property
    def idle(self) -> bool:
        with self.changed:
            return not self._waiting and not self._open

    def give_up_events(self) -> int:
        """Events that nobody took within hours: Slack stops trying. How many."""
        with self.changed:
            kept = [envelope for envelope in self._waiting if envelope.type != "events_api"]
            lost = len(self._waiting) - len(kept)
            self._waiting = deque(kept)
            self.changed.notify_all()
            return lost

    def connect(self, link: Link) -> bool:
        with self.changed:
            if len(self.links) >= MAX_LINKS:
                return False
            self.links.append(link)
            self._wake()
            return True

    def disconnect(self, link: Link) -> None:
        with self.changed:
            if link in self.links:
                self.links.remove(link)
                self.changed.notify_all()

    def refresh(self, reason: str) -> None:
        """Ask every connection to be replaced: no more events go to it, and it is closed a little later."""
        notice = {"type": "disconnect", "reason": reason, "debug_info": {"host": "standin"}}
        with self.changed:
            for link in self.links:
                self._jobs.append(partial(_say, link, json.dumps(notice)))
                self._later(self.patience().close_after_refresh, partial(self._jobs.append, link.close))
            self.links.clear()
            self._wake()

    def fall_silent(self, stay: bool = False) -> None:
        """Nothing comes over the open connections any more, nor, with `stay`, over those that are opened later."""
        with self.changed:
            self.stays_silent = stay
            for link in self.links:
                link.fall_silent()

    def drop(self) -> None:
        """Close every connection without notice; returns when the clients have noticed."""
        with self.changed:
            links = list(self.links)
            self.links.clear()
            self.changed.notify_all()
        for link in links:
            link.close()

    def close(self) -> None:
        with self.changed:
            self._closed = True
            self.changed.notify_all()
        if self._thread and self._thread is not threading.current_thread():
            self._thread.join()
        if self._pool:
            self._pool.shutdown(wait=False, cancel_futures=True)

    def _wake(self) -> None:
        if self._thread is None and not self._closed:
            self._thread = threading.Thread(target=self._run, name="standin-courier", daemon=True)
            self._thread.start()
        self.changed.notify_all()

    def _later(self, seconds: float, do: Callable[[], None]) -> None:
        heapq.heappush(self._due, (monotonic() + seconds, next(self._tie), do))

    def _run(self) -> None:
        while not self._closed:
            with self.changed:
                self._do_due()
                self._hand_out()
                jobs, self._jobs[:] = list(self._jobs), []
                if not jobs and not self._closed:
                    self.changed.wait(max(0, self._due[0][0] - monotonic()) if self._due else None)
            for job in jobs:
                job()

    def _do_due(self) -> None:
        while self._due and self._due[0][0] <= monotonic():
            heapq.heappop(self._due)[2]()

    def _hand_out(self) -> None:
        while self._waiting and (self.deliver or self.links):
            envelope = self._waiting.popleft()
            now = monotonic()
            self._open[envelope.envelope_id] = now
            self.sent.append(envelope)
            self._later(self.patience().ack, partial(self._expire, envelope, now))
            if self.deliver:
                self._jobs.append(partial(self._submit, self.deliver, envelope))
            else:
                self._jobs.append(partial(self._send, self.links[0], envelope))
                self.links.rotate(-1)

    def _send(self, link: Link, envelope: Envelope) -> None:
        if link.send(framed(envelope)):
            return
        self.disconnect(link)
        with self.changed:
            if self._open.pop(envelope.envelope_id, None) is not None:
                self._waiting.appendleft(envelope)

    def _submit(self, deliver: Deliver, envelope: Envelope) -> None:
        self._pool = self._pool or ThreadPoolExecutor(max_workers=10, thread_name_prefix="standin-deliver")
        self._pool.submit(self._hand_over, deliver, envelope).add_done_callback(_report)

    def _hand_over(self, deliver: Deliver, envelope: Envelope) -> None:
        ack = deliver(envelope)
        with self.changed:
            if ack.acknowledged:
                self.acknowledge(envelope.envelope_id, ack.payload)
            elif (sent := self._open.get(envelope.envelope_id)) is not None:
                self._expire(envelope, sent, ack.error or "timeout")

    def _give_up(self, envelope: Envelope) -> None:
        if envelope in self._waiting:
            self._waiting.remove(envelope)
            self._refuse(envelope)

    def _expire(self, envelope: Envelope, sent: float, reason: str = "timeout") -> None:
        if self._open.get(envelope.envelope_id) != sent:
            return
        del self._open[envelope.envelope_id]
        attempt = envelope.retry_attempt or 0
        if envelope.type == "events_api" and attempt < len(self.patience().redeliver_after):
            again, pause = retried(envelope, attempt + 1, reason), self.patience().redeliver_after[attempt]
            if pause:
                self._later(pause, partial(self._waiting.append, again))
            else:  # at no moment is it neither open nor waiting
                self._waiting.append(again)
        self._refuse(envelope)

    def _refuse(self, envelope: Envelope) -> None:
        self._effects.pop(envelope.envelope_id, None)
        self.acks[envelope.envelope_id] = Ack(False, error="operation_timeout")
        self.changed.notify_all()


def retried(envelope: Envelope, attempt: int, reason: str) -> Envelope:
    """The same event once more: its event_id stays, the envelope is a new one."""
    return replace(envelope, envelope_id=str(uuid4()), retry_attempt=attempt, retry_reason=reason)


def _say(link: Link, text: str) -> None:
    link.send(text)


def _report(done: Future[None]) -> None:
    """An exception out of the app's dispatch would vanish with its thread; the event is then not acknowledged."""
    if not done.cancelled() and (error := done.exception()):
        LOG.error("the app raised instead of answering", exc_info=error)
