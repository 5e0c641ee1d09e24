// Keys, relative times, copying, and live updates that never take away what a person is reading.
// Everything here is a convenience: every page reads and works without it.
"use strict";
(() => {
  const on = (name, does, target = document) => target.addEventListener(name, does);
  const body = document.body;

  // ── relative times, in the words of andon.kernel.words ──────────────────────────────────────────
  const UNITS = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
  const about = (seconds) => {
    const [unit, word] = UNITS.find(([length]) => seconds >= length) || [1, "s"];
    return `${Math.floor(seconds / unit)} ${word}`;
  };
  const ago = (then) => {
    const seconds = (Date.now() - then) / 1000;
    if (seconds < -10) return `in ${about(-seconds)}`;
    return seconds < 10 ? "just now" : `${about(seconds)} ago`;
  };
  const freshen = () => {
    for (const time of document.querySelectorAll("time[datetime]")) {
      const words = ago(Date.parse(time.dateTime));
      if (time.textContent !== words) time.textContent = words;
    }
  };
  setInterval(freshen, 10000);

  // ── clocks of what is running: <span data-since="…"> ─────────────────────────────────────────
  const clock = (seconds) => {
    if (seconds < 10) return `${Math.max(seconds, 0).toFixed(1)} s`;
    if (seconds < 60) return `${Math.floor(seconds)} s`;
    if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
    if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
    return `${Math.floor(seconds / 86400)} d ${Math.floor((seconds % 86400) / 3600)} h`;
  };
  const tick = () => {
    for (const span of document.querySelectorAll("[data-since]")) {
      span.textContent = clock((Date.now() - Date.parse(span.dataset.since)) / 1000);
    }
  };
  setInterval(tick, 1000);

  // ── keys ─────────────────────────────────────────────────────────────────────────────────────
  const keys = document.getElementById("keys");
  const typing = (target) => target.closest("input, textarea, select, [contenteditable]");
  let going = 0;
  on("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "/") {
      event.preventDefault();
      (document.querySelector("[data-find]") || document.getElementById("q"))?.focus();
    } else if (event.key === "?") {
      keys.showModal();
    } else if (event.key === "g") {
      going = event.timeStamp;
    } else if (going && event.timeStamp - going < 1500) {
      going = 0;
      document.querySelector(`[data-go="${CSS.escape(event.key)}"]`)?.click();
    }
  });
  on("click", (event) => {
    if (event.target.closest("[data-keys]")) keys.showModal();
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  // ── copying ──────────────────────────────────────────────────────────────────────────────────
  on("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copy);
    button.classList.add("copied");
    setTimeout(() => button.classList.remove("copied"), 1200);
  });

  // ── live updates ─────────────────────────────────────────────────────────────────────────────
  const selecting = () => {
    const selection = document.getSelection();
    const live = document.getElementById("live");
    return Boolean(live && selection && !selection.isCollapsed && live.contains(selection.anchorNode));
  };
  let held = false;
  on("htmx:before:swap", (event) => {
    if (!selecting()) return;
    held = true;
    event.preventDefault();
  });
  on("selectionchange", () => {
    if (!held || selecting()) return;
    held = false;
    htmx.trigger(body, "moved");
  });
  const say = (words) => {
    const line = document.querySelector("[data-connection]");
    if (line && line.textContent !== words) line.textContent = words;
  };
  on("htmx:sse:after:connection", () => say("Live"));
  on("htmx:sse:error", () => say("Connecting again…"));

  document.documentElement.classList.add("js");
  // ── the tab says how the line stands: its title and the colour of its icon ───────────────────
  const shine = () => {
    const here = document.querySelector("[data-lamp]");
    const icon = document.querySelector("link[rel=icon]");
    if (!here || !icon) return;
    if (icon.href !== new URL(icon.dataset[here.dataset.lamp], location).href) icon.href = icon.dataset[here.dataset.lamp];
    document.title = here.dataset.title;
  };

  const begin = () => {
    freshen();
    tick();
    shine();
  };
  on("htmx:after:swap", begin);
  begin();
})();
