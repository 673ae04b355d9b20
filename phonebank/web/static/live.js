// The page of a campaign under way: draws its table over time, and says how old kept counts are.
"use strict";

const act = document.getElementById("act");
const began = { house: Date.parse(act.dataset.now), here: performance.now() };
const drawings = new Map();

function houseNow() {
  return began.house + (performance.now() - began.here) * Number(act.dataset.speed);
}

function tellAges() {
  for (const time of document.querySelectorAll("time[data-ago]")) {
    const seconds = Math.max(0, Math.round((houseNow() - Date.parse(time.dateTime)) / 1000));
    const words = seconds < 90 ? `${seconds} seconds ago` : `${Math.round(seconds / 60)} minutes ago`;
    if (time.textContent !== words) time.textContent = words;
  }
}

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function figures(table, column) {
  const rows = [...table.querySelectorAll("tr[data-at]")];
  const number = (row) => Number(row.cells[column].textContent.replaceAll(",", ""));
  return [rows.map((row) => Date.parse(row.dataset.at) / 1000), rows.map(number)];
}

function optionsFor(place, times, step) {
  const axis = { stroke: colour("--ink-soft"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false } };
  const whole = (_plot, found) => found.map((one) => (Number.isInteger(one) ? one.toLocaleString() : ""));
  return {
    width: place.clientWidth,
    height: 160,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { range: (_plot, low, high) => [low - step / 2, Math.max(high, low + 9 * step) + step / 2] },
      y: { range: (_plot, _low, high) => [0, Math.max(high, 4)] },
    },
    axes: [axis, { ...axis, size: 56, values: whole }],
    series: [{}, { fill: colour(place.dataset.draws === "asks" ? "--busy" : "--good"), width: 0, points: { show: false }, paths: uPlot.paths.bars({ size: [0.8, 60] }) }],
  };
}

function draw(anew) {
  const table = document.querySelector("table[data-curve]");
  if (!table || !window.uPlot) return;
  document.querySelectorAll("[data-draws]").forEach((place, at) => {
    const found = figures(table, at + 1);
    const known = drawings.get(place);
    if (known && !anew && known.step === table.dataset.step) return known.plot.setData(found);
    known?.plot.destroy();
    place.hidden = false;
    place.className = "drawing";
    place.replaceChildren(Object.assign(document.createElement("p"), { className: "drawing__title", textContent: place.dataset.title }));
    const options = optionsFor(place, found[0], Number(table.dataset.step));
    drawings.set(place, { plot: new uPlot(options, found, place), step: table.dataset.step });
  });
}

document.addEventListener("htmx:load", (event) => {
  if (event.detail.elt.id === "curve") draw(false);
  tellAges();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => draw(true));
new ResizeObserver(() => {
  for (const [place, { plot }] of drawings) if (plot.width !== place.clientWidth) plot.setSize({ width: place.clientWidth, height: 160 });
}).observe(document.querySelector(".live__rest"));
setInterval(tellAges, 1000);
draw(true);
tellAges();
