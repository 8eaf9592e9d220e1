"""The sandbox's control desk over HTTP, below `/_sandbox/`: what its Python methods do, as JSON."""

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Final, TypeVar

from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.waconnect.faults import FAULTS, Order
from bot.waconnect.ledger import Account, Ledger

PREFIX: Final = "/_sandbox"

Body = TypeVar("Body", bound=BaseModel)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AccountChange(_Strict):
    """Changes one account; without a key, the first one."""

    key: str | None = None
    enabled: bool | None = None
    revoked: bool = False


class Advance(_Strict):
    """Sets the sandbox's clock forward."""

    seconds: float = Field(ge=0)


class Incoming(_Strict):
    """Somebody writes to an account; without a key, to the first one."""

    sender: str = Field(alias="from")
    text: str = ""
    key: str | None = None


def create_control(ledger: Ledger) -> Flask:
    """The control desk as a Flask application."""
    control = Flask("waconnect-sandbox-control")
    control.register_error_handler(ValidationError, _refused)

    def rule(path: str, method: str, view: Callable[[Ledger], ResponseReturnValue]) -> None:
        control.add_url_rule(
            PREFIX + path, f"{method} {path}".replace(".", "_"), lambda: view(ledger), methods=[method]
        )

    rule("/faults", "GET", _show_faults)
    rule("/faults", "POST", _order_fault)
    rule("/faults", "DELETE", _clear_faults)
    rule("/ledger", "GET", _show_ledger)
    rule("/account", "POST", _change_account)
    rule("/advance", "POST", _advance)
    rule("/inbox", "POST", _write)
    return control


def change_account(ledger: Ledger, change: AccountChange) -> None:
    """Switches an account on or off, or revokes its key. An unknown key gets a new account."""
    key = change.key or ledger.keys[0]
    account = ledger.account(key) or Account()
    if change.enabled is not None:
        account = replace(account, enabled=change.enabled)
    ledger.set_account(key, None if change.revoked else account)


def write(ledger: Ledger, incoming: Incoming) -> str:
    """Puts a message into an inbox; gives its id."""
    key = incoming.key or ledger.keys[0]
    account = ledger.account(key) or Account()
    return ledger.add_received(incoming.sender, incoming.text, key, account.phone_number_ids[0]).id


def _body(model: type[Body]) -> Body:
    return model.model_validate(request.get_json(silent=True))


def _refused(error: ValidationError) -> ResponseReturnValue:
    wrong = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
    return jsonify(wrong=wrong), 400


def _show_faults(ledger: Ledger) -> ResponseReturnValue:
    return jsonify(ordered=[order.model_dump() for order in ledger.orders], known=list(FAULTS))


def _order_fault(ledger: Ledger) -> ResponseReturnValue:
    ledger.order(_body(Order))
    return _show_faults(ledger)


def _clear_faults(ledger: Ledger) -> ResponseReturnValue:
    ledger.clear_orders()
    return _show_faults(ledger)


def _show_ledger(ledger: Ledger) -> ResponseReturnValue:
    return jsonify(sent=[asdict(one) for one in ledger.sent], calls=[asdict(one) for one in ledger.calls])


def _change_account(ledger: Ledger) -> ResponseReturnValue:
    change_account(ledger, _body(AccountChange))
    return jsonify(keys=list(ledger.keys))


def _advance(ledger: Ledger) -> ResponseReturnValue:
    ledger.advance(_body(Advance).seconds)
    return jsonify(now=ledger.now())


def _write(ledger: Ledger) -> ResponseReturnValue:
    return jsonify(messageId=write(ledger, _body(Incoming)))
