// The conversation page: words are never lost, never sent twice, and new texts are read out.
"use strict";

(() => {
  const composer = document.getElementById("composer");
  const heard = document.getElementById("heard");
  const scroll = document.getElementById("scroll");
  const lastText = () => Number([...document.querySelectorAll("#talk [data-text]")].at(-1)?.dataset.text ?? 0);
  let newest = lastText();

  function toTheEnd() {
    scroll.scrollTop = scroll.scrollHeight;
  }

  function readOut() {
    const fresh = [...document.querySelectorAll("#talk [data-text]")].filter((text) => Number(text.dataset.text) > newest);
    if (!fresh.length) return;
    newest = lastText();
    const theirs = fresh.filter((text) => text.classList.contains("said--theirs"));
    if (theirs.length) heard.textContent = "New text: " + theirs.map((text) => text.querySelector(".said__words").textContent).join(" ");
    toTheEnd();
  }

  toTheEnd();
  if (!composer) {
    document.addEventListener("htmx:afterSwap", readOut);
    return;
  }

  const box = composer.elements.body;
  const send = document.getElementById("send");
  const told = document.getElementById("told");
  const kept = document.getElementById("kept");
  const counted = document.getElementById("counted");
  const act = document.getElementById("act");
  const key = "draft:" + composer.dataset.id;
  const longest = 1600;
  let saved = box.dataset.saved;
  let timer = 0;
  let lastTouch = Date.now();
  let isSending = false;

  function tell(sentence) {
    told.textContent = sentence;
    told.hidden = !sentence;
  }

  function tellSignedOut() {
    tell("You are signed out. Your words are kept here. ");
    const link = document.createElement("a");
    link.href = composer.dataset.signIn;
    link.textContent = "Sign in again";
    told.append(link);
  }

  function state() {
    return document.getElementById("talk").dataset;
  }

  function reflect() {
    const now = state();
    send.disabled = isSending || now.state !== "mine" || "held" in now || "stopped" in now;
    counted.textContent = `${box.value.length.toLocaleString()} of ${longest.toLocaleString()} characters`;
  }

  function post(url, body) {
    return fetch(url, { method: "POST", body, headers: { "HX-Request": "true" }, redirect: "manual" });
  }

  // On this device at once, with what the server had then; on the server when the typing rests.
  function keepHere() {
    try {
      if (box.value === saved) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify({ text: box.value, saved }));
    } catch { /* a browser that keeps nothing: the server still does */ }
  }

  async function keepThere() {
    clearTimeout(timer);
    if (isSending) return;
    const text = box.value;
    try {
      const answer = await post(composer.dataset.draft, new FormData(composer));
      if (answer.status === 401) tellSignedOut();
      if (answer.status !== 204) return;
      saved = text;
      kept.textContent = text ? "Draft kept." : "";
      keepHere();
    } catch { kept.textContent = "No connection: the draft is kept on this device."; }
  }

  function restore() {
    let here = null;
    try { here = JSON.parse(localStorage.getItem(key)); } catch { /* nothing to restore */ }
    if (here?.text && here.saved === saved && !box.value.startsWith(here.text)) box.value = here.text;
    else if (here && here.saved !== saved) localStorage.removeItem(key);
  }

  async function sendIt() {
    isSending = true;
    tell("");
    reflect();
    clearTimeout(timer);
    const text = box.value;
    try {
      const answer = await post(composer.action, new FormData(composer));
      if (answer.status === 401) return tellSignedOut();
      if (!answer.headers.get("Content-Type")?.includes("json")) return tell("Not sent. Reload the page and try again: your words are kept.");
      const said = await answer.json();
      composer.elements.nonce.value = said.nonce;
      if (!answer.ok) return tell(said.wrong);
      if (box.value === text) box.value = "";
      saved = "";
      kept.textContent = "";
      heard.textContent = "Sent.";
      window.htmx.ajax("GET", document.getElementById("talk").getAttribute("hx-get"), { target: "#talk", swap: "outerHTML" });
    } catch {
      tell("No connection, so it may not have gone. Your words are kept: press Send again, it will not go twice.");
    } finally {
      isSending = false;
      keepHere();
      reflect();
      keepThere();
    }
  }

  restore();
  reflect();

  box.addEventListener("input", () => {
    tell("");
    keepHere();
    reflect();
    clearTimeout(timer);
    timer = setTimeout(keepThere, 600);
  });

  composer.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!send.disabled) sendIt();
  });

  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.repeat) composer.requestSubmit();
  });

  document.addEventListener("click", (event) => {
    const start = event.target.closest("[data-start]");
    if (!start) return;
    box.focus();
    box.select();
    // execCommand keeps the browser's own undo: what was typed before is one Ctrl+Z away.
    if (!document.execCommand("insertText", false, start.dataset.start)) box.value = start.dataset.start;
    box.dispatchEvent(new Event("input"));
  });

  // Giving it back, a verdict or a claim takes the unsent words along.
  act.addEventListener("submit", (event) => {
    const isVerdict = "verdict" in (event.submitter?.dataset ?? {});
    if (isVerdict && box.value.trim() && !window.confirm("You have not sent what you wrote. Go on without it?")) {
      event.preventDefault();
      return;
    }
    act.elements.body.value = box.value;
    act.elements.body.disabled = false;
    if (isVerdict) localStorage.removeItem(key);
  });

  // Whoever types, taps or scrolls is still there, and keeps the conversation.
  for (const sign of ["pointerdown", "keydown", "scroll", "touchstart"]) {
    document.addEventListener(sign, () => { lastTouch = Date.now(); }, { passive: true, capture: true });
  }
  const every = Number(composer.dataset.keepEvery) * 1000;
  setInterval(() => {
    if (!document.hidden && Date.now() - lastTouch < Math.max(every * 2, 10_000) && state().state === "mine") keepThere();
  }, every);

  document.addEventListener("htmx:afterSwap", () => { readOut(); reflect(); });

  // Signed out while writing: stay on the page, the words are on it.
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    if (event.detail.xhr.status !== 401) return;
    event.preventDefault();
    tellSignedOut();
  });
})();
