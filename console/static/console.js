// The pages work without this. With it, parts marked data-live renew themselves, and photos open in place.
"use strict";

const EVERY = 2000;

function isBusy(part) {
  return [...part.querySelectorAll("video, audio")].some((player) => !player.paused) || part.contains(openSelection());
}

function openSelection() {
  const selection = document.getSelection();
  return selection && !selection.isCollapsed ? selection.anchorNode : null;
}

function replace(part, fresh) {
  const focused = part.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  part.replaceChildren(fresh.content);
  if (focused) part.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

async function renew(part, seen) {
  const response = await fetch(part.dataset.live, { redirect: "manual" });
  if (response.type === "opaqueredirect" && !document.querySelector("textarea")?.value) location.reload(); // logged out
  if (!response.ok) return;
  const fresh = document.createElement("template");
  fresh.innerHTML = await response.text();
  const html = fresh.innerHTML;
  if (html === seen.html || isBusy(part)) return;
  replace(part, fresh);
  seen.html = html;
}

function keepAlive(part) {
  const seen = { html: part.innerHTML };
  setInterval(() => {
    if (document.hidden) return;
    renew(part, seen).catch((error) => console.warn("not renewed, will try again:", error));
  }, EVERY);
}

function openLarge(event) {
  const link = event.target.closest("a[data-large]");
  const dialog = document.querySelector("dialog.large");
  if (!link || !dialog || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const image = dialog.querySelector("img");
  image.src = link.href;
  image.alt = link.querySelector("img").alt;
  dialog.showModal();
}

function closeOnBackdrop(event) {
  if (event.target.matches("dialog.large")) event.target.close();
}

function sendByKey(event) {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  const form = event.target.closest("textarea")?.form;
  const button = form && document.querySelector(`[data-send][form="${CSS.escape(form.id)}"]`);
  if (button) form.requestSubmit(button);
}

document.querySelectorAll("[data-live]").forEach(keepAlive);
document.addEventListener("click", openLarge);
document.addEventListener("click", closeOnBackdrop);
document.addEventListener("keydown", sendByKey);
