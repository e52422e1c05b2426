// The list that opens after @ in a group; arrow keys move, Enter takes, Escape closes.

import { byId, el } from "./dom.js";
import { currentChat, nameIn, state } from "./state.js";

let choices = [];
let chosen = 0;

export function openAtPicker() {
  const box = byId("composer");
  box.focus();
  if (wordBefore(box) === null) box.setRangeText("@", box.selectionStart, box.selectionEnd, "end");
  refreshAtPicker();
}

export function refreshAtPicker() {
  const chat = currentChat();
  const word = chat?.kind === "group" ? wordBefore(byId("composer")) : null;
  choices = word === null ? [] : candidates(chat).filter((name) => name.startsWith(word));
  // A name that stands there in full needs no list any more, so that Enter sends.
  if (choices.length === 1 && choices[0] === word) choices = [];
  chosen = 0;
  show();
}

export function closeAtPicker() {
  choices = [];
  show();
}

export function atPickerTakes(event) {
  if (!choices.length) return false;
  switch (event.key) {
    case "ArrowDown": chosen = (chosen + 1) % choices.length; break;
    case "ArrowUp": chosen = (chosen + choices.length - 1) % choices.length; break;
    case "Enter":
    case "Tab": take(choices[chosen]); break;
    case "Escape": closeAtPicker(); break;
    default: return false;
  }
  event.preventDefault();
  event.stopPropagation();
  show();
  return true;
}

function candidates(chat) {
  const me = chat.members.find((member) => member.id === state.me);
  const others = chat.members.filter((member) => member.id !== state.me);
  const bot = others.filter((member) => member.id === state.bot.id);
  const people = others.filter((member) => member.id !== state.bot.id);
  const names = [...bot, ...people].map((member) => member.name);
  return me && me.role !== "member" ? [...names, nameIn(chat, null)] : names;
}

function wordBefore(box) {
  const found = /@([^@\s]*)$/.exec(box.value.slice(0, box.selectionStart));
  return found ? found[1] : null;
}

function take(name) {
  const box = byId("composer");
  const start = box.selectionStart - wordBefore(box).length;
  box.setRangeText(`${name} `, start, box.selectionStart, "end");
  closeAtPicker();
  box.focus();
}

function show() {
  const list = byId("at-list");
  list.hidden = !choices.length;
  list.replaceChildren(...choices.map((name, index) => el("li", {
    id: `at-${index}`,
    role: "option",
    testid: "at-option",
    "aria-selected": index === chosen ? "true" : "false",
    text: name,
    on: { mousedown: (event) => { event.preventDefault(); take(name); } },
  })));
  const box = byId("composer");
  if (choices.length) box.setAttribute("aria-activedescendant", `at-${chosen}`);
  else box.removeAttribute("aria-activedescendant");
  list.children[chosen]?.scrollIntoView({ block: "nearest" });
}
