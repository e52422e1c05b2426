// The drawer with the few faults a visitor may cause.

import { byId, el, swapChildren } from "./dom.js";
import { ask, state } from "./state.js";

export function setUpFaults() {
  byId("faults-open").addEventListener("click", () => toggle(byId("faults").hidden));
  byId("faults-close").addEventListener("click", () => { toggle(false); byId("faults-open").focus(); });
  // The whole page listens: a button that was pressed and is disabled now holds no focus.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || byId("faults").hidden) return;
    toggle(false);
    byId("faults-open").focus();
  });
}

function toggle(isOpen) {
  byId("faults").hidden = !isOpen;
  byId("faults-open").setAttribute("aria-expanded", String(isOpen));
  if (isOpen) byId("faults-close").focus();
}

export function showFaults() {
  const groups = state.chats.filter((chat) => chat.kind === "group");
  swapChildren(byId("fault-list"), [
    state.link.held
      ? item("fault-online", "让雁阵重连", "现在断着。发给它的话它收不到，连上以后也不会补。", () => fault("online"))
      : item("fault-offline", "让雁阵掉线", "连着的线断开，直到您让它重连。", () => fault("offline")),
    item("fault-no-answer", "下一条发出后不回执",
      state.link.no_answer ? "等着雁阵发下一条。" : "消息到了，但雁阵不知道到没到。",
      () => fault("no_answer"), state.link.no_answer),
    ...groups.map(muteItem),
  ]);
}

function muteItem(chat) {
  const name = chat.bot_muted ? "unmute" : "mute";
  const label = chat.bot_muted ? `「${chat.title}」解除禁言` : `在「${chat.title}」禁言雁阵`;
  const note = chat.bot_muted ? "雁阵在这个群里说不了话。" : "雁阵往这个群发的，会被退回来。";
  return item(`fault-${name}-${chat.id}`, label, note, () => fault(name, chat.id));
}

const fault = (name, group) => ask("fault", { name, group });

function item(testid, label, note, act, isDone = false) {
  return el("li", {},
    el("button", { type: "button", testid, text: label, disabled: isDone, on: { click: act } }),
    el("p", { text: note }));
}
