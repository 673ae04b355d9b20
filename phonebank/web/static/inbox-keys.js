// The inbox on this device: single keys, a sound, a count in the tab's title. Each is a choice kept in this browser.
"use strict";

(() => {
  const dialog = document.getElementById("device");
  const opener = document.getElementById("device-open");
  if (!dialog || !opener) return;
  const title = document.title;
  const sound = new Audio();
  let turns = null;

  function isOn(box) {
    let kept = null;
    try { kept = localStorage.getItem("inbox:" + box.dataset.kept); } catch { /* a browser that keeps nothing */ }
    return (kept ?? box.dataset.usual ?? "off") === "on";
  }

  const boxes = Object.fromEntries([...dialog.querySelectorAll("[data-kept]")].map((box) => [box.dataset.kept, box]));
  for (const [name, box] of Object.entries(boxes)) {
    box.checked = isOn(box);
    box.addEventListener("change", () => {
      try { localStorage.setItem("inbox:" + name, box.checked ? "on" : "off"); } catch { /* as above */ }
      if (name === "sound" && box.checked) play();
      count();
    });
  }

  function play() {
    sound.src = opener.dataset.sound;
    sound.play().catch(() => { /* the browser wants a tap first */ });
  }

  function count() {
    const rows = document.getElementById("rows");
    const many = rows ? Number(rows.dataset.turns) + Number(rows.dataset.free) : unread;
    document.title = boxes.badge.checked && many ? `(${many}) ${title}` : title;
    if (rows) {
      if (turns !== null && many > turns && boxes.sound.checked) play();
      turns = many;
    }
  }

  let unread = 0;
  document.addEventListener("heard", (event) => {
    if (boxes.sound.checked) play();
    if (document.hidden) unread += event.detail;
    count();
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { unread = 0; count(); } });
  document.addEventListener("htmx:afterSwap", count);

  opener.hidden = false;
  opener.addEventListener("click", () => dialog.showModal());
  document.getElementById("device-close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });

  function unfold(id, field) {
    const fold = document.getElementById(id);
    if (!fold) return;
    fold.open = true;
    const into = field ? document.getElementById(field) : fold.querySelector("button:not([disabled])");
    into?.focus();
  }

  const keys = {
    n: () => document.getElementById("next")?.requestSubmit(),
    i: () => document.querySelector(".back a")?.click(),
    r: () => document.getElementById("body")?.focus(),
    s: () => unfold("starts"),
    v: () => document.querySelector("#verdicts button")?.focus(),
    z: () => unfold("snooze"),
    h: () => unfold("hand-over", "note"),
    "?": () => dialog.showModal(),
  };

  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest("input:not([type=checkbox]), textarea, select");
    if (event.key === "Escape" && isTyping) { event.target.blur(); return; }
    if (isTyping || dialog.open || event.ctrlKey || event.metaKey || event.altKey || event.repeat || !boxes.keys.checked) return;
    const key = keys[event.key];
    if (!key) return;
    event.preventDefault();
    key();
  });

  count();
})();
