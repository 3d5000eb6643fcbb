"""Which subscription notices a customer has agreed to: one agreement allows one notice and does not expire."""

from collections import Counter

from simulator.errors import ApiError

ACCEPT, REJECT = "accept", "reject"


class Subscriptions:
    """Agreements per customer and template. The caller holds the lock."""

    def __init__(self) -> None:
        self._left: Counter[tuple[str, str]] = Counter()

    def answer(self, openid: str, template_id: str, status: str) -> None:
        """The customer's answer in the pop-up: `accept` allows one notice more, `reject` changes nothing."""
        if status == ACCEPT:
            self._left[openid, template_id] += 1

    def change(self, openid: str, template_id: str, status: str) -> None:
        """The customer's switch in the account's settings: `reject` ends what was agreed to."""
        if status == REJECT:
            self._left.pop((openid, template_id), None)

    def take(self, openid: str, template_id: str) -> None:
        """Use one agreement. Raises ApiError 43101 when there is none."""
        if not self._left[openid, template_id]:
            raise ApiError(43101)
        self._left[openid, template_id] -= 1

    def left(self, openid: str) -> dict[str, int]:
        """Notices still allowed, by template."""
        return {template: count for (owner, template), count in self._left.items() if owner == openid and count}
