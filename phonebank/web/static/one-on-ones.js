// The sheet's own print button; without scripts the browser's menu prints it as well.
"use strict";

const print = document.getElementById("print");
if (print) {
  print.hidden = false;
  print.addEventListener("click", () => window.print());
}
