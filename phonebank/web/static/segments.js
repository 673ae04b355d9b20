// What the carrier will bill for a text, as asks/segments.py counts it: the same alphabet, the same look-alikes.
"use strict";

const segments = (() => {
  const basic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
  const escaped = "^{}\\[~]|€\f";
  const alike = [
    [/[“”„‟″❝❞«»]/g, '"'], [/[‘’‚‛′ʼʻ`´]/g, "'"], [/[–—‒―−‐‑]/g, "-"],
    [/[\t\u00a0\u2002-\u200a\u202f\u205f\u3000]/g, " "], [/[\u2028\u2029]/g, "\n"], [/[\u200b\u2060\ufeff\u00ad]/g, ""], [/…/g, "..."],
  ];
  const isGsm = (text) => [...text].every((letter) => basic.includes(letter) || escaped.includes(letter));

  function plain(text) {
    const easy = alike.reduce((words, [from, to]) => words.replace(from, to), text.replace(/\r\n?/g, "\n")).trim();
    const bare = easy.replace(/[\u200c\u200d\ufe0e\ufe0f]/g, "");
    return isGsm(bare) ? bare : easy;
  }

  // A pair (an escape and its letter, two halves of an emoji) goes whole into the next part.
  function parts(widths, alone, each) {
    const units = widths.reduce((sum, width) => sum + width, 0);
    if (units <= alone) return Number(units > 0);
    let many = 1;
    let room = each;
    for (const width of widths) {
      if (width > room) { many += 1; room = each; }
      room -= width;
    }
    return many;
  }

  function count(text) {
    const letters = [...plain(text)];
    if (isGsm(letters.join(""))) return { length: letters.length, many: parts(letters.map((one) => (escaped.includes(one) ? 2 : 1)), 160, 153) };
    return { length: letters.length, many: parts(letters.map((one) => one.length), 70, 67) };
  }

  return { count };
})();
