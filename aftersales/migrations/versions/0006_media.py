"""How a message is delivered and answered: deliveries, who still waits, the rest of a long answer; signatures seen."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("inbound_message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("deliveries", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("waiting_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("rest", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.create_index(batch_op.f("ix_inbound_message_waiting_until"), ["waiting_until"], unique=False)
    op.create_table(
        "signed_push",
        sa.Column("signature", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("signature"),
    )
    with op.batch_alter_table("signed_push", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signed_push_at"), ["at"], unique=False)


def downgrade() -> None:
    op.drop_table("signed_push")
    with op.batch_alter_table("inbound_message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inbound_message_waiting_until"))
        batch_op.drop_column("rest")
        batch_op.drop_column("waiting_until")
        batch_op.drop_column("deliveries")
