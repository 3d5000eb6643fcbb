"""The questions of a report that tell something: the read-back, choices, what is known already."""

from abc import ABC, abstractmethod
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from aftersales import intake, media, selfhelp
from aftersales.addresses import ambiguous, full_address
from aftersales.phones import mask_phone
from aftersales.progress import find_order
from aftersales.store import reading, transaction
from aftersales.telling import line
from aftersales.times import utc_now

from .repair import draft_of
from .turns import said_before


class AskConfirm(Action):
    """Reads everything back."""

    def name(self) -> str:
        return "action_ask_confirm"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        now = utc_now()
        with reading() as session:
            photos = media.loose_count(session, tracker.sender_id, now)
        draft = draft_of(tracker)
        response = "utter_ask_confirm" if draft.get("consent") else "utter_ask_confirm_urgent"
        dispatcher.utter_message(response=response, details=intake.details(draft, photos, now))
        return []


class AskPhotos(Action):
    """Asks for pictures, or for more where some have come."""

    def name(self) -> str:
        return "action_ask_photos"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        with reading() as session:
            photos = media.loose_count(session, tracker.sender_id, utc_now())
        dispatcher.utter_message(response="utter_ask_more_photos" if photos else "utter_ask_photos", count=photos)
        return []


class AskAddressChoice(Action):
    """Asks in which city a district lies that several cities have."""

    def name(self) -> str:
        return "action_ask_address_choice"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        address = intake.address_of(draft_of(tracker))
        cities = ambiguous(address) if address else []
        buttons = [{"title": city, "payload": city} for city in cities[:6]]
        place = (address.district if address else None) or "这个地名"
        dispatcher.utter_message(response="utter_ask_address_choice", place=place, buttons=buttons)
        return []


class AskConsent(Action):
    """Asks whether the personal particulars may be kept; in short where that has just been asked."""

    def name(self) -> str:
        return "action_ask_consent"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        again = said_before(tracker, ("utter_ask_consent_first",), since="action_begin_repair") > 0
        dispatcher.utter_message(response="utter_ask_consent_again" if again else "utter_ask_consent_first")
        return []


class AskResume(Action):
    """Asks whether the report that was broken off shall go on."""

    def name(self) -> str:
        return "action_ask_resume"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        dispatcher.utter_message(response="utter_ask_resume", what=intake.in_short(tracker.get_slot("kept") or {}))
        return []


class AskSameOrder(Action):
    """Asks whether the report is about the order that is open for such an appliance."""

    def name(self) -> str:
        return "action_ask_same_order"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        twin = intake.twin_of(draft_of(tracker)) or {}
        with reading() as session:
            order = find_order(session, twin["number"])
        dispatcher.utter_message(response="utter_ask_same_order", order=line(order), appliance=order.appliance_name)
        return []


class AskSelfCheck(Action):
    """Offers the check list of a common fault."""

    def name(self) -> str:
        return "action_ask_self_check"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        draft = draft_of(tracker)
        if draft.get("misses"):
            dispatcher.utter_message(response="utter_ask_self_check_again")
            return []
        found = intake.checklist_of(draft)
        if found is None:
            raise ValueError("there is no check list for this report; it should not have been asked for")
        with transaction() as session:
            selfhelp.offer(session, tracker.sender_id, str(draft["appliance"]), found.title, utc_now())
        steps = "\n".join(f"{number}. {step}" for number, step in enumerate(found.steps, 1))
        dispatcher.utter_message(response="utter_ask_self_check", title=found.title, steps=steps)
        return []


class AskReuse(Action):
    """Asks whether the visit goes where the last ones went."""

    def name(self) -> str:
        return "action_ask_reuse"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        contacts = intake.contacts_for(draft_of(tracker))
        if len(contacts) == 1:
            dispatcher.utter_message(response="utter_ask_reuse", contact=_told(contacts[0]))
            return []
        lines = "\n".join(f"{number}. {_told(contact)}" for number, contact in enumerate(contacts, 1))
        buttons = [{"title": f"第{number}个", "payload": f"第{number}个"} for number in range(1, len(contacts) + 1)]
        dispatcher.utter_message(
            response="utter_ask_reuse_which", contacts=lines, buttons=[*buttons, {"title": "都不是", "payload": "都不是"}])
        return []


def _told(contact: dict[str, Any]) -> str:
    address = intake.address_of(contact)
    household = f"（{contact['household']}）" if contact.get("household") else ""
    told = (contact["contact_name"], mask_phone(contact["phone"]), full_address(address) if address else "")
    return " ".join(told) + household


class _AskOther(Action, ABC):
    """Asks about an appliance that came second."""

    @property
    @abstractmethod
    def question(self) -> str:
        """What is asked, as for the first appliance."""

    def name(self) -> str:
        return f"action_ask_other_{self.question}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        draft = draft_of(tracker)
        place = intake.waiting_for(draft, self.question)
        if place is None:
            raise ValueError(f"{self.question} is not open for any other appliance; it should not have been asked for")
        appliance = intake.appliance_name(draft["others"][place])
        dispatcher.utter_message(response=f"utter_ask_other_{self.question}", appliance=appliance)
        return []


class AskOtherServiceType(_AskOther):
    @property
    def question(self) -> str:
        return "service_type"


class AskOtherFault(_AskOther):
    @property
    def question(self) -> str:
        return "fault"


class AskOtherBrandModel(_AskOther):
    @property
    def question(self) -> str:
        return "brand_model"
