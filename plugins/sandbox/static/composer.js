// Writing: text, the tray of pictures and files, paste and drop, and sending in order.

import { byId, el, toast } from "./dom.js";
import { fileSize } from "./dates.js";
import { atPickerTakes, closeAtPicker, openAtPicker, refreshAtPicker } from "./mentions.js";
import { ask, currentChat, nameIn, state, upload } from "./state.js";

const MAX_BYTES = 25 * 1024 * 1024;
const drafts = new Map();
let tray = [];
let isSending = false;

export function setUpComposer() {
  const box = byId("composer");
  if (matchMedia("(max-width: 760px)").matches) box.placeholder = "写点什么";
  box.addEventListener("keydown", onKey);
  box.addEventListener("input", () => { fit(); refreshAtPicker(); });
  box.addEventListener("paste", onPaste);
  byId("composer-form").addEventListener("submit", (event) => { event.preventDefault(); send(); });
  wirePicker("pick-image", "image-input", true);
  wirePicker("pick-file", "file-input", false);
  byId("pick-at").addEventListener("click", openAtPicker);
  const talk = byId("talk");
  talk.addEventListener("dragover", (event) => event.preventDefault());
  talk.addEventListener("drop", (event) => {
    event.preventDefault();
    for (const file of event.dataTransfer.files) addToTray(file, file.type.startsWith("image/"));
  });
}

function wirePicker(buttonId, inputId, isPicture) {
  const input = byId(inputId);
  byId(buttonId).addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    for (const file of input.files) addToTray(file, isPicture);
    input.value = "";
  });
}

export function switchDraft(from, to) {
  const box = byId("composer");
  if (from) drafts.set(from, { text: box.value, tray });
  const draft = drafts.get(to) ?? { text: "", tray: [] };
  box.value = draft.text;
  tray = draft.tray;
  closeAtPicker();
  showTray();
  fit();
}

export function forgetDrafts() {
  drafts.clear();
  tray = [];
  byId("composer").value = "";
  showTray();
}

function onKey(event) {
  // While an input method is composing, Enter belongs to it (229 is what older browsers report).
  if (event.isComposing || event.keyCode === 229) return;
  if (atPickerTakes(event)) return;
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    send();
  }
}

function onPaste(event) {
  const pictures = [...event.clipboardData.files].filter((file) => file.type.startsWith("image/"));
  if (!pictures.length) return;
  event.preventDefault();
  for (const picture of pictures) addToTray(picture, true);
}

function addToTray(file, isPicture) {
  if (file.size > MAX_BYTES) {
    toast(`「${file.name}」超过 25 MB，发不了。`);
    return;
  }
  const entry = { file, isPicture, preview: isPicture ? URL.createObjectURL(file) : null };
  // The upload starts at once; the order of the message is the order of the tray, not of arrival.
  entry.done = upload(file).catch(() => null);
  tray.push(entry);
  showTray();
  byId("composer").focus();
}

function showTray() {
  byId("tray").hidden = tray.length === 0;
  byId("tray").replaceChildren(...tray.map((entry) => el("li", { testid: "tray-item" },
    entry.preview
      ? el("img", { src: entry.preview, alt: entry.file.name })
      : el("span", { className: "tray-file", text: `${entry.file.name}，${fileSize(entry.file.size)}` }),
    el("button", {
      type: "button",
      className: "tray-remove",
      "aria-label": `不发 ${entry.file.name}`,
      text: "×",
      on: { click: () => { tray = tray.filter((other) => other !== entry); showTray(); } },
    }))));
}

async function send() {
  const chat = currentChat();
  const box = byId("composer");
  const text = box.value.trim();
  if (!chat || isSending || (!text && !tray.length)) return;
  isSending = true;
  try {
    const entries = tray;
    const uploads = await Promise.all(entries.map((entry) => entry.done));
    if (uploads.includes(null)) {
      toast("有图片或文件没传上来，请去掉再加一次。");
      return;
    }
    if (sendParts(chat, text, entries, uploads)) {
      for (const entry of entries) if (entry.preview) URL.revokeObjectURL(entry.preview);
      tray = [];
      box.value = "";
      showTray();
      fit();
    } else {
      toast("这一页和沙盒断开了，稍等再发。");
    }
  } finally {
    isSending = false;
  }
}

// Words and pictures make one message; every file is one of its own, as on QQ.
function sendParts(chat, text, entries, uploads) {
  const parts = textParts(chat, text);
  const files = [];
  uploads.forEach((kept, index) => {
    if (entries[index].isPicture && kept.picture) parts.push({ type: "image", media: kept.media });
    else files.push([{ type: "file", media: kept.media }]);
  });
  const messages = parts.length ? [parts, ...files] : files;
  return messages.every((one) => ask("say", { chat: chat.key, parts: one, ref: text }));
}

export function textParts(chat, text) {
  if (!text) return [];
  if (chat.kind !== "group") return [{ type: "text", text }];
  const names = new Map(chat.members.map((member) => [member.name, member.id]));
  names.set(nameIn(chat, null), null);
  names.set(state.bot.name, state.bot.id);
  const parts = [];
  let rest = text;
  while (rest) {
    const [start, name] = firstMention(rest, [...names.keys()]);
    if (start < 0) break;
    if (start) parts.push({ type: "text", text: rest.slice(0, start) });
    parts.push({ type: "at", user: names.get(name) });
    rest = rest.slice(start + 1 + name.length);
  }
  if (rest) parts.push({ type: "text", text: rest });
  return parts;
}

function firstMention(text, names) {
  const longestFirst = names.sort((a, b) => b.length - a.length);
  for (let start = text.indexOf("@"); start >= 0; start = text.indexOf("@", start + 1)) {
    const name = longestFirst.find((one) => text.startsWith(one, start + 1));
    if (name) return [start, name];
  }
  return [-1, ""];
}

export function giveBack(text) {
  const box = byId("composer");
  if (text && !box.value) box.value = text;
}

function fit() {
  const box = byId("composer");
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight, 180)}px`;
}
