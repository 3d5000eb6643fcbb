// One chat entry as WeChat draws it. `actions.tap(choice)` sends a choice,
// `actions.enlarge(url)` opens a picture, `actions.account` is the account's name.

import { face, h, icon } from "./dom.js";

const GAP = 5 * 60 * 1000;

/** The row of an entry, null for those that leave no trace on the phone. */
export function row(entry, customer, actions) {
  if (entry.type === "event") return null;
  if (entry.type === "tip") return h("p", { class: "tip", "data-testid": "tip" }, entry.text);
  const mine = entry.from === "customer";
  const content = (DRAW[entry.type] ?? drawText)(entry, actions);
  const attributes = {
    class: `row ${mine ? "row-out" : "row-in"} row-${entry.type}`,
    "data-testid": mine ? "bubble-out" : "bubble-in",
    "data-type": entry.type,
    "data-via": entry.via,
    "data-seq": entry.seq,
  };
  if (entry.type === "template") return h("div", attributes, content);
  return h("div", attributes, mine ? face(customer.name) : logo(), content);
}

/** The time line above an entry, null where the one before is recent. */
export function timeLine(entry, previous) {
  const at = new Date(entry.at);
  if (previous && at - new Date(previous.at) < GAP) return null;
  return h("time", { class: "time", datetime: entry.at }, shownTime(at, new Date()));
}

function shownTime(at, now) {
  const clock = `${String(at.getHours()).padStart(2, "0")}:${String(at.getMinutes()).padStart(2, "0")}`;
  const days = (new Date(now).setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / 86400000;
  if (days === 0) return clock;
  if (days === 1) return `昨天 ${clock}`;
  return `${at.getMonth() + 1}月${at.getDate()}日 ${clock}`;
}

function logo() {
  return h("img", { class: "face", src: "/static/icon.svg", alt: "" });
}

function runs(list, actions) {
  return list.map((run) => {
    if ("choice" in run) return choice(run.text, run.choice, actions);
    if (run.href) return link(run.href, {}, run.text);
    return run.text;
  });
}

function choice(label, sends, actions) {
  const attributes = {
    class: "choice",
    type: "button",
    "data-testid": "choice",
    "data-id": sends?.id,
    "data-content": sends?.content,
    onclick: sends && (() => actions.tap(sends)),
  };
  return h("button", attributes, label);
}

function link(href, attributes, ...children) {
  const safe = /^https?:\/\//.test(href);
  if (!safe) return h("span", attributes, ...children);
  return h("a", { ...attributes, href, target: "_blank", rel: "noopener noreferrer" }, ...children);
}

function drawText(entry, actions) {
  return h("div", { class: "bubble" }, runs(entry.runs ?? [{ text: entry.text }], actions));
}

function drawMenu(entry, actions) {
  const options = entry.options.map((option) => h("li", {}, choice(option.content, option, actions)));
  return h(
    "div",
    { class: "bubble" },
    entry.head.length ? h("div", {}, runs(entry.head, actions)) : null,
    h("ul", { class: "options" }, options),
    entry.tail.length ? h("div", {}, runs(entry.tail, actions)) : null,
  );
}

function drawNews(entry) {
  const cards = entry.articles.map((article) =>
    link(
      article.url,
      { class: "card news", "data-testid": "news" },
      h("strong", {}, article.title),
      h(
        "span",
        { class: "news-body" },
        h("span", { class: "news-text" }, article.description),
        article.picture ? h("img", { src: article.picture, alt: "" }) : null,
      ),
    ),
  );
  return h("div", { class: "cards" }, cards);
}

function drawPicture(entry, actions) {
  const picture = h("img", { src: entry.url, alt: "图片" });
  return h("button", { class: "picture", type: "button", onclick: () => actions.enlarge(entry.url) }, picture);
}

function drawVideo(entry) {
  const thumb = entry.thumb ? h("img", { src: entry.thumb, alt: "" }) : null;
  return link(new URL(entry.url, location.href).href, { class: "picture video", "aria-label": "视频" }, thumb, icon("play"));
}

function drawVoice(entry) {
  const seconds = entry.seconds ?? 1;
  const bubble = h("div", { class: "bubble voice", "aria-label": `语音 ${seconds} 秒` }, icon("speech"), `${seconds}″`);
  bubble.style.minWidth = `${Math.min(220, 70 + seconds * 6)}px`;
  if (!entry.recognition) return bubble;
  return h("div", { class: "stack" }, bubble, h("div", { class: "recognition" }, entry.recognition));
}

function drawLocation(entry) {
  const map = h("div", { class: "map", "aria-hidden": "true" }, icon("pin"));
  const position = `${entry.latitude.toFixed(4)}，${entry.longitude.toFixed(4)}`;
  const label = h("div", { class: "place" }, h("strong", {}, entry.text), h("small", {}, position));
  return h("div", { class: "card location" }, label, map);
}

function drawNotice(entry, actions) {
  const rows = entry.rows.map((item) => [h("dt", {}, item.label), h("dd", {}, item.value)]);
  const more = entry.url ? h("span", { class: "more" }, "查看详情", icon("back")) : null;
  return link(
    entry.url,
    { class: "notice", "data-testid": "template" },
    h("span", { class: "notice-head" }, logo(), actions.account),
    h("strong", {}, entry.title),
    h("dl", {}, rows.flat()),
    more,
  );
}

const DRAW = {
  text: drawText,
  msgmenu: drawMenu,
  news: drawNews,
  image: drawPicture,
  thumb: drawPicture,
  video: drawVideo,
  voice: drawVoice,
  location: drawLocation,
  template: drawNotice,
};
