// Everything here is a convenience: each page works without it.
import { initAll } from "./built/govuk-frontend.min.js";

document.documentElement.classList.add("js-enabled");
document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();

// Who types is not idle: the server is told so, now and then. How long a session can last at most stays as it is.
const page = document.body.dataset;
if (page.awake) {
  let told = Date.now();
  document.addEventListener("input", () => {
    if (Date.now() - told < 1000 * Number(page.awakeEvery)) return;
    told = Date.now();
    fetch(page.awake, { redirect: "manual" }).catch(() => null);
  });
}

// What is typed is kept on the server while it is typed, for whoever types it, in case their session ends.
const kept = document.querySelector("form[data-keep]");
if (kept) {
  const said = kept.querySelector("[data-kept]");
  let waiting = 0;
  let sending = false;
  const keep = () => {
    waiting = 0;
    if (sending) return;
    const typed = new FormData(kept);
    typed.append("later", "1");
    fetch(location.pathname, { method: "POST", body: typed, headers: { Accept: "application/json" }, redirect: "manual" })
      .then((answer) => answer.json())
      .then((answer) => { said.textContent = answer.said || answer.problem; })
      .catch(() => { said.textContent = said.dataset.kept; });
  };
  kept.addEventListener("input", () => { waiting = waiting || setTimeout(keep, 1000 * Number(kept.dataset.keep || 20)); });
  kept.addEventListener("submit", () => { sending = true; });
}
