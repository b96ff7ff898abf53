"""For developers: writes the next step from what the tables say. ``python -m core.migrations.generate "Add badges"``."""

import re
import sys
import tempfile
from pathlib import Path

from core.database import connect
from core.migrations.compare import import_tables


def generate(message: str) -> Path:
    """Write the step from the last one to what the tables say now; read it before you commit it."""
    from alembic import command
    from alembic.config import Config

    from core.migrate import SCRIPTS, newest, upgrade

    import_tables()
    number = f"{int(newest() or 0) + 1:04d}"
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("file_template", f"{number}_{_slug(message)}")
    with tempfile.TemporaryDirectory() as folder:
        database = connect(f"sqlite:///{folder}/scratch.db")
        upgrade(database)
        with database.engine.connect() as connection:
            config.attributes["connection"] = connection
            command.revision(config, message, autogenerate=True, rev_id=number)
        database.close()
    return next((SCRIPTS / "versions").glob(f"{number}_*.py"))


def _slug(message: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", message.lower()).strip("_")


def _main() -> None:
    sys.stdout.write(f"{generate(sys.argv[1])}\n")


if __name__ == "__main__":
    _main()
