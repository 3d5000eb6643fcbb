// Building elements. Text always goes in as text, never as markup.

const SVG = "http://www.w3.org/2000/svg";

/** An element: `options` are attributes, except on… for listeners; children are elements or texts. */
export function h(tag, options = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(options)) set(element, name, value);
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

function set(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else element.setAttribute(name, value === true ? "" : value);
}

/** A picture of the icon sheet. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `/static/icons.svg#${name}`);
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

/** A button that shows an icon or words; `label` is read to those who cannot see it. */
export function button(label, testid, onclick, ...content) {
  return h("button", { type: "button", "aria-label": label, "data-testid": testid, onclick }, ...content);
}

/** A customer's square picture: the first character of the name on the name's colour. */
export function face(name) {
  const square = h("span", { class: "face", "aria-hidden": "true" }, [...name][0] ?? "?");
  square.style.backgroundColor = `hsl(${hue(name)} 42% 56%)`;
  return square;
}

function hue(name) {
  let sum = 0;
  for (const character of name) sum = (sum * 31 + character.codePointAt(0)) % 360;
  return sum;
}
