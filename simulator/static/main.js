// The page: who is in the list, whose phones are open, and asking for news.

import * as client from "./client.js";
import { face, h } from "./dom.js";
import { Inspector } from "./inspector.js";
import { PlatformPanel } from "./platform.js";
import { Phone } from "./phone.js";

const PERIOD = 700;
const PERIOD_OFFLINE = 2000;
const PHONE_WIDTH = 400;
const MOST_PHONES = 3;
const REMEMBERED = 20;

const state = {
  boot: null,
  seq: 0,
  account: { name: "", webhook: "" },
  customers: [],
  menu: [],
  codes: [],
  entries: new Map(),
  entriesOf: (openid) => state.entries.get(openid) ?? [],
};
const phones = new Map();
const unread = new Map();
let wanted = load("phones", []); // openids, the one used last at the end

const list = document.querySelector(".people-list");
const stage = document.querySelector(".phones");
const panel = document.querySelector(".inspector");
const panelToggle = document.querySelector(".inspector-toggle");
const offline = document.querySelector(".offline");
const inspector = new Inspector(document.querySelector(".records"));
const platform = new PlatformPanel(document.querySelector(".platform"), () => poll());

function load(key, fallback) {
  try {
    return JSON.parse(localStorage.getItem(`simulator.${key}`)) ?? fallback;
  } catch {
    return fallback;
  }
}

function save(key, value) {
  localStorage.setItem(`simulator.${key}`, JSON.stringify(value));
}

// ---- asking for news ----------------------------------------------------------------------------------------------

let timer = null;
let asking = false;
let askAgain = false;

async function poll() {
  clearTimeout(timer);
  if (asking) {
    askAgain = true;
    return;
  }
  asking = true;
  askAgain = false;
  const good = await ask();
  asking = false;
  timer = setTimeout(poll, askAgain ? 0 : good ? PERIOD : PERIOD_OFFLINE);
}

async function ask() {
  let news;
  try {
    news = await client.updates(state.seq);
  } catch {
    offline.hidden = false;
    return false;
  }
  offline.hidden = true;
  if (state.boot && news.boot !== state.boot) {
    startOver();
    askAgain = true;
  } else {
    take(news);
  }
  return true;
}

function startOver() {
  Object.assign(state, { boot: null, seq: 0, customers: [], entries: new Map() });
  phones.clear();
  stage.replaceChildren();
  inspector.clear();
}

function take(news) {
  const first = state.boot === null;
  const { boot, seq, account, customers, menu, codes } = news;
  Object.assign(state, { boot, seq, account, customers, menu, codes });
  for (const entry of news.entries) receive(entry, first);
  arrange();
  for (const customer of customers) phones.get(customer.openid)?.update(customer);
  inspector.show(news.log, (openid) => nameOf(openid));
  platform.show(news.platform, (openid) => nameOf(openid));
  document.querySelector(".webhook").textContent = `推送到 ${account.webhook}`;
}

function receive(entry, first) {
  const entries = state.entries.get(entry.openid) ?? [];
  entries.push(entry);
  state.entries.set(entry.openid, entries);
  const phone = phones.get(entry.openid);
  if (phone) phone.append(entry);
  else if (!first && entry.from !== "customer") unread.set(entry.openid, (unread.get(entry.openid) ?? 0) + 1);
}

function nameOf(openid) {
  return state.customers.find((customer) => customer.openid === openid)?.name ?? "";
}

// ---- customers and phones -----------------------------------------------------------------------------------------

function room() {
  return Math.max(1, Math.min(MOST_PHONES, Math.floor(stage.clientWidth / PHONE_WIDTH)));
}

/** Open the wanted phones as far as there is room, in the order of the list. */
function arrange() {
  const known = state.customers.map((customer) => customer.openid);
  const present = wanted.filter((openid) => known.includes(openid));
  const visible = new Set(present.length ? present.slice(-room()) : known.slice(0, 1));
  for (const [openid, phone] of phones) {
    if (visible.has(openid)) continue;
    phone.element.remove();
    phones.delete(openid);
  }
  state.customers.filter((customer) => visible.has(customer.openid)).forEach(place);
  drawList();
}

function place(customer, index) {
  const phone = phones.get(customer.openid) ?? openPhone(customer);
  if (stage.children[index] !== phone.element) {
    stage.insertBefore(phone.element, stage.children[index] ?? null);
    phone.toBottom();
  }
}

function openPhone(customer) {
  const phone = new Phone(customer, state, { changed: poll, close: closePhone });
  phones.set(customer.openid, phone);
  phone.element.addEventListener("focusin", () => remember(customer.openid));
  unread.delete(customer.openid);
  return phone;
}

function remember(openid) {
  wanted = [...wanted.filter((other) => other !== openid), openid].slice(-REMEMBERED);
  save("phones", wanted);
}

function want(openid) {
  remember(openid);
  arrange();
}

function closePhone(openid) {
  if (phones.size < 2) return;
  wanted = wanted.filter((other) => other !== openid);
  save("phones", wanted);
  arrange();
}

let drawn = "";

function drawList() {
  const rows = state.customers.map(listed);
  const shape = JSON.stringify(rows);
  if (shape === drawn) return;
  drawn = shape;
  list.replaceChildren(...rows.map(drawCustomer));
}

function listed(customer) {
  const entries = state.entriesOf(customer.openid).filter((entry) => entry.type !== "event");
  return {
    openid: customer.openid,
    name: customer.name,
    line: customer.following ? (entries.at(-1)?.text ?? "").split("\n")[0] : "未关注",
    unread: unread.get(customer.openid) ?? 0,
    open: phones.has(customer.openid),
  };
}

function drawCustomer(person) {
  const badge = person.unread ? h("span", { class: "badge", "data-testid": "unread" }, String(person.unread)) : null;
  const words = h("span", { class: "words" }, h("strong", {}, person.name), h("small", {}, person.line));
  const attributes = {
    type: "button",
    class: "person",
    "data-testid": "customer",
    "data-openid": person.openid,
    "data-name": person.name,
    "aria-pressed": String(person.open),
    onclick: () => want(person.openid),
  };
  return h("li", {}, h("button", attributes, face(person.name), words, badge));
}

document.querySelector(".people-add").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.currentTarget;
  const name = form.elements.name.value.trim();
  if (!name) return;
  form.reset();
  try {
    remember((await client.addCustomer(name)).openid);
  } catch {
    form.elements.name.value = name; // the line at the top says that the simulator cannot be reached
  }
  poll(); // the phone opens with the news of its customer
});

// ---- the developer's panel ----------------------------------------------------------------------------------------

function showPanel(open) {
  panel.hidden = !open;
  panelToggle.setAttribute("aria-expanded", String(open));
  save("inspector", open);
  if (state.boot) arrange();
}

panelToggle.addEventListener("click", () => showPanel(panel.hidden));

const tabs = [...document.querySelectorAll(".tabs [role=tab]")];

function showTab(id) {
  for (const tab of tabs) {
    tab.setAttribute("aria-selected", String(tab.id === id));
    document.getElementById(tab.getAttribute("aria-controls")).hidden = tab.id !== id;
  }
  save("tab", id);
}

for (const tab of tabs) tab.addEventListener("click", () => showTab(tab.id));
showTab(tabs.some((tab) => tab.id === load("tab", "")) ? load("tab", "") : tabs[0].id);

document.querySelector(".verify").addEventListener("click", async () => {
  const result = document.querySelector(".verify-result");
  result.textContent = "正在校验…";
  try {
    const { ok, problem } = await client.verify();
    result.textContent = ok ? "校验通过。" : problem;
  } catch (error) {
    result.textContent = `没有校验成功：${error.message}`;
  }
});

new ResizeObserver(() => state.boot && arrange()).observe(stage);
showPanel(load("inspector", window.innerWidth >= 1500));
poll();
