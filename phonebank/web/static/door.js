// The check-in page: says who was just checked in, and makes room for the next name.
"use strict";

document.addEventListener("kept", (event) => {
  const search = document.getElementById("q");
  document.getElementById("told").textContent = event.detail.told;
  const hadSearched = search.value !== "";
  search.value = "";
  if (hadSearched) search.focus();
});
