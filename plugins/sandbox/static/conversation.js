// The open chat: its messages with day marks, its head, and where the reader stands in it.

import { byId, el } from "./dom.js";
import { clockTime, dayName, dayNumber } from "./dates.js";
import { messageItem } from "./bubbles.js";
import { ask, currentChat, state } from "./state.js";

const PAUSE_MS = 5 * 60 * 1000;
const NEAR_BOTTOM_PX = 80;
// Whether the reader stands at the newest message; then he stays there whatever grows above.
let isAtNewest = true;
let lastTop = 0;
const ROLES = { owner: "群主", admin: "管理员", member: "" };

export function showTalk() {
  const chat = currentChat();
  byId("talk").classList.toggle("empty", !chat);
  if (!chat) return;
  byId("talk-title").textContent = chat.title;
  const isGroup = chat.kind === "group";
  byId("talk-note").textContent = isGroup ? `${chat.members.length} 人` : "私聊";
  byId("members-open").hidden = !isGroup;
  byId("pick-at").hidden = !isGroup;
  showMembers(false);
  showNotice(chat);
  showMessages(chat);
}

function showMessages(chat) {
  const items = [];
  if (chat.has_more) items.push(olderButton(chat));
  let before = null;
  for (const message of chat.messages) {
    items.push(...marks(before, message), messageItem(message));
    before = message;
  }
  if (!chat.messages.length) {
    items.push(el("li", { className: "mark", text: "还没说过话" }));
  }
  byId("messages").replaceChildren(...items);
  toNewest();
}

export function addMessage(chat, message) {
  const list = byId("messages");
  if (chat.messages.length === 1) list.replaceChildren();
  list.append(...marks(chat.messages.at(-2) ?? null, message), messageItem(message));
  if (isAtNewest || message.sender === state.me) toNewest();
  else byId("to-newest").hidden = false;
}

export function replaceMessage(message) {
  const old = byId("messages").querySelector(`li[data-seq="${message.seq}"]`);
  old?.replaceWith(messageItem(message));
}

export function addOlder(chat, count) {
  const list = byId("messages");
  showMessages(chat);
  isAtNewest = false;
  list.querySelectorAll("li.message, li.recalled")[count]?.scrollIntoView({ block: "start" });
}

export function toNewest() {
  const list = byId("messages");
  isAtNewest = true;
  list.scrollTop = list.scrollHeight;
  byId("to-newest").hidden = true;
}

function olderButton(chat) {
  const before = chat.messages[0]?.seq ?? 0;
  const button = el("button", {
    type: "button",
    className: "quiet",
    text: "看更早的",
    on: { click: () => ask("history", { chat: chat.key, before }) },
  });
  return el("li", { className: "mark" }, button);
}

function marks(before, message) {
  const isNewDay = !before || dayNumber(before.time) !== dayNumber(message.time);
  if (isNewDay) {
    const text = `${dayName(message.time, state.now)} ${clockTime(message.time)}`;
    return [el("li", { className: "mark day-mark", text })];
  }
  if (message.time - before.time > PAUSE_MS) {
    return [el("li", { className: "mark", text: clockTime(message.time) })];
  }
  return [];
}

function showNotice(chat) {
  const box = byId("notice");
  box.replaceChildren();
  if (chat.kind === "private" && !state.isFriend) {
    box.append(
      el("span", { text: `您还没加${state.bot.name}为好友，它没法先找您。` }),
      el("button", {
        type: "button",
        className: "quiet",
        testid: "befriend",
        text: "加好友",
        on: { click: () => ask("befriend") },
      }),
    );
  } else if (chat.kind === "group" && (chat.bot_muted || chat.whole_muted)) {
    const text = chat.bot_muted ? `${state.bot.name}在这个群里被禁言了。` : "这个群在全员禁言。";
    box.append(el("span", { text }));
  }
  box.hidden = !box.childNodes.length;
}

function showMembers(isOpen) {
  const chat = currentChat();
  const list = byId("members");
  list.hidden = !isOpen;
  byId("members-open").setAttribute("aria-expanded", String(isOpen));
  if (isOpen) {
    list.replaceChildren(...chat.members.map((member) => el("li", {},
      el("span", { text: member.name }),
      ROLES[member.role] ? el("span", { className: "role", text: ROLES[member.role] }) : null)));
  }
}

export function setUpTalk() {
  byId("members-open").addEventListener("click", () => showMembers(byId("members").hidden));
  byId("to-newest").addEventListener("click", toNewest);
  byId("messages").addEventListener("scroll", () => {
    const list = byId("messages");
    const left = list.scrollHeight - list.scrollTop - list.clientHeight;
    // Only the reader scrolls up. A list that grew since our own scrolling also reports a gap below.
    const wentUp = list.scrollTop < lastTop;
    lastTop = list.scrollTop;
    if (left < NEAR_BOTTOM_PX) isAtNewest = true;
    else if (wentUp) isAtNewest = false;
    if (isAtNewest) byId("to-newest").hidden = true;
  });
  // Late pictures and a growing composer push the newest message away from under the reader.
  const stay = () => { if (isAtNewest) toNewest(); };
  byId("messages").addEventListener("load", stay, true);
  new ResizeObserver(stay).observe(byId("messages"));
}
