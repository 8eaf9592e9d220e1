"""What other systems post to us, read into one shape. Pure: bytes and headers in, values out; it asks nobody.

A source is a module with one `read` function and a row in `sources`: how it proves that it is itself, and how its words
are read. What comes here is hostile until it is proven, and clumsy after that: a field that is missing or odd is empty,
and only what cannot be an alert at all is refused, by its place in the batch.
"""

from bot.intake.values import Arrived, Bad, Malformed, Post, Read

__all__ = ["Arrived", "Bad", "Malformed", "Post", "Read"]
