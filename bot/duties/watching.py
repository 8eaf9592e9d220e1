"""How a channel is read: what was said in it overrules the settings."""

from bot.settings import Settings
from bot.store import Store, Watch


def watch_of(settings: Settings, store: Store, team: str, channel: str) -> Watch:
    usual: Watch = "channel" if settings.waerror_broadcast else "on"
    said = store.channels.watch(team, channel)
    return said or (usual if channel in settings.waerror_alert_channels else "off")
