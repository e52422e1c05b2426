// The bar on top: simulated time, the jumps, and whether the bot is connected.

import { byId, el } from "./dom.js";
import { fullTime } from "./dates.js";
import { ask, state } from "./state.js";

const LABELS = {
  "hour": "过一小时",
  "day": "过一天",
  "next-morning": "到明早9点",
  "monday-morning": "到下周一早上9点",
  "monday-evening": "到下周一晚上8点",
  "quarter-14": "到季度末前14天",
  "quarter-3": "到季度末前3天",
  "quarter-last-evening": "到季度末最后一天晚上8点",
};

export function setUpClock() {
  const buttons = Object.entries(LABELS).map(([name, label]) => el("button", {
    type: "button",
    className: "jump",
    testid: `jump-${name}`,
    text: label,
    "data-jump": name,
    on: { click: () => ask("jump", { name }) },
  }));
  byId("jumps").append(...buttons);
}

export function showClock() {
  const now = byId("clock-now");
  now.textContent = fullTime(state.now);
  now.dateTime = state.now.toISOString();
  byId("clock-busy").hidden = !state.isBusy;
  for (const button of byId("jumps").children) {
    const target = state.jumps[button.dataset.jump];
    button.disabled = state.isBusy || !target;
    if (target) button.title = fullTime(new Date(target));
  }
}

export function showLink() {
  const badge = byId("connection");
  const isOn = state.link.connected;
  badge.textContent = isOn ? `${state.bot.name}在线` : "没连上";
  badge.dataset.state = isOn ? "on" : "off";
}
