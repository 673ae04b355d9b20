// A file can be dropped anywhere on the card; how far it has travelled is shown, and an upload cut off says so.
"use strict";

const card = document.getElementById("upload");
const input = document.getElementById("file");
const bar = document.getElementById("sent");

function say(sentence) {
  const notice = document.createElement("p");
  notice.className = "notice notice--bad";
  notice.setAttribute("role", "alert");
  notice.textContent = sentence;
  document.getElementById("said").replaceChildren(notice);
}

// A file let go beside the card would open in place of the page.
for (const kind of ["dragover", "drop"]) {
  document.addEventListener(kind, (event) => event.preventDefault());
}

card.addEventListener("dragover", () => card.classList.add("drop--over"));
for (const kind of ["dragleave", "drop"]) {
  card.addEventListener(kind, () => card.classList.remove("drop--over"));
}

card.addEventListener("drop", (event) => {
  if (event.dataTransfer.files.length !== 1) {
    say("Drop one file: a list saved as CSV or XLSX.");
    return;
  }
  input.files = event.dataTransfer.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
  card.requestSubmit();
});

card.addEventListener("htmx:beforeRequest", () => {
  document.getElementById("said").replaceChildren();
  bar.hidden = false;
});
card.addEventListener("htmx:xhr:progress", (event) => {
  if (event.detail.lengthComputable) bar.value = (100 * event.detail.loaded) / event.detail.total;
});
card.addEventListener("htmx:afterRequest", () => { bar.hidden = true; });
for (const kind of ["htmx:sendError", "htmx:sendAbort", "htmx:timeout"]) {
  card.addEventListener(kind, () => say("The upload was cut off and nothing was kept. Check your connection and press Upload again."));
}
card.addEventListener("htmx:responseError", (event) => {
  const page = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
  say(page.querySelector(".lead, main p")?.textContent || "That did not work. Reload the page and try again.");
});
