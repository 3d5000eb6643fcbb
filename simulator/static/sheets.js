// What rises from the bottom of the phone: the + panel, and the sheets for voice, place, code and quota.

import { button, h, icon } from "./dom.js";

const PLACES = [
  { label: "广东省佛山市顺德区北滘镇美的大道6号", lat: 22.9339, lng: 113.2087 },
  { label: "广东省广州市天河区体育西路103号", lat: 23.1317, lng: 113.3215 },
  { label: "广东省深圳市南山区科苑路15号", lat: 22.5405, lng: 113.9431 },
  { label: "上海市浦东新区世纪大道100号", lat: 31.2363, lng: 121.505 },
];

const SCENES = [
  "product:空调:美的:KFR-35GW",
  "product:洗衣机:海尔:EG100MATE2S",
  "product:热水器:万和:JSQ30-16ET",
];

/** The panel behind the +. */
export function plusPanel(phone) {
  const following = phone.customer.following;
  const entries = [
    fileEntry("照片", "photo", "picture", "image/*", (file) => phone.sendFile("image", file)),
    entry("示例照片", "sample-photo", "sample", () => phone.act({ type: "image" })),
    fileEntry("视频", "video", "video", "video/mp4", (file) => phone.sendFile("video", file)),
    entry("示例视频", "sample-video", "video", () => phone.act({ type: "video" })),
    entry("语音", "voice", "voice", () => phone.open(voiceSheet)),
    entry("位置", "location", "place", () => phone.open(placeSheet)),
    entry("扫码", "scan", "scan", () => phone.open(scanSheet)),
    following
      ? entry("取消关注", "unfollow", "unfollow", () => phone.act({ type: "event", event: "unsubscribe" }))
      : entry("关注", "follow-again", "follow", () => phone.act({ type: "event", event: "subscribe" })),
  ];
  return h("div", { class: "panel", "data-testid": "plus-panel", role: "group", "aria-label": "更多" }, entries);
}

function entry(label, testid, picture, onclick) {
  return button(label, testid, onclick, h("span", { class: "tile" }, icon(picture)), label);
}

function fileEntry(label, testid, picture, accept, send) {
  const chooser = h("input", {
    type: "file",
    accept,
    multiple: true,
    "aria-label": label,
    "data-testid": `${testid}-file`,
    onchange: async () => {
      for (const file of chooser.files) await send(file);
      chooser.value = "";
    },
  });
  const words = [h("span", { class: "tile" }, icon(picture)), label];
  return h("label", { class: "chooser", "data-testid": testid }, chooser, ...words);
}

function sheet(title, testid, phone, ...content) {
  const close = button("关闭", "sheet-close", () => phone.closeSheets(), "取消");
  const head = h("header", {}, close, h("h3", {}, title));
  return h("section", { class: "sheet", role: "dialog", "aria-label": title, "data-testid": testid }, head, ...content);
}

function field(label, testid, options = {}) {
  return h("input", { "aria-label": label, placeholder: label, "data-testid": testid, autocomplete: "off", ...options });
}

function form(submitLabel, testid, onsubmit, ...fields) {
  const submit = h("button", { type: "submit", class: "green", "data-testid": testid }, submitLabel);
  const listener = (event) => {
    event.preventDefault();
    onsubmit();
  };
  return h("form", { onsubmit: listener }, ...fields, submit);
}

/** Typing what is said; an empty text is a voice message that was not recognised. */
export function voiceSheet(phone) {
  const words = field("说了什么（识别出的文字，可留空）", "voice-text");
  const send = () => phone.act({ type: "voice", text: words.value.trim() });
  return sheet("语音", "voice-sheet", phone, form("发送语音", "voice-send", send, words));
}

/** A sample place, or any other. */
export function placeSheet(phone) {
  const samples = PLACES.map((place) =>
    h("li", {}, button(place.label, "place", () => phone.act({ type: "location", ...place }), icon("pin"), place.label)),
  );
  const label = field("地址", "place-label", { required: true });
  const lat = field("纬度", "place-lat", { inputmode: "decimal", value: "22.9339", required: true });
  const lng = field("经度", "place-lng", { inputmode: "decimal", value: "113.2087", required: true });
  const send = () => phone.act({ type: "location", label: label.value, lat: lat.value, lng: lng.value });
  const free = form("发送位置", "place-send", send, label, h("div", { class: "pair" }, lat, lng));
  return sheet("位置", "place-sheet", phone, h("ul", { class: "list" }, samples), free);
}

/** A printed code, a code the account made, or any scene. */
export function scanSheet(phone) {
  const scan = (scene) => phone.act({ type: "event", event: "SCAN", scene });
  const listed = [...new Set([...phone.codes, ...SCENES])];
  const items = listed.map((scene) => h("li", {}, button(scene, "scene", () => scan(scene), icon("scan"), scene)));
  const other = field("其他场景值", "scene-value", { required: true });
  const free = form("扫码", "scan-send", () => scan(other.value.trim()), other);
  return sheet("扫一扫", "scan-sheet", phone, h("ul", { class: "list" }, items), free);
}

const DEEDS = { message: "发来消息", menu: "点了菜单", tap: "点了选项", follow: "关注", scan: "扫码", payment: "付款" };

/** What seldom comes, and what comes on bad days. */
const ODD = [
  ["表情（公众号收不到内容）", { type: "sticker" }],
  ["空白消息", { type: "raw", fields: { MsgType: "text", Content: "", MsgId: 1 } }],
  ["带控制字符的消息", { type: "text", text: "洗衣机\b坏了" }],
  ["同一条消息推送两次", { type: "text", text: "在吗", copies: 2 }],
  ["短视频", { type: "shortvideo" }],
  ["文件", { type: "file", title: "保修卡.pdf" }],
  ["小程序卡片", { type: "miniprogrampage" }],
  ["没见过的事件", { type: "event", event: "never_heard_of" }],
  ["收回个人信息授权", { type: "event", event: "user_authorization_revoke" }],
];

/** Deeds that are not on a phone's usual buttons. */
export function oddSheet(phone) {
  const items = ODD.map(([label, deed]) => h("li", {}, button(label, "odd", () => phone.act(deed), label)));
  const template = field("订阅通知的模板 ID", "agree-template", { required: true });
  const agree = () => phone.act({ type: "event", event: "subscribe_msg_popup_event", template: template.value.trim() });
  const free = form("同意接收", "agree-send", agree, template);
  return sheet("少见的消息", "odd-sheet", phone, h("ul", { class: "list" }, items), free);
}

/** Who this is, and what the account may still send. */
export function profileSheet(phone) {
  const { customer } = phone;
  const grants = customer.quota.map((grant) => {
    const until = new Date(grant.expires_at).toLocaleString("zh-CN", { hour12: false });
    return h("li", {}, `${DEEDS[grant.deed]}：还可下发 ${grant.remaining ?? "不限"} 条，到 ${until}`);
  });
  const none = h("li", {}, "现在不能下发客服消息，只能发模板消息。");
  return sheet(
    customer.name,
    "profile-sheet",
    phone,
    h("p", { class: "openid" }, customer.openid),
    h("ul", { class: "grants" }, grants.length ? grants : none),
    button("让 48 小时窗口关闭", "window-close", () => phone.setWindow(true), "模拟 48 小时后（窗口关闭）"),
    button("重新打开窗口", "window-open", () => phone.setWindow(false), "重新打开窗口"),
    toggle(phone, "muted", "拒收公众号消息", "恢复接收公众号消息"),
    toggle(phone, "blacklisted", "被公众号拉黑", "移出公众号黑名单"),
    button("少见的消息", "odd", () => phone.open(oddSheet), "发少见的消息…"),
  );
}

function toggle(phone, name, on, off) {
  const label = phone.customer[name] ? off : on;
  return button(label, name, () => phone.mark({ [name]: !phone.customer[name] }), label);
}
