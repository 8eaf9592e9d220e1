"""`waerror sandbox`: a WaConnect on this machine, with faults that can be switched on."""

import click

from bot.waconnect.sandbox import run


@click.command(epilog="Exit codes: 0 stopped, 1 the port cannot be used, 2 wrong use.")
@click.option("--port", type=click.IntRange(0, 65_535), default=8080, show_default=True, help="0 takes a free one.")
def command(port: int) -> None:
    """Serve a stand-in of WaConnect's API on 127.0.0.1 until Ctrl-C.

    Faults, the ledger of what was sent and the account's state are under /_sandbox/.
    """
    try:
        run(port)
    except OSError as error:
        raise click.ClickException(f"port {port} cannot be used: {error.strerror or error}") from error
