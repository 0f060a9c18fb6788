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
