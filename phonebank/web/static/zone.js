// The viewer's own time zone, for forms that take times: chosen in a list, or told without a word in a hidden field.
"use strict";

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
for (const field of document.querySelectorAll("[data-zone]")) {
  if (field.tagName === "SELECT" && ![...field.options].some((option) => option.value === zone)) {
    field.append(new Option(zone.replaceAll("_", " "), zone));
  }
  if (!field.dataset.zone) field.value = zone;
}
