// Hand a link on by the phone's own share sheet, where there is one; elsewhere it is copied.
"use strict";

for (const button of document.querySelectorAll("[data-share]")) {
  button.hidden = !navigator.share;
  button.addEventListener("click", () => {
    const url = document.getElementById(button.dataset.share).value;
    navigator.share({ text: button.dataset.shareText, url }).catch(() => {}); // they closed the sheet
  });
}
for (const once of document.querySelectorAll(".once")) {
  once.addEventListener("focus", () => once.select());
}
