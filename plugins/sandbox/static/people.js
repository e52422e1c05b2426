// The rail of people to be, and the list of the chosen one's chats.

import { avatar, byId, el, swapChildren } from "./dom.js";
import { shortTime } from "./dates.js";
import { chatOf, nameIn, personOf, state } from "./state.js";

export function showPeople(choose) {
  const featured = state.people.filter((person) => person.featured);
  const others = state.people.filter((person) => !person.featured);
  swapChildren(byId("people"), featured.map((person) => personItem(person, choose)));
  byId("others-label").hidden = others.length === 0;
  const select = byId("others");
  const isOther = others.some((person) => person.id === state.me);
  select.replaceChildren(
    el("option", { value: "", text: "别的人" }),
    ...others.map((person) => el("option", {
      value: person.id,
      testid: `person-${person.id}`,
      text: otherLabel(person),
    })),
  );
  select.value = isOther ? String(state.me) : "";
  select.onchange = () => { if (select.value) choose(Number(select.value)); };
}

function otherLabel(person) {
  const waiting = state.unread[person.id] ? `（${state.unread[person.id]} 条没看）` : "";
  return `${person.name}${person.note ? `，${person.note}` : ""}${waiting}`;
}

function personItem(person, choose) {
  const waiting = person.id === state.me ? 0 : state.unread[person.id] ?? 0;
  const label = `${person.name}，${person.note}${waiting ? `，${waiting} 条没看` : ""}`;
  const button = el("button", {
    type: "button",
    className: "person",
    testid: `person-${person.id}`,
    "aria-pressed": person.id === state.me ? "true" : "false",
    "aria-label": label,
    on: { click: () => choose(person.id) },
  },
  avatar(person.id, person.name, false),
  el("span", { className: "person-name", text: person.name }),
  el("span", { className: "person-note", text: person.note }),
  waiting ? el("span", { className: "count", text: waitingText(waiting) }) : null);
  return el("li", {}, button);
}

const waitingText = (count) => (count > 99 ? "99+" : String(count));

export function showChats(open) {
  const me = personOf(state.me);
  byId("chats-head").textContent = me ? `${me.name}的聊天` : "";
  const sorted = [...state.chats].sort((a, b) => lastTime(b) - lastTime(a));
  swapChildren(byId("chat-list"), sorted.map((chat) => chatItem(chat, open)));
}

function lastTime(chat) {
  const last = chat.messages.at(-1);
  return last ? last.time.getTime() + last.seq / 1e6 : 0;
}

function chatItem(chat, open) {
  const last = chat.messages.at(-1);
  const isOpen = chat.key === state.current;
  const button = el("button", {
    type: "button",
    className: "chat",
    testid: chat.kind === "private" ? "chat-private" : `chat-${chat.id}`,
    "aria-current": isOpen ? "true" : null,
    on: { click: () => open(chat.key) },
  },
  chat.kind === "private" ? avatar(state.bot.id, state.bot.name, true) : groupAvatar(chat),
  el("span", { className: "chat-title", text: chat.title }),
  el("span", { className: "chat-time", text: last ? shortTime(last.time, state.now) : "" }),
  el("span", { className: "chat-last", text: last ? lastLine(chat, last) : "还没说过话" }),
  chat.unread ? el("span", {
    className: "count",
    text: waitingText(chat.unread),
    "aria-label": `${chat.unread} 条没看`,
  }) : null);
  return el("li", {}, button);
}

function groupAvatar(chat) {
  return el("span", {
    className: "avatar avatar-group",
    text: [...chat.title][0] ?? "",
    "aria-hidden": "true",
  });
}

function lastLine(chat, message) {
  const body = summary(chat.key, message);
  const isNamed = chat.kind === "group" && message.sender !== state.me && !message.recalled_by;
  return isNamed ? `${message.name}：${body}` : body;
}

export function summary(key, message) {
  if (message.recalled_by !== null) return recalledText(message);
  return message.parts.map((part) => partWord(chatOf(key), part)).join("").replaceAll("\n", " ");
}

export function recalledText(message) {
  const who = message.recalled_by === state.me ? "您" : message.recaller;
  const whose = message.recalled_by === message.sender ? "一条" : `${message.name}的`;
  return `${who}撤回了${whose}消息`;
}

function partWord(chat, part) {
  switch (part.type) {
    case "text": return part.text;
    case "at": return `@${nameIn(chat, part.user)} `;
    case "image": return "[图片]";
    case "record": return "[语音]";
    case "file": return `[文件] ${part.name}`;
    case "face": return "[表情]";
    case "forward": return "[聊天记录]";
    case "reply": return "";
    default: return "[看不了的消息]";
  }
}
