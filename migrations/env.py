"""Alembic's entry: run the migrations on the application's database."""

from alembic import context
from flask import current_app

from bazaar.db import db


def run() -> None:
    """Upgrade or downgrade in one transaction a revision."""
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            transaction_per_migration=True,
            **current_app.extensions["migrate"].configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
