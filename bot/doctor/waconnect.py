"""Each account of WaConnect, asked the same harmless question as *Re-check account* asks."""

from collections.abc import Iterator

from bot.accounts import Account
from bot.accounts.loading import AccountsError
from bot.desk.findings import Finding, broken, doubtful, good
from bot.diagnosis.masking import mask
from bot.doctor.patient import Patient
from bot.waconnect.client import Probe, WaConnect

_TO_DO = {
    "key_invalid": "Ask WaConnect's administrator for the API key of account {name}.",
    "account_disabled": "Ask WaConnect's administrator to reactivate account {name}.",
    "refused": "Look at what stands at {url}: a proxy or a firewall may answer in WaConnect's place.",
    "unreachable": "Let this machine reach {url}: look at the network, a proxy and WACONNECT_BASE_URL.",
}
_SAYS = {
    "key_invalid": "WaConnect does not know the key",
    "account_disabled": "the account was deactivated",
    "refused": "WaConnect answered, but not as expected",
    "unreachable": "no answer from WaConnect",
}
_SLOW = 5.0


def look(patient: Patient) -> Iterator[Finding]:
    try:
        accounts = patient.accounts.all
    except AccountsError as error:
        for fault in error.faults:
            yield broken(f"waerror.toml: {fault}", "Correct waerror.toml; docs/setup.md shows one.")
        return
    if not accounts:
        says = "no WaConnect account: the bot explains, and shows no buttons"
        yield doubtful(says, "Set WACONNECT_API_KEY, if the bot is to act as well.")
    for account in accounts:
        yield _judged(account, patient.settings.waconnect_timeout_seconds)


def _judged(account: Account, seconds: float) -> Finding:
    try:
        with WaConnect(account.base_url, account.api_key.get_secret_value(), timeout_seconds=seconds) as client:
            probe = client.probe()
    except ValueError as error:
        do = f"Correct the key or the address of account {account.name}."
        return broken(f"{account.name}: {error}", do)
    if probe.outcome != "good":
        return _broken(account, probe)
    took = f"{account.name}: key valid, account active, answered in {probe.seconds * 1000:.0f} ms"
    if probe.seconds < _SLOW:
        return good(took)
    return doubtful(took, "Look at the way to WaConnect: its answers take seconds.")


def _broken(account: Account, probe: Probe) -> Finding:
    does = _TO_DO[probe.outcome].format(name=account.name, url=account.base_url)
    return broken(f"{account.name}: {_SAYS[probe.outcome]} ({mask(probe.detail)[:120]})", does)
