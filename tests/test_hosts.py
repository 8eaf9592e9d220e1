"""A media address must be one that WhatsApp's servers can reach; it is judged by its text and never fetched."""

import pytest

from bot.waconnect import hosts


@pytest.mark.parametrize(
    "address",
    [
        "https://example.com/a.png",
        "http://EXAMPLE.com:8080/a?b=c#d",
        "https://cdn.example.co.uk/ä.png",
        "https://8.8.8.8/a.png",
        "https://[2606:4700::1111]/a.png",
        "https://xn--bcher-kva.example/a",
    ],
)
def test_a_public_address_is_taken(address: str) -> None:
    """By name or by number."""
    assert hosts.trouble(address) is None


@pytest.mark.parametrize(
    "address",
    [
        "http://localhost/a", "http://localhost:8000/a", "http://files.local/a", "http://wiki.internal/a", "http://nas/a",
        "http://127.0.0.1/a", "http://127.1/a", "http://2130706433/a", "http://0x7f.0.0.1/a", "http://0177.0.0.1/a",
        "http://10.1.2.3/a", "http://172.16.0.1/a", "http://192.168.1.1/a", "http://169.254.169.254/latest", "http://[::1]/a",
        "http://[fd00::1]/a", "http://[::ffff:10.0.0.1]/a", "http://user:pw@10.0.0.1/a", "http://localhost./a",
    ],
)  # fmt: skip
def test_a_private_one_is_refused(address: str) -> None:
    """However it is written."""
    assert hosts.trouble(address) == hosts.NOT_PUBLIC


@pytest.mark.parametrize(
    "value",
    [
        None, 1, "", "a.png", "/a.png", "ftp://example.com/a", "https://", "https:///a", "https://exa mple.com/a",
        "http://[::1/a", "http://example.com:x/a", "javascript:1",
    ],
)  # fmt: skip
def test_what_is_no_web_address_is_refused(value: object) -> None:
    """In other words than a private one."""
    assert hosts.trouble(value) == hosts.NOT_WEB
