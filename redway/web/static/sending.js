// Two conveniences for returns; both pages work without them.

// While files go up, say how far they are. What is wrong with them is said without sending them twice.
const form = document.getElementById("sending");
const told = document.getElementById("sending-progress");
const problem = document.getElementById("sending-problem");

function say(problems) {
  told.textContent = "";
  problem.querySelector("ul").replaceChildren(...problems.map((text) => {
    const line = document.createElement("li");
    line.textContent = text;
    return line;
  }));
  problem.hidden = problems.length === 0;
  if (problems.length) problem.focus();
}

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  const files = [...form.querySelector("input[type=file]").files];
  if (files.reduce((bytes, file) => bytes + file.size, 0) > Number(form.dataset.most)) {
    say([form.dataset.tooMuch]);
    return;
  }
  say([]);
  const asked = new XMLHttpRequest();
  asked.open("POST", form.action || window.location.href);
  asked.setRequestHeader("Accept", "application/json");
  asked.upload.addEventListener("progress", (step) => {
    if (!step.lengthComputable) return;
    // In tens: a screen reader says each change.
    const share = 10 * Math.floor((10 * step.loaded) / step.total);
    const words = share < 100 ? `${told.dataset.sending} ${share}%` : told.dataset.sent;
    if (told.textContent !== words) told.textContent = words;
  });
  asked.addEventListener("load", () => {
    const type = asked.getResponseHeader("Content-Type") || "";
    if (asked.status === 200 && type.startsWith("application/json")) {
      window.location.assign(JSON.parse(asked.responseText).address);
    } else if (asked.status === 422 && type.startsWith("application/json")) {
      say(JSON.parse(asked.responseText).problems);
    } else {
      form.submit(); // the page with what is wrong comes as usual
    }
  });
  asked.addEventListener("error", () => {
    told.textContent = told.dataset.broken;
  });
  asked.send(new FormData(form));
});

// While it is being checked, look again every two seconds, and show the result when it is there.
const checking = document.getElementById("checking");
if (checking) {
  const look = async () => {
    const answer = await fetch(checking.dataset.state, { headers: { Accept: "application/json" } }).catch(() => null);
    if (answer?.ok && !(await answer.json()).busy) window.location.reload();
    else setTimeout(look, 2000);
  };
  setTimeout(look, 1000);
}
