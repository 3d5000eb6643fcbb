"""Brings the database to the newest version of the tables: `python -m aftersales.migrate`.

With `--new "what changes"` it writes the next migration from the difference between the models and the database.
"""

import argparse
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

from .store import engine

SCRIPTS = Path(__file__).parent / "migrations"


def migrate(target: Engine) -> None:
    """Upgrades the database; one that is up to date is left as it is. Processes that start together wait in turn."""
    with target.execution_options(writes=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(20261122)")
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def new_revision(target: Engine, message: str) -> None:
    """Writes a migration that turns the database into what the models say."""
    with target.begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        number = len(list((SCRIPTS / "versions").glob("*.py"))) + 1
        command.revision(config, message=message, autogenerate=True, rev_id=f"{number:04d}")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    return config


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--new", metavar="MESSAGE", help="write the next migration instead of migrating")
    options = parser.parse_args()
    if options.new:
        new_revision(engine(), options.new)
    else:
        migrate(engine())


if __name__ == "__main__":
    main()
