"""Which accounts `/waerror account` asks about."""

from bot.accounts import Accounts


def accounts_asked(accounts: Accounts, channel: str, name: str) -> tuple[str, tuple[str, ...]]:
    """What to say at once (not escaped), and the names of those to ask: the named, the channel's own, else all."""
    names = tuple(account.name for account in accounts.all)
    if not names:
        return "This bot has no WaConnect account: set WACONNECT_API_KEY, or name accounts in waerror.toml.", ()
    if name and name not in names:
        return f"I know no account {name[:40]}. There are: {', '.join(names)}.", ()
    own = accounts.own_of_channel(channel)
    asked = (name,) if name else (own.name,) if own else names
    return f"Asking WaConnect about {', '.join(asked)} …", asked
