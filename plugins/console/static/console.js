// The pages work without this. With it, the bar of a push, a file or a roster stays current, and a page that takes a moment
// shows that it is being worked on.

const REFRESH_MS = 5000;
// What went wrong on the way is tried again, until the page is closed.
const PATIENCE_MS = 15000;

function follow(box) {
  const bar = box.querySelector("progress");
  const sentence = box.querySelector("[role=status]");
  const every = Number(box.dataset.every) || REFRESH_MS;
  const ask = async () => {
    const answer = await fetch(box.dataset.state, { credentials: "same-origin" }).catch(() => null);
    return answer && answer.ok ? answer.json() : null;
  };
  const look = async () => {
    const state = await ask();
    if (state === null) {
      setTimeout(look, PATIENCE_MS);
      return;
    }
    // How much there is may not be known yet: then the bar only shows that it goes on.
    if (state.total) {
      bar.max = state.total;
      bar.value = state.sent;
    } else bar.removeAttribute("value");
    // A screen reader reads what changes here; the same words again would only be noise.
    if (sentence.textContent !== state.sentence) sentence.textContent = state.sentence;
    if (state.moving) setTimeout(look, every);
    else location.replace(box.dataset.then || location.href);
  };
  setTimeout(look, every);
}

document.querySelectorAll("[data-state]").forEach(follow);

const busy = document.getElementById("busy");
const show = () => { busy.hidden = false; };
document.querySelectorAll("a[data-slow]").forEach((link) => link.addEventListener("click", show));
document.querySelectorAll("form[data-slow]").forEach((form) => form.addEventListener("submit", show));
window.addEventListener("pageshow", () => { if (busy) busy.hidden = true; });
