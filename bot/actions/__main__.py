"""Serves the custom actions on loopback: `python -m bot.actions`."""

import os
import sys
import warnings
from urllib.parse import urlsplit

from rasa_sdk import utils
from rasa_sdk.endpoint import create_argument_parser, run

from aftersales.settings import SettingsError, settings

from .executor import Executor


def main() -> None:
    try:
        address = urlsplit(settings().actions_url)
    except SettingsError as error:
        sys.exit(f"cannot start: {error}")
    # rasa_sdk doubts every version but its own; ours was tried with this Rasa, see docs/adr/0001.
    warnings.filterwarnings("ignore", message="Your versions of rasa and rasa_sdk")
    os.environ["SANIC_HOST"] = address.hostname or "127.0.0.1"
    options = create_argument_parser().parse_args(["--quiet", "--endpoints", "bot/actions/endpoints.yml"])
    utils.configure_colored_logging(options.loglevel)
    utils.update_sanic_log_level()
    executor = Executor()
    executor.register_package("bot.actions")
    run(executor, address.port or 5055, options.cors, endpoints=options.endpoints)


if __name__ == "__main__":
    main()
