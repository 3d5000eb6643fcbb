"""转人工: who has a conversation, the assistant or a person, and what changes it."""

from .asking import Listener, ask, hears, in_service, is_overdue
from .operators import Refused, followed_up, hand_back, hand_back_quiet, say, take
from .returning import wants_assistant
from .sessions import TRANSFER, agent_in, is_transfer, session_closed, session_opened, to_transfer, transferred
from .steps import STEPS, TOPIC, WITH_PERSON, Step, events_of, state_of

__all__ = [
    "STEPS", "TOPIC", "TRANSFER", "WITH_PERSON", "Listener", "Refused", "Step", "agent_in", "ask", "events_of",
    "followed_up", "hand_back", "hand_back_quiet", "hears", "in_service", "is_overdue", "is_transfer", "say",
    "session_closed", "session_opened", "state_of", "take", "to_transfer", "transferred", "wants_assistant",
]
