"""Budgets of customer-service messages, every try to send, what the platform refuses, one access token for all."""

from datetime import datetime, timedelta, timezone

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

#: What a customer's message allowed on the day of this migration; from then on it stands in wechat_limits.yml.
ALLOWED, WINDOW = 5, timedelta(hours=48)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=20), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("short", sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column("urgent", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(_moment("visit_at", nullable=True))
        batch_op.add_column(_moment("not_before", nullable=True))
        batch_op.add_column(sa.Column("reply_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("merged_into", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("grant_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("msgid", sa.String(length=40), nullable=True))
        batch_op.create_index(batch_op.f("ix_outbox_message_reply_id"), ["reply_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_outbox_message_msgid"), ["msgid"], unique=False)
    op.create_table(
        "outbox_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        _moment("at"),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("errcode", sa.Integer(), nullable=True),
        sa.Column("rid", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["outbox_message.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_outbox_attempt_message_id"), "outbox_attempt", ["message_id"], unique=False)
    grants = op.create_table(
        "send_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("openid", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("granted", sa.Integer(), nullable=False),
        sa.Column("remaining", sa.Integer(), nullable=False),
        _moment("opened_at"),
        _moment("expires_at"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_send_grant_openid"), "send_grant", ["openid"], unique=False)
    op.create_table(
        "template_receipt",
        sa.Column("msgid", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=60), nullable=False),
        _moment("at"),
        sa.PrimaryKeyConstraint("msgid"),
    )
    op.create_table(
        "platform_stop",
        sa.Column("api", sa.String(length=60), nullable=False),
        sa.Column("errcode", sa.Integer(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        _moment("since"),
        _moment("until", nullable=True),
        _moment("probe_at"),
        sa.PrimaryKeyConstraint("api"),
    )
    op.create_table(
        "platform_alarm",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("api", sa.String(length=60), nullable=False),
        sa.Column("errcode", sa.Integer(), nullable=True),
        sa.Column("shown", sa.String(length=100), nullable=False),
        sa.Column("todo", sa.String(length=300), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        _moment("first_at"),
        _moment("last_at"),
        _moment("resolved_at", nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "shared_token",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("renew_at", sa.Float(), nullable=False),
        sa.Column("expires_at", sa.Float(), nullable=False),
        sa.Column("locked_until", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "call_count",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("span", sa.Integer(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    _open_windows(grants)


def _open_windows(grants: sa.Table) -> None:
    """Who has written within 48 hours may be written to; where it is fewer messages the platform says so."""
    connection = op.get_bind()
    customer = sa.table("customer", sa.column("openid", sa.String), sa.column("last_message_at", sa.DateTime(timezone=True)))
    since = datetime.now(timezone.utc) - WINDOW
    written = connection.execute(sa.select(customer).where(customer.c.last_message_at > since)).all()
    for openid, at in written:
        connection.execute(grants.insert().values(
            openid=openid, action="message", granted=ALLOWED, remaining=ALLOWED, opened_at=at, expires_at=at + WINDOW))


def downgrade() -> None:
    for table in ("call_count", "shared_token", "platform_alarm", "platform_stop", "template_receipt", "send_grant", "outbox_attempt"):
        op.drop_table(table)
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outbox_message_msgid"))
        batch_op.drop_index(batch_op.f("ix_outbox_message_reply_id"))
        for column in ("msgid", "grant_id", "merged_into", "reply_id", "not_before", "visit_at", "urgent", "short", "kind"):
            batch_op.drop_column(column)
