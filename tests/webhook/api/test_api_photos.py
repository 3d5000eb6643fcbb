"""Photos of the work, and the files behind the addresses."""

import io

import pytest
from sqlmodel import func, select

from aftersales.conversations import log_in
from aftersales.media import keep
from aftersales.models import Media, MediaKind, WorkOrder
from aftersales.store import reading, transaction

MP3 = b"ID3\x03\x00\x00\x00\x00\x00\x00" + b"\x00" * 64
MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"\x00" * 64


def _media_count() -> int:
    with reading() as session:
        return session.exec(select(func.count()).select_from(Media)).one()


@pytest.mark.parametrize(("kind", "note"), [("before", "维修前"), ("process", "维修中"), ("after", "维修后")])
def test_a_photo_joins_the_order_and_its_history(desk, caller, jpeg, kind, note):
    answer = caller.photo(desk.order().number, jpeg, kind)
    assert answer.status_code == 201
    assert [photo["kind"] for photo in answer.json["photos"]] == [kind]
    event = answer.json["events"][-1]
    assert (event["type"], event["actor"], event["note"]) == ("photo", "integration", note)


def test_the_address_of_a_photo_leads_to_its_file(desk, caller, png):
    url = caller.photo(desk.order().number, png).json["photos"][0]["url"]
    assert url.startswith("http://localhost/api/v1/media/")
    file = caller.get(url.removeprefix("http://localhost/api/v1"))
    assert (file.status_code, file.data) == (200, png)
    assert file.mimetype == "image/png"
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert file.cache_control.private


def test_a_video_is_welcome_and_can_be_read_in_parts(desk, caller):
    url = caller.photo(desk.order().number, MP4).json["photos"][0]["url"].partition("/api/v1")[2]
    part = caller.get(url, headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.data, part.mimetype) == (206, b"ftyp", "video/mp4")
    assert part.headers["Content-Range"] == f"bytes 4-7/{len(MP4)}"
    beyond = caller.client.get(f"/api/v1{url}", headers={
        "Authorization": f"Bearer {caller.token}", "Range": "bytes=900000-"})
    assert (beyond.status_code, beyond.json["error"]["code"]) == (416, "range_not_satisfiable")


def test_a_file_that_has_not_changed_is_not_sent_again(desk, caller, jpeg):
    url = caller.photo(desk.order().number, jpeg).json["photos"][0]["url"].partition("/api/v1")[2]
    tag = caller.get(url).headers["ETag"]
    again = caller.get(url, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")


def test_photos_of_the_customer_come_with_the_order(desk, caller, jpeg):
    order = desk.order()
    with transaction() as session:
        known = session.get_one(WorkOrder, order.id)
        keep(session, desk.store, order.openid, jpeg, order.created_at, order=known)
    assert [photo["kind"] for photo in caller.get(f"/work-orders/{order.number}").json["photos"]] == ["customer"]


@pytest.mark.parametrize("content", [b"", b"<svg onload=alert(1)>", b"%PDF-1.7 ....", MP3])
def test_what_is_no_picture_or_video_is_refused(desk, caller, content):
    answer = caller.photo(desk.order().number, content)
    assert answer.status_code == 422
    assert answer.json["error"]["code"] == "unusable_file"
    assert _media_count() == 0


@pytest.mark.parametrize("kind", ["customer", "selfie", ""])
def test_a_kind_that_is_not_the_technicians_is_refused(desk, caller, jpeg, kind):
    answer = caller.photo(desk.order().number, jpeg, kind)
    assert answer.status_code == 422
    assert answer.json["error"]["message"].startswith("kind: ")


def test_a_form_without_a_file_is_refused(desk, caller):
    address = f"/work-orders/{desk.order().number}/photos"
    for sent in ({"data": {"kind": "after"}}, {"json": {"kind": "after"}}, {"data": {"kind": "after", "file": "text"}}):
        answer = caller.post(address, **sent)
        assert answer.status_code == 422
        assert answer.json["error"]["message"].startswith("file: ")


@pytest.mark.parametrize("size", [1024 * 1024 + 1, 3 * 1024 * 1024])
def test_a_file_that_is_too_large_is_refused(desk, caller, jpeg, size):
    answer = caller.photo(desk.order().number, jpeg.ljust(size, b"\0"))
    assert answer.status_code == 413
    assert answer.json["error"]["code"] == "too_large"


def test_a_file_as_large_as_allowed_is_taken(desk, caller, jpeg):
    assert caller.photo(desk.order().number, jpeg.ljust(1024 * 1024, b"\0")).status_code == 201


def test_an_unknown_order_takes_no_photo(caller, jpeg):
    assert caller.photo("BX2611160009", jpeg).status_code == 404
    assert _media_count() == 0


def test_a_repeated_upload_has_one_effect(desk, caller, jpeg, png):
    number = desk.order().number
    first, again = (caller.photo(number, jpeg, key="k-1") for _ in range(2))
    assert (again.status_code, again.json) == (201, first.json)
    assert caller.photo(number, png, key="k-1").status_code == 409
    assert _media_count() == 1


@pytest.mark.parametrize("number", [99, 2**40, 2**70])
def test_an_unknown_file_is_a_404(caller, number):
    assert caller.get(f"/media/{number}").status_code == 404


def test_a_file_that_is_no_longer_kept_is_a_404(desk, caller, jpeg):
    url = caller.photo(desk.order().number, jpeg).json["photos"][0]["url"].partition("/api/v1")[2]
    for file in desk.store.folder.rglob("*"):
        if file.is_file():
            file.unlink()
    assert caller.get(url).status_code == 404


def test_a_file_of_an_unknown_type_is_only_downloaded(desk, caller):
    content = b"<script>alert(1)</script>"
    desk.store.put("ab" * 32, content)
    with transaction() as session:
        media = Media(
            sha256="ab" * 32, openid="o1", kind=MediaKind.CUSTOMER, content_type="text/html", size=len(content))
        session.add(media)
        session.flush()
    file = caller.get(f"/media/{media.id}")
    assert file.mimetype == "application/octet-stream"
    assert file.headers["Content-Disposition"].startswith("attachment")


def test_a_message_leads_to_its_file(desk, caller, jpeg):
    order = desk.order()
    with transaction() as session:
        media = keep(session, desk.store, order.openid, jpeg, order.created_at)
        log_in(session, order.openid, "image", "", order.created_at, media_id=media.id)
    (message,) = caller.get(f"/conversations/{order.openid}/messages").json["items"]
    assert io.BytesIO(caller.get(message["media_url"].partition("/api/v1")[2]).data).read() == jpeg
