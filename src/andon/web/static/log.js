// The log viewer: only the lines in sight are in the page, whatever the length of the log; the rest is asked for by range.
"use strict";
(() => {
  const box = document.querySelector("[data-log]");
  if (!box) return;
  const CHUNK = 500; // lines asked for at once
  const SPARE = 30; // lines kept ready above and below
  const TALLEST = 12e6; // pixels; browsers cut taller things off, so longer logs scroll in larger steps
  const LISTEN = 700; // milliseconds between two looks at a log that grows

  const space = box.querySelector(".log-space");
  const rows = box.querySelector(".log-rows");
  const follow = document.querySelector("[data-follow]");
  const field = document.querySelector("[data-find]");
  const foundLine = document.querySelector("[data-found]");
  const sizeLine = document.querySelector("[data-size]");
  for (const unneeded of document.querySelectorAll("[data-nojs]")) unneeded.hidden = true;

  const height = rows.firstElementChild?.getBoundingClientRect().height || 20;
  let total = Number(box.dataset.total);
  let ended = box.dataset.ended === "yes";
  let here = Number(box.dataset.line || location.hash.slice(2)) || 0;
  let words = field.value;
  let hits = [];
  const chunks = new Map(); // number of the chunk -> lines, or the promise of them

  // keep what the server sent
  const sent = [...rows.children].map((row) => [Number(row.id.slice(1)), [...row.children[1].childNodes].map((piece) => [piece.textContent, piece.className || ""]), 0]);
  const known = new Map(sent.map((line) => [line[0], line]));

  const full = () => Math.min(total * height, TALLEST);
  const most = () => Math.max(full() - box.clientHeight, 1);
  const lastTop = () => Math.max(total * height - box.clientHeight, 0);
  const top = () => (full() < TALLEST ? box.scrollTop : (box.scrollTop / most()) * lastTop());
  const scrollToLine = (number, middle) => {
    const wanted = Math.max((number - 1) * height - (middle ? box.clientHeight / 2 : 0), 0);
    box.scrollTop = full() < TALLEST ? wanted : (wanted / lastTop()) * most();
  };

  const ask = async (first) => {
    const answer = await fetch(`${box.dataset.log}/lines?first=${first}&count=${CHUNK}`, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    return answer.json();
  };
  const take = (answer) => {
    total = Math.max(total, answer.total);
    ended = answer.ended;
    for (const line of answer.lines) known.set(line[0], line);
    sizeLine.textContent = `${total.toLocaleString("en")} ${total === 1 ? "line" : "lines"}`;
    space.style.height = `${full()}px`;
  };
  const need = (number) => {
    const chunk = Math.floor((number - 1) / CHUNK);
    if (chunks.has(chunk)) return;
    chunks.set(chunk, true);
    ask(chunk * CHUNK + 1).then(take).then(draw).catch(() => chunks.delete(chunk));
  };

  // the pieces of a line with their looks; what is looked for is marked, also where it goes over several pieces
  const marked = (span, pieces) => {
    const text = pieces.map((piece) => piece[0]).join("");
    const found = [];
    for (let at = words ? text.indexOf(words) : -1; at >= 0; at = text.indexOf(words, at + words.length)) found.push(at);
    let at = 0;
    for (const [part, look] of pieces) {
      const end = at + part.length;
      const holder = look ? span.appendChild(document.createElement("span")) : span;
      if (look) holder.className = look;
      for (const from of found) {
        if (from + words.length <= at || from >= end) continue;
        holder.append(text.slice(at, Math.max(from, at)));
        const mark = holder.appendChild(document.createElement("mark"));
        mark.textContent = text.slice(Math.max(from, at), Math.min(from + words.length, end));
        at = Math.min(from + words.length, end);
      }
      holder.append(text.slice(at, end));
      at = end;
    }
  };
  const rowOf = (number) => {
    const row = document.createElement("div");
    row.className = number === here ? "log-row here" : "log-row";
    row.id = `L${number}`;
    const link = document.createElement("a");
    link.href = `${box.dataset.log}?line=${number}#L${number}`;
    link.textContent = number;
    link.title = known.get(number)?.[3] ?? "";
    const span = document.createElement("span");
    span.className = "printed";
    const line = known.get(number);
    if (line) marked(span, line[1]); else need(number);
    if (line && line[2]) span.append(` … ${line[2].toLocaleString("en")} bytes more`);
    row.append(link, span);
    return row;
  };
  let drawn = "";
  const draw = () => {
    const first = Math.max(Math.floor(top() / height) - SPARE, 0) + 1;
    const last = Math.min(first + Math.ceil(box.clientHeight / height) + 2 * SPARE, total);
    const fresh = [];
    let missing = 0;
    for (let number = first; number <= last; number += 1) {
      if (!known.has(number)) missing += 1;
      fresh.push(number);
    }
    const state = `${first} ${last} ${missing} ${here} ${words}`;
    const shift = full() < TALLEST ? (first - 1) * height : box.scrollTop - (top() - (first - 1) * height);
    rows.style.transform = `translateY(${Math.max(shift, 0)}px)`;
    if (state === drawn) return;
    drawn = state;
    rows.replaceChildren(...fresh.map(rowOf));
  };

  // forget what is far away, so that a very long log never fills the memory
  const forget = () => {
    if (known.size < 40 * CHUNK) return;
    const middle = Math.floor(top() / height);
    for (const number of known.keys()) if (Math.abs(number - middle) > 10 * CHUNK) known.delete(number);
    chunks.clear();
  };

  let waiting = false;
  box.addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; forget(); draw(); });
  });
  box.addEventListener("wheel", (event) => { if (event.deltaY < 0) follow.checked = false; }, { passive: true });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Home") { follow.checked = false; scrollToLine(1); event.preventDefault(); }
    if (event.key === "End") { scrollToLine(total); event.preventDefault(); }
  });
  rows.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link) return;
    event.preventDefault();
    here = Number(link.textContent);
    history.replaceState(null, "", link.href);
    draw();
  });

  // ── finding ──────────────────────────────────────────────────────────────────────────────────
  const find = async (back) => {
    if (field.value !== words || !hits.length) {
      words = field.value;
      hits = [];
      if (words) {
        const answer = await fetch(`${box.dataset.log}/found?text=${encodeURIComponent(words)}`);
        hits = answer.ok ? (await answer.json()).lines : [];
      }
    }
    if (!hits.length) {
      foundLine.textContent = words ? "no line has it" : "";
      draw();
      return;
    }
    follow.checked = false;
    const at = hits.findIndex((number) => number >= here);
    let next = back ? (at < 0 ? hits.length : at) - 1 : hits.findIndex((number) => number > here);
    if (next < 0) next = back ? hits.length - 1 : 0;
    here = hits[next];
    foundLine.textContent = `${next + 1} of ${hits.length}${hits.length >= 200 ? "+" : ""}`;
    scrollToLine(here, true);
    draw();
  };
  field.form.addEventListener("submit", (event) => { event.preventDefault(); find(false); });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.shiftKey) { event.preventDefault(); find(true); }
  });

  // ── following ────────────────────────────────────────────────────────────────────────────────
  const listen = async () => {
    if (!document.hidden) {
      try {
        const before = total;
        take(await ask(Math.max(total, 1))); // the last line may have grown
        if (total > before) chunks.clear();
        drawn = "";
      } catch { /* the next look asks again */ }
      if (follow.checked) scrollToLine(total + 1);
      draw();
    }
    if (!ended) setTimeout(listen, LISTEN);
  };
  follow.addEventListener("change", () => { if (follow.checked) { scrollToLine(total + 1); draw(); } });

  space.style.height = `${full()}px`;
  if (here) scrollToLine(here, true);
  else if (box.dataset.from === "end") scrollToLine(total + 1);
  draw();
  if (!ended) setTimeout(listen, LISTEN);
})();
