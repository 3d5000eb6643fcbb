"""Which delivered message a line of the conversation log shows."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("inbound_id", sa.Integer(), nullable=True))
        batch_op.create_unique_constraint("uq_message_inbound_id", ["inbound_id"])
        batch_op.create_foreign_key("fk_message_inbound_id", "inbound_message", ["inbound_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_constraint("fk_message_inbound_id", type_="foreignkey")
        batch_op.drop_constraint("uq_message_inbound_id", type_="unique")
        batch_op.drop_column("inbound_id")
