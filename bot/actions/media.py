"""Photos, videos and places that come outside a report."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from aftersales import intake, media
from aftersales.addresses import from_location
from aftersales.models import Actor
from aftersales.progress import OPEN, orders_of, record
from aftersales.store import transaction
from aftersales.times import utc_now

from .turns import metadata_of


class ReceivePlace(Action):
    """Keeps a shared place for the report that is about to come."""

    def name(self) -> str:
        return "action_receive_place"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        address = from_location(str(metadata_of(tracker).get("label") or ""))
        dispatcher.utter_message(response="utter_location_waiting")
        kept = intake.place(address, pinned=True) | {"at": utc_now().isoformat()} if address else None
        return [SlotSet("shared_place", kept)]


class ReceiveMedia(Action):
    """Adds pictures to the newest open order; without one they wait for the report that is about to come."""

    def name(self) -> str:
        return "action_receive_media"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        now = utc_now()
        with transaction() as session:
            orders = orders_of(session, tracker.sender_id, OPEN, limit=1)
            added = media.attach_loose(session, orders[0], now) if orders else 0
            if added:
                record(session, orders[0], "photo", Actor.CUSTOMER, now, f"{added}张")
        if added:
            dispatcher.utter_message(response="utter_media_added", number=orders[0].number)
        else:
            video = metadata_of(tracker).get("kind") == "video"
            dispatcher.utter_message(response="utter_media_waiting", what="视频" if video else "照片")
        return []
