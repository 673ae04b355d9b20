// Saved answers: a slash and a few letters in the answer's box, or a tap, put them in where the caret stands.
"use strict";

(() => {
  const box = document.getElementById("body");
  const list = document.getElementById("saved");
  if (!box) return;
  const all = list ? [...list.children] : [];
  let chosen = -1;

  function insert(words, from, to) {
    box.focus();
    box.setSelectionRange(from, to);
    if (!document.execCommand("insertText", false, words)) box.setRangeText(words, from, to, "end");
    box.dispatchEvent(new Event("input"));
  }

  document.addEventListener("click", (event) => {
    const tapped = event.target.closest("button[data-insert]");
    if (tapped) insert(tapped.dataset.insert, box.selectionStart, box.selectionEnd);
  });
  if (!list) return;

  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", "saved");

  // What stands between a slash at the start of a word and the caret; null where none does.
  function typed() {
    const found = /(?:^|\s)\/([\w-]*)$/.exec(box.value.slice(0, box.selectionStart));
    return found && { letters: found[1].toLowerCase(), from: box.selectionStart - found[1].length - 1 };
  }

  const fitting = () => all.filter((one) => !one.hidden);

  function choose(at) {
    chosen = at;
    fitting().forEach((one, index) => one.setAttribute("aria-selected", String(index === at)));
    const one = fitting()[at];
    if (one) box.setAttribute("aria-activedescendant", one.id);
    else box.removeAttribute("aria-activedescendant");
    one?.scrollIntoView({ block: "nearest" });
  }

  function show() {
    const is = typed();
    for (const one of all) one.hidden = !is || !one.dataset.shortcut.startsWith(is.letters);
    list.hidden = !fitting().length;
    choose(list.hidden ? -1 : 0);
  }

  function take(one) {
    const is = typed();
    list.hidden = true;
    if (is) insert(one.dataset.insert, is.from, box.selectionStart);
  }

  box.addEventListener("input", show);
  box.addEventListener("blur", () => setTimeout(() => { list.hidden = true; choose(-1); }, 150));
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const one = event.target.closest("[data-insert]");
    if (one) take(one);
  });
  box.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const many = fitting().length;
    if (event.key === "ArrowDown") choose((chosen + 1) % many);
    else if (event.key === "ArrowUp") choose((chosen + many - 1) % many);
    else if ((event.key === "Enter" && !event.ctrlKey && !event.metaKey) || event.key === "Tab") take(fitting()[chosen]);
    else if (event.key === "Escape") list.hidden = true;
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
})();
