"""Serves the custom actions on loopback: `python -m bot.actions`."""

import os
import sys
import warnings
from urllib.parse import urlsplit

from rasa_sdk.__main__ import main_from_args
from rasa_sdk.endpoint import create_argument_parser

from aftersales.settings import SettingsError, settings


def main() -> None:
    try:
        address = urlsplit(settings().actions_url)
    except SettingsError as error:
        sys.exit(f"cannot start: {error}")
    # rasa_sdk doubts every version but its own; ours was tried with this Rasa, see docs/adr/0001.
    warnings.filterwarnings("ignore", message="Your versions of rasa and rasa_sdk")
    os.environ["SANIC_HOST"] = address.hostname or "127.0.0.1"
    main_from_args(create_argument_parser().parse_args(
        ["--actions", "bot.actions", "--port", str(address.port or 5055), "--quiet", "--endpoints",
         "bot/actions/endpoints.yml"]))


if __name__ == "__main__":
    main()
