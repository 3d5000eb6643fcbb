"""Words that answer an invitation to rate, whatever they look like by themselves."""

import re

from aftersales import ratings
from aftersales.intake import Turn
from aftersales.scores import ScoreOutOfRange, read_scores
from aftersales.store import reading
from aftersales.times import utc_now

REFUSAL = re.compile(
    r"(不想?|懒得|没空|没时间|不用|不愿意?|别让我|不要|没兴趣|拒绝)(再|去|给|参与)?(你们?)?(评|打分)|别再?[问烦]")


def answers_invitation(openid: str, turn: Turn) -> bool:
    """Whether words that came without a form answer an invitation of the last day, so that action_rate has to take them.

    For the actions of other topics: 没戴鞋套, 巴适 and 没空评 look like anything but a rating by themselves.
    """
    try:
        found = read_scores(turn.text, "overall")
        rates = bool(found.given) or found.misconduct or bool(REFUSAL.search(turn.text))
    except ScoreOutOfRange:
        rates = True
    if not rates:
        return False
    with reading() as session:
        orders = ratings.ratable_orders(session, openid)
        return ratings.any_invited(session, orders, utc_now())
