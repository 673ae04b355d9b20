// The campaign editor: saved as it is typed, fields put in at the cursor, the coach's wording taken over with one tap.
"use strict";

(() => {
  const form = document.getElementById("campaign");
  const told = document.getElementById("saved");
  const clash = document.getElementById("clash");
  const rests = 1000; // milliseconds without a key before it is saved
  const tries = 5000; // until it is tried again without a connection
  let timer = 0;
  let isSaving = false;
  let isDirty = false;
  let isOver = false; // somebody else was faster, or it is no draft any more
  let lastText = null;

  const key = () => "editor:" + form.dataset.here;

  function words() {
    return [...new FormData(form)].filter(([name]) => !["csrf_token", "seen", "draft"].includes(name));
  }

  // On this device until the server has it, with the version it was typed upon.
  function keepHere() {
    try { localStorage.setItem(key(), JSON.stringify({ seen: form.elements.seen.value, words: words() })); } catch { /* a browser that keeps nothing */ }
  }

  function forgetHere() {
    try { localStorage.removeItem(key()); } catch { /* nothing was kept */ }
  }

  function tell(sentence) {
    if (told.textContent !== sentence) told.textContent = sentence;
  }

  function tellSignedOut() {
    told.textContent = "You are signed out. Your words are kept on this device. ";
    const link = document.createElement("a");
    link.href = form.dataset.signIn;
    link.textContent = "Sign in again";
    told.append(link);
  }

  function tellClash(said) {
    isOver = true;
    document.getElementById("clash-words").textContent = said.wrong;
    document.getElementById("clash-over").value = said.stamp ?? "";
    document.getElementById("clash-over").hidden = !said.stamp;
    document.getElementById("clash-theirs").hidden = !said.stamp;
    clash.hidden = false;
    tell("Not saved.");
    clash.scrollIntoView({ block: "nearest" });
  }

  function tookIn(said) {
    form.elements.seen.value = said.seen;
    if (said.draft && form.elements.draft && form.elements.draft.value !== String(said.draft)) {
      forgetHere();
      form.elements.draft.value = said.draft;
      form.dataset.here = `draft ${said.draft}`;
      form.dataset.signIn = `/sign-in?next=${encodeURIComponent(said.address)}`;
      history.replaceState(null, "", said.address);
    }
    const lacks = said.wrong.length;
    tell(`Saved ${said.at}` + (lacks ? `, unfinished: ${lacks} thing${lacks > 1 ? "s" : ""} to fill in or mend` : ""));
  }

  // Whether what was typed until now is stored.
  async function save() {
    clearTimeout(timer);
    if (isSaving || isOver) return false;
    isSaving = true;
    isDirty = false;
    try {
      const answer = await fetch(form.dataset.keep, { method: "POST", body: new FormData(form), headers: { "HX-Request": "true" }, redirect: "manual" });
      if (answer.status === 401) { isDirty = true; tellSignedOut(); return false; }
      if (!answer.headers.get("Content-Type")?.includes("json")) {
        isDirty = true;
        tell("Not saved. Your words are kept on this device: reload the page and they are put back.");
        return false;
      }
      const said = await answer.json();
      if (!answer.ok) { tellClash(said); return false; }
      tookIn(said);
      if (!isDirty) forgetHere();
    } catch {
      isDirty = true;
      tell("No connection: your words are kept on this device, and saved when it is back.");
      timer = setTimeout(save, tries);
      return false;
    } finally {
      isSaving = false;
    }
    if (isDirty) later();
    return true;
  }

  function later() {
    isDirty = true;
    keepHere();
    clearTimeout(timer);
    if (!isSaving && !isOver) timer = setTimeout(save, rests);
  }

  // What was typed on this device and never reached the server is put back, unless somebody else was faster.
  function restore() {
    let here = null;
    try { here = JSON.parse(localStorage.getItem(key())); } catch { /* nothing to put back */ }
    if (!here?.words || here.seen !== form.elements.seen.value || JSON.stringify(here.words) === JSON.stringify(words())) return;
    const names = new Set(here.words.map(([name]) => name));
    for (const box of form.querySelectorAll("input[type=checkbox]")) box.checked = here.words.some(([name, value]) => name === box.name && value === box.value);
    for (const name of names) {
      const boxes = [...form.querySelectorAll(`[name="${CSS.escape(name)}"]:not([type=checkbox]):not([type=hidden])`)];
      const values = here.words.filter(([one]) => one === name).map(([, value]) => value);
      boxes.forEach((box, place) => { if (place < values.length) box.value = values[place]; });
    }
    form.dispatchEvent(new Event("input", { bubbles: true }));
    tell("What you typed before on this device is put back.");
  }

  function putIn(box, text, select) {
    box.focus();
    // execCommand keeps the browser's own undo.
    if (!document.execCommand("insertText", false, text)) box.setRangeText(text, box.selectionStart, box.selectionEnd, "end");
    if (select) {
      const end = box.selectionEnd - 5; // before `") }}`
      box.setSelectionRange(end - select.length, end);
    }
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }

  form.addEventListener("focusin", (event) => { if (event.target.dataset?.merges) lastText = event.target; });
  form.addEventListener("input", later);
  form.addEventListener("change", later);

  document.addEventListener("click", (event) => {
    const field = event.target.closest("[data-field]");
    if (field) {
      const box = lastText ?? form.querySelector("textarea[data-merges]");
      const lacks = "lacks" in field.dataset;
      putIn(box, lacks ? `{{ ${field.dataset.field} | default("friend") }}` : `{{ ${field.dataset.field} }}`, lacks ? "friend" : "");
      document.getElementById("picked").textContent = `${field.dataset.field} is put into ${box.labels[0]?.textContent.trim() ?? "the text"}.`;
      return;
    }
    const take = event.target.closest("[data-take]");
    if (take) {
      event.preventDefault();
      const said = [...form.querySelectorAll('textarea[name="ask.texts"]')].filter((box) => box.value.trim());
      const box = said[Number(take.value) - 1];
      box.focus();
      box.select();
      putIn(box, take.dataset.take, "");
    }
  });

  // Saved first, then sent with whatever was typed meanwhile: without a connection, or signed out, the words stay here.
  let mayGo = false;
  form.addEventListener("submit", async (event) => {
    clearTimeout(timer);
    if (mayGo || isOver) { forgetHere(); return; }
    event.preventDefault();
    keepHere();
    while (isSaving) await new Promise((resolve) => { setTimeout(resolve, 50); });
    if (!(await save())) return;
    mayGo = true;
    clearTimeout(timer);
    form.requestSubmit(event.submitter);
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  window.addEventListener("online", () => { if (isDirty) save(); });
  document.addEventListener("htmx:beforeRequest", (event) => { if (!navigator.onLine) event.preventDefault(); });
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    if (event.detail.xhr.status !== 401) return;
    event.preventDefault();
    tellSignedOut();
  });

  restore();
  if ("changed" in form.dataset) later();
})();
