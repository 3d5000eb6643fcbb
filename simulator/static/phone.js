// One customer's phone: the chat, the menu bar, the input and what rises from below.

import * as client from "./client.js";
import { row, timeLine } from "./bubbles.js";
import { button, h, icon } from "./dom.js";
import { plusPanel, profileSheet, voiceSheet } from "./sheets.js";

const NEAR_BOTTOM = 80;

export class Phone {
  /** `hooks.changed()` asks for news, `hooks.close(openid)` puts the phone away. */
  constructor(customer, state, hooks) {
    this.customer = customer;
    this.state = state;
    this.hooks = hooks;
    this.last = null;
    this.typingMode = false;
    this.build();
    this.update(customer);
    for (const entry of state.entriesOf(customer.openid)) this.append(entry);
    this.toBottom();
  }

  get codes() {
    return this.state.codes;
  }

  build() {
    const { name, openid } = this.customer;
    const account = this.state.account.name;
    this.title = h("h2", { class: "title" }, account);
    this.clock = h("span", { class: "clock" });
    this.chat = h("div", { class: "chat", role: "log", "aria-label": `${name}与${account}的聊天`, "data-testid": "chat" });
    this.foot = h("footer", { class: "foot" });
    this.risen = h("div", { class: "risen" });
    this.toast = h("p", { class: "toast", role: "status", "data-testid": "toast", hidden: true });
    this.screen = h("div", { class: "screen" }, this.statusBar(), this.navBar(), this.chat, this.foot, this.risen, this.toast);
    const attributes = { class: "phone", "aria-label": `${name}的手机`, "data-testid": "phone" };
    const caption = h("p", { class: "caption", "aria-hidden": "true" }, `${name}的手机`);
    const frame = h("div", { class: "frame" }, this.screen);
    this.element = h("section", { ...attributes, "data-openid": openid, "data-name": name }, caption, frame);
    this.buildInput();
  }

  statusBar() {
    return h("div", { class: "status", "aria-hidden": "true" }, this.clock, icon("signal"));
  }

  navBar() {
    const back = button("收起这部手机", "phone-close", () => this.hooks.close(this.customer.openid), icon("back"));
    const profile = button("客户与额度", "profile", () => this.open(profileSheet), icon("person"));
    return h("header", { class: "nav" }, back, this.title, profile);
  }

  buildInput() {
    this.input = h("textarea", {
      rows: 1,
      "aria-label": "输入消息",
      "data-testid": "input",
      oninput: () => this.grow(),
      onkeydown: (event) => this.onKey(event),
    });
    this.sendButton = button("发送", "send", () => this.sendText(), "发送");
    this.sendButton.className = "send green";
    this.plusButton = button("更多", "plus", () => this.togglePlus(), icon("plus"));
    this.plusButton.setAttribute("aria-expanded", "false");
  }

  /** Show the customer's present state. */
  update(customer) {
    this.customer = customer;
    const typing = customer.typing;
    this.title.textContent = typing ? "对方正在输入…" : this.state.account.name;
    this.title.dataset.testid = typing ? "typing" : "title";
    const now = new Date();
    this.clock.textContent = `${now.getHours()}:${String(now.getMinutes()).padStart(2, "0")}`;
    const shape = JSON.stringify([customer.following, this.typingMode, this.state.menu]);
    if (shape !== this.shape) this.drawFoot();
    this.shape = shape;
  }

  drawFoot() {
    const bar = this.customer.following ? (this.typingMode ? this.inputBar() : this.menuBar()) : this.followBar();
    this.foot.replaceChildren(bar);
    this.grow();
  }

  followBar() {
    const follow = button("关注公众号", "follow", () => this.act({ type: "event", event: "subscribe" }), "关注公众号");
    const scan = button("更多", "plus", () => this.togglePlus(), icon("plus"));
    return h("div", { class: "bar bar-follow" }, follow, scan);
  }

  menuBar() {
    const toggle = button("切换到键盘", "menu-toggle", () => this.setTyping(true), icon("keyboard"));
    const items = this.state.menu.map((item) => this.menuButton(item));
    return h("div", { class: "bar bar-menu", role: "navigation", "aria-label": "公众号菜单" }, toggle, items);
  }

  menuButton(item) {
    if (item.sub_button?.length) return this.menuGroup(item);
    return button(item.name, `menu-${item.key ?? item.name}`, () => this.tapMenu(item), item.name);
  }

  menuGroup(item) {
    const list = h("div", { class: "submenu", hidden: true }, item.sub_button.map((sub) => this.menuButton(sub)));
    const open = button(item.name, `menu-${item.name}`, () => (list.hidden = !list.hidden), icon("menu"), item.name);
    return h("div", { class: "menu-group" }, open, list);
  }

  tapMenu(item) {
    for (const list of this.foot.querySelectorAll(".submenu")) list.hidden = true;
    if (item.type === "view") {
      window.open(item.url, "_blank", "noopener");
      return this.act({ type: "event", event: "VIEW", key: item.url });
    }
    return this.act({ type: "event", event: item.type === "click" ? "CLICK" : item.type, key: item.key });
  }

  inputBar() {
    const toggle = button("切换到菜单", "menu-toggle", () => this.setTyping(false), icon("menu"));
    const voice = button("语音", "voice-key", () => this.open(voiceSheet), icon("wave"));
    return h("div", { class: "bar bar-input" }, toggle, voice, this.input, this.sendButton, this.plusButton);
  }

  setTyping(on) {
    this.typingMode = on;
    this.closeSheets();
    this.update(this.customer);
    if (on) this.input.focus();
  }

  onKey(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.sendText();
  }

  grow() {
    this.sendButton.hidden = !this.input.value.trim();
    this.plusButton.hidden = !this.sendButton.hidden;
    this.input.style.height = "auto";
    if (this.input.isConnected) this.input.style.height = `${Math.min(this.input.scrollHeight, 110)}px`;
  }

  async sendText() {
    const text = this.input.value;
    if (!text.trim()) return;
    this.input.value = "";
    this.grow();
    const sent = await this.act({ type: "text", text });
    if (!sent && !this.input.value) this.input.value = text;
    this.grow();
  }

  /** Let the customer do something; true when the simulator took it. */
  act(deed) {
    return this.attempt(client.act(this.customer.openid, deed));
  }

  sendFile(type, file) {
    return this.attempt(client.sendFile(this.customer.openid, type, file));
  }

  setWindow(closed) {
    return this.attempt(client.setWindow(this.customer.openid, closed));
  }

  mark(marks) {
    return this.attempt(client.mark(this.customer.openid, marks));
  }

  async attempt(promise) {
    this.closeSheets();
    try {
      await promise;
    } catch (error) {
      this.complain(error.message);
      return false;
    }
    this.hooks.changed();
    return true;
  }

  complain(words) {
    this.toast.textContent = words;
    this.toast.hidden = false;
    clearTimeout(this.toastTimer);
    this.toastTimer = setTimeout(() => (this.toast.hidden = true), 3500);
  }

  /** Add a chat entry. */
  append(entry) {
    const actions = {
      account: this.state.account.name,
      tap: (choice) => this.act({ type: "tap", text: choice.content, id: choice.id }),
      enlarge: (url) => this.enlarge(url),
    };
    const drawn = row(entry, this.customer, actions);
    if (!drawn) return;
    const stay = entry.from !== "customer" && !this.isAtBottom();
    const time = timeLine(entry, this.last);
    if (time) this.chat.append(time);
    this.chat.append(drawn);
    for (const image of drawn.querySelectorAll("img")) image.addEventListener("load", () => stay || this.toBottom());
    this.last = entry;
    if (!stay) this.toBottom();
  }

  isAtBottom() {
    return this.chat.scrollHeight - this.chat.scrollTop - this.chat.clientHeight < NEAR_BOTTOM;
  }

  toBottom() {
    this.chat.scrollTop = this.chat.scrollHeight;
  }

  togglePlus() {
    if (this.risen.querySelector(".panel")) this.closeSheets();
    else this.open(plusPanel);
  }

  /** Let a sheet rise. */
  open(build) {
    this.risen.replaceChildren(build(this));
    this.plusButton.setAttribute("aria-expanded", String(build === plusPanel));
    this.risen.querySelector("input:not([type=file])")?.focus();
    this.toBottom();
  }

  closeSheets() {
    this.risen.replaceChildren();
    this.plusButton.setAttribute("aria-expanded", "false");
  }

  enlarge(url) {
    const close = () => viewer.remove();
    const viewer = h("button", { class: "viewer", type: "button", "aria-label": "关闭图片", onclick: close });
    viewer.append(h("img", { src: url, alt: "图片" }));
    this.screen.append(viewer);
    viewer.focus();
  }
}
