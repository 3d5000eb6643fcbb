"""Who has a conversation, what operators have read of it, and who of them wrote what."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "handoff_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("openid", sa.String(length=64), nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("handoff_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handoff_event_openid"), ["openid"], unique=False)
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("handoff", sa.String(length=20), nullable=False, server_default="bot"))
        batch_op.add_column(sa.Column("handoff_since", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("handoff_said_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("handoff_by", sa.String(length=100), nullable=True))
        batch_op.add_column(sa.Column("seen_message_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_customer_handoff"), ["handoff"], unique=False)
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("author", sa.String(length=40), nullable=True))
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("outbox_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key("fk_message_outbox_id", "outbox_message", ["outbox_id"], ["id"])
    op.execute(
        "UPDATE customer SET handoff = 'waiting', handoff_since = handoff_requested_at"
        " WHERE handoff_requested_at IS NOT NULL")


def downgrade() -> None:
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_constraint("fk_message_outbox_id", type_="foreignkey")
        batch_op.drop_column("outbox_id")
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.drop_column("author")
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customer_handoff"))
        for name in ("seen_message_id", "handoff_by", "handoff_said_at", "handoff_since", "handoff"):
            batch_op.drop_column(name)
    op.drop_table("handoff_event")
