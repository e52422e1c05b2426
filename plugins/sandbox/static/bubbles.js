// One message as an element: bubble, pictures, files, forwards, recalled notices, the small menu.

import { avatar, byId, el } from "./dom.js";
import { clockTime, fileSize } from "./dates.js";
import { recalledText } from "./people.js";
import { ask, currentChat, nameIn, personOf, state } from "./state.js";

const RECALL_MS = 2 * 60 * 1000;
const LINK = /https?:\/\/[^\s，。；：！？、（）「」<>"']+/g;
const media = (part) => `/media/${part.media}`;

export function messageItem(message) {
  const item = el("li", { "data-id": message.id, "data-seq": message.seq });
  if (message.recalled_by !== null) {
    item.className = "recalled";
    item.dataset.testid = "recalled";
    item.append(el("span", { text: recalledText(message) }));
    return item;
  }
  const isMine = message.sender === state.me;
  const isBot = message.sender === state.bot.id;
  item.className = `message ${isMine ? "mine" : "theirs"}${isBot ? " from-bot" : ""}`;
  item.dataset.testid = "message";
  const name = el("span", { className: "sender", text: message.name });
  const isNamed = currentChat()?.kind === "group" && !isMine;
  if (!isNamed) name.classList.add("visually-hidden");
  const time = el("time", {
    className: "sent-at",
    text: clockTime(message.time),
    datetime: message.time.toISOString(),
  });
  const line = el("div", { className: "line" }, ...bubbles(message), time);
  if (isMine) line.append(menu(message));
  const nickname = personOf(message.sender)?.name ?? message.name;
  item.append(avatar(message.sender, nickname, isBot), el("div", { className: "body" }, name, line));
  return item;
}

// A picture or file alone stands without a bubble; words and pictures together share one.
function bubbles(message) {
  const isBare = message.parts.every((part) => part.type === "image");
  const isCard = message.parts.every((part) => part.type === "file" || part.type === "forward");
  const className = isBare ? "bubble bare" : isCard ? "bubble card" : "bubble";
  const chat = currentChat();
  const shown = message.parts.map((part) => partElement(chat, part, message.name));
  return [el("div", { className, testid: "message-text" }, ...shown)];
}

function partElement(chat, part, sender) {
  switch (part.type) {
    case "text": return linked(part.text);
    case "at": return mention(chat, part);
    case "image": return picture(part, sender);
    case "file": return fileCard(part);
    case "record": return el("audio", { controls: true, src: media(part), "aria-label": "语音" });
    case "forward": return forwardCard(chat, part);
    case "reply": return quoted(part);
    case "face": return el("span", { className: "face", text: "🙂", role: "img", "aria-label": "表情" });
    default: return el("span", { className: "unknown", text: `［${part.kind}，这里看不了］` });
  }
}

function linked(text) {
  const span = el("span", { className: "words" });
  let position = 0;
  for (const found of text.matchAll(LINK)) {
    span.append(text.slice(position, found.index));
    span.append(el("a", {
      href: found[0], text: found[0], target: "_blank", rel: "noopener noreferrer",
    }));
    position = found.index + found[0].length;
  }
  span.append(text.slice(position));
  return span;
}

function mention(chat, part) {
  const isMe = part.user === state.me || part.user === null;
  return el("span", {
    className: isMe ? "mention mention-me" : "mention",
    text: `@${nameIn(chat, part.user)}`,
  });
}

function picture(part, sender) {
  const image = el("img", { src: media(part), alt: `${sender}发的图片` });
  image.addEventListener("error", () => image.classList.add("broken"));
  return el("button", {
    type: "button",
    className: "picture",
    testid: "message-image",
    "aria-label": `${sender}发的图片，看大图`,
    on: { click: () => enlarge(image.src, image.alt) },
  }, image);
}

function enlarge(source, alt) {
  const image = byId("viewer-image");
  image.src = source;
  image.alt = alt;
  byId("viewer").showModal();
}

function fileCard(part) {
  const suffix = part.name.includes(".") ? part.name.split(".").at(-1).slice(0, 4) : "";
  return el("a", {
    className: "file",
    testid: "message-file",
    href: media(part),
    download: part.name,
    "aria-label": `下载文件 ${part.name}`,
  },
  el("span", { className: "file-kind", text: suffix || "文件", "aria-hidden": "true" }),
  el("span", { className: "file-name", text: part.name }),
  el("span", { className: "file-size", text: `${fileSize(part.size)}，点开下载` }));
}

function forwardCard(chat, part) {
  const lines = part.nodes.map((node) => el("li", {},
    el("span", { className: "node-name", text: node.name }),
    el("div", { className: "node-body" },
      ...node.parts.map((inner) => partElement(chat, inner, node.name)))));
  return el("details", { className: "forward", testid: "message-forward" },
    el("summary", { text: `聊天记录，${part.nodes.length} 条` }),
    el("ol", {}, ...lines));
}

function quoted(part) {
  const text = part.quoted ? `${part.quoted.name}：${part.quoted.text}` : "那条消息看不到了";
  return el("span", { className: "quoted", text });
}

function menu(message) {
  const recall = el("button", {
    type: "button",
    role: "menuitem",
    testid: "recall",
    text: "撤回",
    on: { click: () => { box.open = false; ask("recall", { message: message.id }); } },
  });
  const copy = el("button", {
    type: "button",
    role: "menuitem",
    text: "复制",
    on: { click: () => { box.open = false; copyText(message); } },
  });
  const box = el("details", { className: "menu" },
    el("summary", { "aria-label": "这条消息", testid: "message-menu", text: "⋯" }),
    el("div", { className: "menu-items", role: "menu" }, recall, copy));
  box.addEventListener("toggle", () => {
    if (!box.open) return;
    recall.hidden = state.now - message.time > RECALL_MS && !isManager();
    closeOthers(box);
  });
  return box;
}

function isManager() {
  const member = currentChat()?.members?.find((one) => one.id === state.me);
  return member !== undefined && member.role !== "member";
}

function closeOthers(open) {
  for (const box of document.querySelectorAll("details.menu[open]")) {
    if (box !== open) box.open = false;
  }
}

export function setUpMenus() {
  document.addEventListener("click", (event) => closeOthers(event.target.closest("details.menu")));
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") closeOthers(null); });
  byId("viewer-close").addEventListener("click", () => byId("viewer").close());
  byId("viewer").addEventListener("click", (event) => {
    if (event.target === byId("viewer")) byId("viewer").close();
  });
}

function copyText(message) {
  const words = message.parts.filter((part) => part.type === "text").map((part) => part.text);
  navigator.clipboard?.writeText(words.join(""));
}
