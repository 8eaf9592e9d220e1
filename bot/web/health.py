"""`/healthz` says that the process is alive and serves; it asks nobody, so that nothing outside can have it killed."""

from flask import Blueprint

from bot.house import House


def routes(house: House) -> Blueprint:
    health = Blueprint("health", __name__)

    @health.get("/healthz")
    def alive() -> dict[str, str]:
        return {"status": "alive"}

    return health
