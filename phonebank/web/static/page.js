// Small courtesies on every page. Nothing here is needed for a page to work.
"use strict";

const quiet = new Intl.DateTimeFormat(undefined, {
  weekday: "short", month: "short", day: "numeric", hour: "numeric", minute: "2-digit",
});

// Moments without a zone of their own are shown in the reader's.
function showLocalTimes(root) {
  for (const time of root.querySelectorAll("time[data-local]")) {
    time.textContent = quiet.format(new Date(time.dateTime));
  }
}

// A page nobody looks at asks for nothing; it catches up when it is looked at again.
let isLeaving = false;
document.addEventListener("htmx:beforeRequest", (event) => {
  if ((document.hidden || isLeaving) && event.detail.requestConfig.verb === "get") event.preventDefault();
});

document.addEventListener("htmx:load", (event) => showLocalTimes(event.detail.elt));

// A form that was sent is not sent again by a second tap.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
});

// Whoever signs out leaves no words of theirs on a device that others use.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || !event.target.matches('form[action$="/sign-out"]')) return;
  isLeaving = true;
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith("draft:")) localStorage.removeItem(key);
  } catch { /* a browser that keeps nothing */ }
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// A file that is larger than the server takes is refused before it travels.
document.addEventListener("change", (event) => {
  const largest = Number(event.target.dataset?.largest);
  if (!largest) return;
  const file = event.target.files[0];
  const tooLarge = file && file.size > largest;
  event.target.setCustomValidity(tooLarge ? `This file is larger than ${Math.floor(largest / 1e6)} MB. Split it and upload the parts.` : "");
  if (tooLarge) event.target.reportValidity();
});

// Copy a link that is shown once.
document.addEventListener("click", (event) => {
  const source = event.target.dataset?.copy;
  if (!source) return;
  navigator.clipboard.writeText(document.getElementById(source).value).then(() => {
    event.target.textContent = "Copied";
  });
});

// A menu that lies over the page closes by Escape or a tap elsewhere.
function closeMenus(keep) {
  for (const menu of document.querySelectorAll("details[data-closes][open]")) {
    if (!menu.contains(keep)) menu.open = false;
  }
}
document.addEventListener("click", (event) => closeMenus(event.target));
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector("details[data-closes][open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

showLocalTimes(document);
