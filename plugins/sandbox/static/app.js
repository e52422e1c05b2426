// Puts the page together: what comes in changes the state, and the state is shown.

import { announce, byId, toast } from "./dom.js";
import { setUpMenus } from "./bubbles.js";
import { setUpClock, showClock, showLink } from "./clock.js";
import { forgetDrafts, giveBack, setUpComposer, switchDraft } from "./composer.js";
import { addMessage, addOlder, replaceMessage, setUpTalk, showTalk } from "./conversation.js";
import { setUpFaults, showFaults } from "./faults.js";
import { showChats, showPeople, summary } from "./people.js";
import { ask, chatOf, connect, currentChat, personOf, state } from "./state.js";

const HINT_KEY = "yanzhen.sandbox.hint";
const REFUSALS = {
  muted: "您在这个群里被禁言了，说不了话。",
  not_friend: "还不是好友，也没有共同的群，发不过去。",
  removed: "您不在这个群里了。",
  at_all_used_up: "只有群主和管理员能 @全体成员。",
  not_allowed: "只能撤回自己的消息。",
  too_late: "过了两分钟，撤不回来了。",
  unknown_message: "那条消息已经撤回了。",
  malformed: "这条没发出去，请再试一次。",
};

const frames = {
  hello: ({ people, bot }) => {
    state.people = people;
    state.bot = bot;
    choose(personFromAddress());
  },
  you: ({ person, friend, chats }) => {
    state.me = person;
    state.isFriend = friend;
    state.chats = chats.map((chat) => ({ ...chat, messages: chat.messages.map(read) }));
    if (!currentChat()) state.current = `private-${person}`;
    render();
  },
  message: ({ chat: key, message }) => receive(chatOf(key), read(message)),
  recalled: ({ chat: key, message }) => {
    const chat = chatOf(key);
    const place = chat?.messages.findIndex((one) => one.seq === message.seq) ?? -1;
    if (place < 0) return;
    chat.messages[place] = read(message);
    if (key === state.current) replaceMessage(chat.messages[place]);
    showChats(openChat);
  },
  history: ({ chat: key, messages, has_more }) => {
    const chat = chatOf(key);
    const older = messages.map(read).filter((one) => one.seq < (chat.messages[0]?.seq ?? Infinity));
    chat.messages = [...older, ...chat.messages];
    chat.has_more = has_more;
    if (key === state.current) addOlder(chat, older.length);
  },
  unread: ({ people }) => {
    state.unread = people;
    showPeople(choose);
  },
  clock: ({ now, jumps, busy }) => {
    Object.assign(state, { now: new Date(now), jumps, isBusy: busy });
    showClock();
    showChats(openChat);
  },
  link: ({ connected, held, no_answer }) => {
    state.link = { connected, held, no_answer };
    showLink();
    showFaults();
  },
  refused: ({ why, ref }) => {
    toast(REFUSALS[why] ?? REFUSALS.malformed);
    giveBack(ref);
  },
};

const read = (message) => ({ ...message, time: new Date(message.time) });

function receive(chat, message) {
  if (!chat) return;
  if (message.time > state.now) state.now = message.time;
  chat.messages.push(message);
  const isOpen = chat.key === state.current && !document.hidden && isTalkVisible();
  if (chat.key === state.current) addMessage(chat, message);
  if (isOpen) ask("read", { chat: chat.key });
  else if (message.sender !== state.me) chat.unread += 1;
  if (message.sender !== state.me) announce(`${chat.title}，${message.name}：${summary(chat.key, message)}`);
  showChats(openChat);
  showTitle();
}

const isTalkVisible = () => byId("talk").offsetParent !== null;

function choose(id) {
  if (!personOf(id)) return;
  // A group both belong to stays open: the same talk through other eyes.
  if (id !== state.me) forgetDrafts();
  history.replaceState(null, "", `#${id}`);
  ask("be", { person: id });
}

function personFromAddress() {
  const asked = Number(location.hash.slice(1));
  if (personOf(asked)) return asked;
  return (state.people.find((person) => person.featured) ?? state.people[0])?.id;
}

function openChat(key) {
  switchDraft(state.current, key);
  state.current = key;
  byId("frame").dataset.view = "talk";
  showTalk();
  markRead();
  // On a touch screen focus would raise the keyboard over the chat that was just opened.
  if (!matchMedia("(hover: none)").matches) byId("composer").focus({ preventScroll: true });
}

function markRead() {
  const chat = currentChat();
  if (!chat || document.hidden || !isTalkVisible()) return;
  chat.unread = 0;
  ask("read", { chat: chat.key });
  showChats(openChat);
  showTitle();
}

function render() {
  showPeople(choose);
  showChats(openChat);
  showTalk();
  showFaults();
  showHint();
  markRead();
}

function showTitle() {
  const waiting = state.chats.reduce((sum, chat) => sum + chat.unread, 0);
  document.title = waiting ? `（${waiting}）雁阵沙盒` : "雁阵沙盒";
}

function showHint() {
  const me = personOf(state.me);
  byId("hint").hidden = localStorage.getItem(HINT_KEY) === "closed" || !me;
  const side = matchMedia("(max-width: 760px)").matches ? "上面" : "左边";
  byId("hint-text").textContent =
    `您现在是 ${me?.name}。${side}可以换人。试试给${state.bot.name}发「菜单」。`;
}

byId("hint-close").addEventListener("click", () => {
  localStorage.setItem(HINT_KEY, "closed");
  showHint();
  byId("composer").focus();
});
byId("back").addEventListener("click", () => {
  byId("frame").dataset.view = "chats";
  showChats(openChat);
});
document.addEventListener("visibilitychange", markRead);
window.addEventListener("hashchange", () => choose(personFromAddress()));

setUpClock();
setUpTalk();
setUpMenus();
setUpComposer();
setUpFaults();
connect({
  onFrame: (frame) => frames[frame.op]?.(frame),
  onOpen: () => { byId("page-lost").hidden = true; },
  onLost: () => {
    byId("page-lost").hidden = false;
    state.link.connected = false;
    showLink();
  },
});
