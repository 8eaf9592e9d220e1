"""A port that is known before somebody listens there."""

import random
import socket

# Below those that systems hand out by themselves (Linux from 32,768 on, others from 49,152 on): who asks for any port,
# or calls somebody, is not given one of these meanwhile.
KEPT = range(20_000, 32_000)


def free_port() -> int:
    """One of loopback that nobody has now, and that nobody is given by chance."""
    for port in random.sample(KEPT, len(KEPT)):
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return port
    raise OSError(f"every port of {KEPT} is taken")
