// The pages work without this. With it, a push's bar stays current, and a page that takes a moment
// shows that it is being worked on.

const REFRESH_MS = 5000;

function follow(box) {
  const bar = box.querySelector("progress");
  const sentence = box.querySelector("[role=status]");
  const look = async () => {
    const answer = await fetch(box.dataset.state, { credentials: "same-origin" });
    if (!answer.ok) return;
    const state = await answer.json();
    bar.max = state.total || 1;
    bar.value = state.sent;
    // A screen reader reads what changes here; the same words again would only be noise.
    if (sentence.textContent !== state.sentence) sentence.textContent = state.sentence;
    if (state.moving) setTimeout(look, REFRESH_MS);
    else location.reload();
  };
  setTimeout(look, REFRESH_MS);
}

document.querySelectorAll("[data-state]").forEach(follow);

const busy = document.getElementById("busy");
const show = () => { busy.hidden = false; };
document.querySelectorAll("a[data-slow]").forEach((link) => link.addEventListener("click", show));
document.querySelectorAll("form[data-slow]").forEach((form) => form.addEventListener("submit", show));
window.addEventListener("pageshow", () => { if (busy) busy.hidden = true; });
