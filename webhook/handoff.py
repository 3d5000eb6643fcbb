"""Whether the assistant answers at all: a person may have the conversation, or WeChat's own customer service take it."""

import logging

from aftersales import handoff, intake
from aftersales.handoff import TRANSFER, Listener
from aftersales.intake import Turn
from aftersales.models import Handoff
from aftersales.models import InboundMessage as Row
from aftersales.settings import Settings
from aftersales.store import reading, transaction
from aftersales.texts import texts
from aftersales.times import utc_now
from bot.client import BotClient, BotUnavailable, OpenTask, Reply
from wechat.client import Platform
from wechat.errors import PlatformError
from wechat.messages import InboundMessage

from .rendering import text_of

log = logging.getLogger(__name__)


class Attendant:
    """Stands before the assistant."""

    def __init__(self, bot: BotClient, platform: Platform, known: Settings) -> None:
        self._bot = bot
        self._platform = platform
        self._known = known

    def listener(self, message: InboundMessage) -> Listener:
        """Whom the message is for; what it changes is recorded."""
        with reading() as session:
            state = handoff.state_of(session, message.openid)
        if state is Handoff.BOT:
            return Listener.ASSISTANT
        over = state is Handoff.WECHAT and message.kind != "event" and self._session_is_over(message.openid)
        now = utc_now()
        with transaction() as session:
            if over:
                handoff.session_closed(session, message.openid, now)
            return handoff.hears(session, message.openid, message.text, now)

    def welcome_back(self, openid: str) -> str:
        """What the assistant says when it is called back, with what it had asked."""
        task = self._open_task(openid)
        if task is None:
            return texts("handoff")["returned"]
        name = texts("handoff").get(task.form, "")
        before = texts("handoff")["returned_open"].format(task=name, question=task.question.text)
        return text_of([Reply(before, task.question.choices)])

    def transfer(self, row_id: int, message: InboundMessage) -> str | None:
        """The answer that hands the message to WeChat's customer service, where the settings and the customer want that.

        A danger is answered in words first: the transfer would take their place.
        """
        if self._known.handoff_to != "wechat" or message.kind == "event" or danger(message.text):
            return None
        with reading() as session:
            received = session.get_one(Row, row_id).received_at
            if not handoff.to_transfer(session, message.openid, received):
                return None
        account = self._online_account()
        return f"{TRANSFER}:{account}" if account else TRANSFER

    def _online_account(self) -> str | None:
        """The configured agent while they are online; a customer handed to one who is not would wait for ever."""
        account = self._known.handoff_kf_account
        if account is None:
            return None
        try:
            return account if account in self._platform.online_agents() else None
        except PlatformError as error:
            log.warning("who of WeChat's customer service is online is not known: %s", error)
            return None

    def _session_is_over(self, openid: str) -> bool:
        """Whether WeChat knows of no session, though we have not heard of its end; False where it does not say."""
        try:
            return not self._platform.agent_of(openid)
        except PlatformError as error:
            log.warning("whether %s talks to WeChat's customer service is not known: %s", openid, error)
            return False

    def _open_task(self, openid: str) -> OpenTask | None:
        try:
            return self._bot.open_task(openid)
        except BotUnavailable as error:
            log.warning("%s", error)
            return None


def danger(words: str) -> str | None:
    """What to do at once where the words tell of a danger."""
    peril = intake.danger(Turn(words))
    return texts("handoff")[f"danger_{peril}"] if peril else None
