"""What Prometheus may know, at /metrics."""

from datetime import datetime

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest
from sqlalchemy import func
from sqlmodel import Session, col, select

from aftersales import alarms, stops
from aftersales.models import OutboxAttempt, OutboxMessage, OutboxState, SelfHelp
from aftersales.store import reading
from aftersales.times import utc_now

INBOUND = Counter("baoxiu_inbound_messages_total", "Messages and events received from WeChat", ["kind"])
REFUSED = Counter("baoxiu_refused_requests_total", "Requests at /wechat that were not answered", ["reason"])
REDELIVERED = Counter("baoxiu_redeliveries_total", "Deliveries of a message that had been recorded before")
ANSWERED = Counter("baoxiu_answers_total", "How customers' messages were answered", ["how"])
LATENCY = Histogram(
    "baoxiu_answer_seconds", "Seconds until the HTTP answer to WeChat", buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 3, 4, 4.5, 5))
BOT_FAILURES = Counter("baoxiu_bot_failures_total", "Calls of Rasa that failed")
OUTBOX = Gauge("baoxiu_outbox_messages", "Messages we send unasked, by state", ["state"])
ATTEMPTS = Gauge("baoxiu_outbox_attempts", "Tries to send messages, by channel and outcome", ["channel", "outcome"])
ALARMS = Gauge("baoxiu_platform_alarms", "What an operator must put right at the platform now", ["api", "errcode"])
STOPPED = Gauge("baoxiu_platform_stopped", "APIs of the platform that are not called for now", ["api"])
SELF_HELP = Gauge("baoxiu_self_help", "Check lists offered to customers, by what came of them", ["outcome"])
#: What came of a check list, by what the customer said of it.
OUTCOMES = {True: "solved", False: "unsolved", None: "unanswered"}

blueprint = Blueprint("metrics", __name__)


@blueprint.get("/metrics")
def show() -> Response:
    """All of them, with the outbox and the check lists counted now."""
    with reading() as session:
        states = dict(session.exec(select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state)).all())
        solved = dict(session.exec(select(SelfHelp.solved, func.count()).group_by(col(SelfHelp.solved))).all())
        _count_platform(session, utc_now())
    for state in OutboxState:
        OUTBOX.labels(state.value).set(states.get(state, 0))
    for answer, outcome in OUTCOMES.items():
        SELF_HELP.labels(outcome).set(solved.get(answer, 0))
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def _count_platform(session: Session, now: datetime) -> None:
    """How the platform takes our messages: what no longer holds is not shown any more."""
    tries = select(OutboxAttempt.channel, OutboxAttempt.outcome, func.count()).group_by(
        col(OutboxAttempt.channel), col(OutboxAttempt.outcome))
    for gauge in (ATTEMPTS, ALARMS, STOPPED):
        gauge.clear()
    for channel, outcome, count in session.exec(tries).all():
        ATTEMPTS.labels(channel, outcome).set(count)
    for alarm in alarms.open_alarms(session):
        ALARMS.labels(alarm.api, alarm.errcode or "").set(1)
    for stop in stops.stopped(session, now):
        STOPPED.labels(stop.api).set(1)
