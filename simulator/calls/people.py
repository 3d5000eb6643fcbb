"""What the account may know of its followers: no names, no pictures."""

from flask import request

from simulator import custom
from simulator.calls.gate import Answer, answers, api
from simulator.customers import Customer
from simulator.world import World


@api.get("/cgi-bin/user/info")
@answers
def user_info(world: World) -> Answer:
    """One customer; of those who do not follow, nothing but that."""
    customer = custom.addressee(world, {"touser": request.args.get("openid", "")})
    if not customer.following:
        return {"subscribe": 0, "openid": customer.openid}
    return told(world, customer)


def told(world: World, customer: Customer) -> Answer:
    """What is told of a follower."""
    followed_at = customer.followed_at or world.now()
    numbered = customer.scene.isdecimal()
    return {
        "subscribe": 1,
        "openid": customer.openid,
        "language": "zh_CN",
        "subscribe_time": int(followed_at.timestamp()),
        "remark": "",
        "groupid": 0,
        "tagid_list": [],
        "subscribe_scene": "ADD_SCENE_QR_CODE" if customer.scene else "ADD_SCENE_SEARCH",
        "qr_scene": int(customer.scene) if numbered else 0,
        "qr_scene_str": "" if numbered else customer.scene,
    }


@api.get("/cgi-bin/user/get")
@answers
def followers(world: World) -> Answer:
    """The followers' openids, behind `next_openid` where it is given."""
    after = request.args.get("next_openid", "")
    with world.lock:
        openids = [customer.openid for customer in world.customers.values() if customer.following]
    rest = openids[openids.index(after) + 1 :] if after in openids else openids
    page = rest[:10_000]
    last = page[-1] if page else ""
    return {"total": len(openids), "count": len(page), "data": {"openid": page}, "next_openid": last}
