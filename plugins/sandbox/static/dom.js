// Building elements. Whatever people wrote goes through textContent here and nowhere else.

export const byId = (id) => document.getElementById(id);

export function el(tag, options = {}, ...children) {
  const element = document.createElement(tag);
  const { className, text, testid, on, ...attributes } = options;
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  if (testid) element.dataset.testid = testid;
  for (const [name, listener] of Object.entries(on ?? {})) element.addEventListener(name, listener);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value);
    }
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const AVATAR_COLOURS = 8;

export function avatar(id, name, isBot) {
  if (isBot) {
    return el("img", { className: "avatar", src: "/static/goose.svg", alt: "" });
  }
  // The last character of a Chinese name tells people of one family apart.
  const letter = [...name].at(-1) ?? "";
  const colour = `avatar-${id % AVATAR_COLOURS}`;
  return el("span", { className: `avatar ${colour}`, text: letter, "aria-hidden": "true" });
}

// A list that is shown anew keeps the keyboard where it was.
export function swapChildren(parent, children) {
  const held = parent.contains(document.activeElement) ? document.activeElement : null;
  const place = [...parent.children].findIndex((child) => child.contains(held));
  parent.replaceChildren(...children);
  if (!held) return;
  const same = parent.querySelector(`[data-testid="${held.dataset.testid}"]:not(:disabled)`);
  (same ?? parent.children[place]?.querySelector("button:not(:disabled)"))?.focus();
}

let toastTimer = 0;

export function toast(text) {
  const box = byId("toast");
  box.textContent = text;
  box.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { box.hidden = true; }, 5000);
}

export function announce(text) {
  byId("live").textContent = text;
}
