// First texts by hand: one press is one text. A held key, a second tap or a lost connection never sends another.
"use strict";

(() => {
  const hands = document.getElementById("hands");
  const shortestLook = 350; // ms: a double tap ends before this, nobody has read the next text before it
  const basic = new Set(hands.dataset.gsm);
  const extension = new Set(hands.dataset.gsmExtension);
  let shownAt = 0;

  // A box that was drawn larger carries a style, which the page's policy lets nobody copy to the next one.
  window.htmx.config.attributesToSettle = ["class"];

  const find = (id) => document.getElementById(id);

  function segments(text) {
    const letters = [...text];
    const isPlain = letters.every((letter) => basic.has(letter) || extension.has(letter));
    const units = isPlain ? letters.reduce((sum, letter) => sum + (extension.has(letter) ? 2 : 1), 0) : text.length;
    const [alone, each] = isPlain ? [160, 153] : [70, 67];
    return units <= alone ? 1 : Math.ceil(units / each);
  }

  function count() {
    const box = find("body");
    if (!box) return;
    const number = segments(box.value.replace(/[\u2018\u2019]/g, "'").replace(/[\u201c\u201d]/g, '"'));
    find("counted").textContent = `${box.value.length.toLocaleString()} characters, ${number} ${number === 1 ? "segment" : "segments"}`;
  }

  function tell(sentence) {
    const told = find("told");
    if (!told) return;
    told.textContent = sentence;
    told.hidden = !sentence;
  }

  function show() {
    shownAt = performance.now();
    count();
    reflect();
    find("send")?.focus({ preventScroll: true });
  }

  function reflect() {
    const send = find("send");
    if (send && find("body")) send.disabled = "still" in find("standing").dataset;
  }

  // A key that is held down is one press.
  document.addEventListener("keydown", (event) => {
    if (event.repeat && (event.key === "Enter" || event.key === " ") && event.target.id !== "body") event.preventDefault();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.repeat) find("first-text")?.requestSubmit();
  });

  // The second half of a double tap would send a text that nobody has read.
  document.addEventListener("submit", (event) => {
    if (performance.now() - shownAt > shortestLook) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);

  document.addEventListener("input", (event) => {
    if (event.target.id !== "body") return;
    tell("");
    count();
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "standing") reflect();
    else show();
  });
  document.addEventListener("htmx:sendError", (event) => {
    if (event.detail.elt.closest("#person")) tell("No connection, so it may not have gone. Press Send again: it will not go twice.");
  });
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.elt.closest("#person")) tell("That did not work. Press Send again: it will not go twice.");
  });

  // Signed out in mid-batch: stay on the page, the words are on it.
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    if (event.detail.xhr.status !== 401) return;
    event.preventDefault();
    tell("You are signed out, so nothing was sent. Your words are kept here. ");
    const link = document.createElement("a");
    link.href = hands.dataset.signIn;
    link.textContent = "Sign in again";
    find("told")?.append(link);
  });

  show();
  shownAt = 0;
})();
