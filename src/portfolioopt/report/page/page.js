"use strict";
// The page is whole without this. It adds: what a mark says when it is pointed at or reached by arrow keys, the other
// marks of the same partnership lit up, and a filter. Text from the report is only ever set as text.
(function () {
  const tip = document.getElementById("tip");
  const all = (selector, within) => Array.from((within || document).querySelectorAll(selector));

  function light(key) {
    all(".lit").forEach((svg) => svg.classList.remove("lit"));
    all(".on").forEach((mark) => mark.classList.remove("on"));
    if (!key) return;
    all('[data-key="' + key + '"]').forEach((mark) => {
      mark.classList.add("on");
      const svg = mark.closest("svg");
      if (svg) svg.classList.add("lit");
    });
  }

  function show(mark, x, y) {
    tip.textContent = mark.dataset.tip;
    tip.hidden = false;
    const box = mark.getBoundingClientRect();
    const left = x === undefined ? box.left + Math.min(box.width, 40) : x + 14;
    const top = y === undefined ? box.bottom + 6 : y + 16;
    const room = document.documentElement.clientWidth - tip.offsetWidth - 8;
    tip.style.left = Math.max(4, Math.min(left, room)) + window.scrollX + "px";
    const above = top + tip.offsetHeight > window.innerHeight;
    tip.style.top = (above ? (y === undefined ? box.top : y) - tip.offsetHeight - 8 : top) + window.scrollY + "px";
  }

  function hide() {
    tip.hidden = true;
    tip.textContent = "";
    all(".here").forEach((mark) => mark.classList.remove("here"));
  }

  all(".plot svg").forEach((svg) => {
    const marks = all("[data-tip]", svg);
    if (!marks.length) return;
    let at = -1;
    svg.setAttribute("tabindex", "0");
    svg.addEventListener("pointermove", (event) => {
      const mark = event.target.closest("[data-tip]");
      if (!mark) return hide();
      show(mark, event.clientX, event.clientY);
      if (mark.dataset.key) light(mark.dataset.key);
    });
    svg.addEventListener("pointerleave", () => { hide(); light(""); });
    svg.addEventListener("blur", () => { hide(); light(""); at = -1; });
    svg.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (event.key === "Escape") { hide(); light(""); return; }
      if (event.key === "Home") at = 0;
      else if (event.key === "End") at = marks.length - 1;
      else if (step) at = (at + step + marks.length) % marks.length;
      else return;
      event.preventDefault();
      hide();
      marks[at].classList.add("here");
      marks[at].scrollIntoView({ block: "nearest", inline: "nearest" });
      show(marks[at]);
      light(marks[at].dataset.key);
    });
  });

  all("li[data-key], tr[data-key]").forEach((row) => {
    row.addEventListener("pointerenter", () => light(row.dataset.key));
    row.addEventListener("pointerleave", () => light(""));
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });

  const form = document.querySelector(".filter");
  const words = form.querySelector("input");
  const domain = form.querySelector("select");
  const said = form.querySelector("output");
  const names = new Map();
  const domains = new Map();
  all("tr[data-key]").forEach((row) => {
    const key = row.dataset.key;
    names.set(key, ((names.get(key) || "") + " " + row.querySelector("th").textContent).toLowerCase());
    const figure = row.closest("figure[data-domain]");
    if (figure) domains.set(key, figure.dataset.domain);
  });
  if (names.size < 2) return;
  form.hidden = false;

  function filter() {
    const wanted = words.value.trim().toLowerCase();
    const kept = domain ? domain.value : "";
    const gone = new Set();
    names.forEach((name, key) => {
      if ((wanted && !name.includes(wanted)) || (kept && domains.has(key) && domains.get(key) !== kept)) gone.add(key);
    });
    all("tr[data-key], li[data-key], .plot [data-key]").forEach((mark) => {
      mark.classList.toggle("gone", gone.has(mark.dataset.key));
    });
    all("figure[data-domain]").forEach((figure) => {
      figure.classList.toggle("gone", Boolean(kept) && figure.dataset.domain !== kept);
    });
    said.textContent = wanted || kept ? names.size - gone.size + " of " + names.size + " partnerships" : "";
  }
  form.addEventListener("submit", (event) => event.preventDefault());
  words.addEventListener("input", filter);
  if (domain) domain.addEventListener("change", filter);
})();
