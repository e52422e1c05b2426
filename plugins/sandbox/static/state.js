// What the page knows, and the connection over which it learns. One person at a time.

export const state = {
  bot: { id: 0, name: "" },
  people: [],
  me: null,
  isFriend: true,
  chats: [],
  current: null,
  now: new Date(0),
  jumps: {},
  isBusy: false,
  link: { connected: false, held: false, no_answer: false },
  unread: {},
};

export const chatOf = (key) => state.chats.find((chat) => chat.key === key);

export const currentChat = () => chatOf(state.current);

export const personOf = (id) => state.people.find((person) => person.id === id);

export function nameIn(chat, id) {
  if (id === null) return "全体成员";
  const member = chat?.members?.find((one) => one.id === id);
  if (member) return member.name;
  return id === state.bot.id ? state.bot.name : personOf(id)?.name ?? String(id);
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5000;
let socket = null;
let pause = FIRST_PAUSE_MS;

export function connect({ onFrame, onOpen, onLost }) {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  socket = new WebSocket(`${scheme}://${location.host}/ws`);
  socket.addEventListener("open", () => { pause = FIRST_PAUSE_MS; onOpen(); });
  socket.addEventListener("message", (event) => onFrame(JSON.parse(event.data)));
  socket.addEventListener("close", () => {
    onLost();
    setTimeout(() => connect({ onFrame, onOpen, onLost }), pause);
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  });
}

export function ask(op, fields = {}) {
  if (socket?.readyState !== WebSocket.OPEN) return false;
  socket.send(JSON.stringify({ op, ...fields }));
  return true;
}

export async function upload(file) {
  const address = `/upload?name=${encodeURIComponent(file.name ?? "")}`;
  const answer = await fetch(address, { method: "POST", body: file });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}
