// The browser phone: on the line from Take to the end of the talk, by itself. Nothing is loaded before it is needed.
"use strict";

(() => {
  const desk = document.getElementById("desk");
  const find = (id) => document.getElementById(id);
  let device = null;
  let line = null;
  let wanted = "";
  let tried = "";
  let pressed = false;

  function tell(sentence) {
    const told = find("phone-trouble");
    told.textContent = sentence;
    told.hidden = !sentence;
  }

  // Another one may stand in for Twilio's, where there is no Twilio.
  function sdk() {
    if (window.Twilio?.Device) return Promise.resolve(window.Twilio);
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = desk.dataset.sdk;
      script.onload = () => resolve(window.Twilio);
      script.onerror = () => reject(new Error("the phone could not be loaded"));
      document.head.append(script);
    });
  }

  async function phone() {
    if (device) return device;
    const form = new FormData(find("act"));
    const answer = await fetch(desk.dataset.token, { method: "POST", body: form });
    if (!answer.ok) throw new Error("no token");
    const { token } = await answer.json();
    device = new (await sdk()).Device(token, { codecPreferences: ["opus", "pcmu"] });
    device.on("tokenWillExpire", async () => {
      const next = await fetch(desk.dataset.token, { method: "POST", body: new FormData(find("act")) });
      if (next.ok) device.updateToken((await next.json()).token);
    });
    return device;
  }

  async function connect(call) {
    if (wanted === call) return;
    wanted = call;
    tried = call;
    try {
      const made = await (await phone()).connect({ params: { call } });
      line = made;
      made.on("disconnect", () => {
        if (line === made) line = null;
        if (call === "seat" && find("now")?.dataset.place === "power") tried = ""; // nobody was on it: opened again
        if (wanted === call) wanted = "";
      });
      made.on("error", () => tell("The line broke. We keep them company; wait for the next call, or use your own phone."));
      tell("");
    } catch {
      wanted = "";
      tell("Your microphone or the line could not be opened. Allow the microphone, or choose your own phone below.");
    }
  }

  function hangUp() {
    line?.disconnect();
    line = null;
    wanted = "";
  }

  function follow() {
    const now = find("now");
    if (!now) return;
    const { place, call, browser } = now.dataset;
    if (browser === undefined) return;
    if ((place === "joining" || place === "power") && tried !== call) connect(call);
    if (place === "away" || place === "waiting") hangUp();
    document.title = `${place === "ringing" ? "Somebody calls! · " : ""}Calls · phonebank`;
  }

  // Take, Call and the verdict stay on this page: leaving it would end the line.
  document.addEventListener("submit", async (event) => {
    if (event.target.id !== "act" || !event.submitter) return;
    const button = event.submitter;
    const browser = find("now")?.dataset.browser !== undefined;
    if (!browser) return;
    event.preventDefault();
    if (button.disabled) return;
    const form = new FormData(event.target, button); // before it is disabled: a disabled button says nothing
    button.disabled = true;
    if (button.dataset.connect !== undefined) {
      await connect(find("now").dataset.call);
    } else {
      try {
        // Not followed: the page that is loaded next says what was done.
        const answer = await fetch(button.formAction, { method: "POST", body: form, redirect: "manual" });
        const isDone = answer.ok || answer.type === "opaqueredirect";
        if (isDone && button.dataset.hangup !== undefined) {
          hangUp();
          location.assign(location.pathname);
          return;
        }
        pressed = isDone;
        if (!isDone) tell("That did not work. Look again in a moment.");
      } catch {
        tell("There is no network just now. Try again in a moment.");
      }
    }
    button.disabled = false;
    window.htmx.trigger("#now", "look");
  });

  // What was pressed has changed nothing: the page, loaded anew, says why. Not while somebody is on the line.
  document.addEventListener("htmx:afterRequest", (event) => {
    const isUnchanged = event.detail.xhr?.status === 204;
    if (event.detail.elt.id === "now" && pressed && isUnchanged && !line) location.reload();
    pressed = false;
  });

  document.addEventListener("htmx:afterSettle", follow);
  follow();
})();
