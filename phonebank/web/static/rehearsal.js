// A rehearsal: its clock ticks on every page, and a phone shows its newest text.
"use strict";

(() => {
  const shown = document.querySelector(".rehearsing__clock");
  if (shown) {
    const from = Date.parse(shown.dateTime);
    const opened = Date.now();
    const format = new Intl.DateTimeFormat("en-US", {
      weekday: "short", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit",
      hourCycle: "h23", timeZone: "America/New_York", timeZoneName: "short",
    });
    setInterval(() => {
      const now = from + (Date.now() - opened) * Number(shown.dataset.speed);
      shown.textContent = format.format(new Date(now));
    }, 1000);
  }

  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful && event.target.matches(".screen__write")) event.target.reset();
  });
  document.addEventListener("htmx:afterSwap", () => {
    const talk = document.querySelector(".call__scroll");
    if (talk) talk.scrollTop = talk.scrollHeight;
  });

  const scroll = document.getElementById("scroll");
  const reply = document.getElementById("reply");
  if (!scroll || !reply) return;
  const many = () => Number(document.getElementById("lines").dataset.many);
  let seen = many();

  function toTheEnd() {
    scroll.scrollTop = scroll.scrollHeight;
  }

  toTheEnd();
  document.addEventListener("htmx:afterSwap", () => {
    if (many() === seen) return;
    seen = many();
    toTheEnd();
  });
})();
