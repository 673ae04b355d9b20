// The conversation page: words are never lost, never sent twice, and new texts are read out.
"use strict";

(() => {
  const composer = document.getElementById("composer");
  const heard = document.getElementById("heard");
  const scroll = document.getElementById("scroll");
  const talk = () => document.getElementById("talk");
  const textsOf = () => [...talk().querySelectorAll("[data-text]")];
  const lastText = () => Number(textsOf().at(-1)?.dataset.text ?? 0);
  let newest = lastText();

  function toTheEnd() {
    scroll.scrollTop = scroll.scrollHeight;
  }

  function readOut() {
    const fresh = textsOf().filter((text) => Number(text.dataset.text) > newest);
    if (!fresh.length) return;
    newest = lastText();
    const theirs = fresh.filter((text) => text.classList.contains("said--theirs"));
    if (theirs.length) {
      heard.textContent = "New text: " + theirs.map((text) => text.querySelector(".said__words").textContent).join(" ");
      document.dispatchEvent(new CustomEvent("heard", { detail: theirs.length }));
    }
    toTheEnd();
  }

  toTheEnd();
  if (!composer) {
    document.addEventListener("htmx:afterSwap", readOut);
    return;
  }

  const box = composer.elements.body;
  const buttons = [document.getElementById("send"), document.getElementById("send-next")];
  const told = document.getElementById("told");
  const kept = document.getElementById("kept");
  const counted = document.getElementById("counted");
  const act = document.getElementById("act");
  const key = `draft:${composer.dataset.person}:${composer.dataset.id}`;
  const longest = 1600;
  let saved = box.dataset.saved;
  let timer = 0;
  let lastTouch = Date.now();
  let lastTyped = 0;
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

  function reflect() {
    const now = talk().dataset;
    const is = segments.count(box.value);
    const mayNot = isSending || now.state !== "mine" || "held" in now || "stopped" in now;
    for (const button of buttons) button.disabled = mayNot;
    const parts = is.many > 1 ? `, ${is.many} segments` : "";
    const over = is.length - longest;
    counted.textContent = `${is.length.toLocaleString()} of ${longest.toLocaleString()} characters${parts}${over > 0 ? `: shorten it by ${over.toLocaleString()}` : ""}`;
    counted.classList.toggle("field__wrong", over > 0);
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

  async function sendIt(then) {
    isSending = true;
    tell("");
    reflect();
    clearTimeout(timer);
    const text = box.value;
    const form = new FormData(composer);
    if (then) form.set("then", then);
    try {
      const answer = await post(composer.action, form);
      if (answer.status === 401) return tellSignedOut();
      if (!answer.headers.get("Content-Type")?.includes("json")) return tell("Not sent. Reload the page and try again: your words are kept.");
      const said = await answer.json();
      composer.elements.nonce.value = said.nonce;
      if (!answer.ok) return tell(said.wrong);
      if (box.value === text) box.value = "";
      saved = "";
      kept.textContent = "";
      heard.textContent = "Sent.";
      if (said.to) {
        keepHere();
        location.assign(said.to);
        return;
      }
      window.htmx.ajax("GET", talk().getAttribute("hx-get"), { target: "#talk", swap: "outerHTML" });
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
    lastTyped = Date.now();
    tell("");
    keepHere();
    reflect();
    clearTimeout(timer);
    timer = setTimeout(keepThere, 600);
  });

  composer.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!buttons[0].disabled) sendIt(event.submitter?.value);
  });

  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.repeat) return;
    composer.requestSubmit(event.shiftKey ? buttons[1] : buttons[0]);
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
    if (!document.hidden && Date.now() - lastTouch < Math.max(every * 2, 10_000) && talk().dataset.state === "mine") keepThere();
  }, every);

  // Others see that somebody writes: said with the question for new texts, so that it costs nothing of its own.
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt.id === "talk" && Date.now() - lastTyped < 4000) event.detail.parameters.writing = "yes";
  });

  document.addEventListener("htmx:afterSwap", () => { readOut(); reflect(); });

  // Signed out while writing: stay on the page, the words are on it.
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    if (event.detail.xhr.status !== 401) return;
    event.preventDefault();
    tellSignedOut();
  });
})();
