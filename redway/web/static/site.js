// Everything here is a convenience: each page works without it.
import { initAll } from "./built/govuk-frontend.min.js";

document.documentElement.classList.add("js-enabled");
document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();
