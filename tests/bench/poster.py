"""`python -m tests.bench.poster URL SECRET RATE SECONDS CONNECTIONS`: posts alerts by the clock; prints what it saw.

A process of its own, so that its work is not taken for the bot's. A request that is due is sent as soon as a connection
is free, and its time counts from when it was due: a slow answer must not make the next ones look quick.
"""

import json
import random
import sys
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import urlsplit

_ERRORS = (
    "(#131047) Re-engagement message",
    "(#131026) Message undeliverable",
    "(#130429) Rate limit hit",
    "(#132001) Template name does not exist in the translation",
    "(#131053) Media upload error",
)


def body(number: int) -> bytes:
    """An alert like those of a service that sends messages."""
    dice = random.Random(number)  # noqa: S311 - the same each time
    said = {"to": f"15550{dice.randrange(10**6):06}", "error": f"WhatsApp: {dice.choice(_ERRORS)}"}
    title = f"worker-{dice.randrange(40)}: send failed"
    return json.dumps({"id": f"{time.time_ns()}-{number}", "title": title, "service": "notify", **said}).encode()


def main(url: str, secret: str, rate: float, seconds: float, connections: int) -> None:
    spent: list[float] = []
    refused: list[int] = []
    began = time.monotonic()
    lock, due = threading.Lock(), _due(began, rate, seconds)

    def work() -> None:
        where = urlsplit(url)
        connection = HTTPConnection(where.hostname or "", where.port, timeout=30)
        headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
        while True:
            with lock:
                number, at = next(due, (0, 0.0))
            if not number:
                return
            time.sleep(max(0.0, at - time.monotonic()))
            start = at if rate else time.monotonic()
            connection.request("POST", where.path, body(number), headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status == 200:
                spent.append(1000 * (time.monotonic() - start))
            else:
                refused.append(answer.status)

    threads = [threading.Thread(target=work) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps({"seconds": time.monotonic() - began, "spent": spent, "refused": len(refused)}))  # noqa: T201


def _due(began: float, rate: float, seconds: float) -> Iterator[tuple[int, float]]:
    """Number and time of each request."""
    number = 0
    while True:
        number += 1
        at = began + number / rate if rate else time.monotonic()
        if at > began + seconds:
            return
        yield number, at


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), float(sys.argv[4]), int(sys.argv[5]))
