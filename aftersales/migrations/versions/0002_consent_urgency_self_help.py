"""consent, urgency, households and self-help."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("consented_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("work_order", schema=None) as batch_op:
        batch_op.add_column(sa.Column("appliance_words", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("urgent", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("household", sa.String(length=20), nullable=True))
    op.create_table(
        "self_help",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("openid", sa.String(length=64), nullable=False),
        sa.Column("appliance", sa.String(length=20), nullable=False),
        sa.Column("fault", sa.String(length=60), nullable=False),
        sa.Column("solved", sa.Boolean(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("self_help", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_self_help_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_self_help_openid"), ["openid"], unique=False)


def downgrade() -> None:
    op.drop_table("self_help")
    with op.batch_alter_table("work_order", schema=None) as batch_op:
        batch_op.drop_column("household")
        batch_op.drop_column("urgent")
        batch_op.drop_column("appliance_words")
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.drop_column("consented_at")
