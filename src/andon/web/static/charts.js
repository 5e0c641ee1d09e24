// Zoom for figures whose series is known as JSON: <figure data-series="/api/…">. Drawn by uPlot over the same numbers.
// Without this file the picture and its table are there all the same, and they stay when it works.
"use strict";
(() => {
  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const STEPS = [[31536000, "y", 2], [86400, "d", 2], [3600, "h", 1], [60, "min", 1]];
  const LENGTHS = [1, 10, 60, 600, 3600, 21600, 86400, 604800, 2592000, 8640000, 31536000, 315360000];
  const TIMES = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 432000, 864000, 1728000, 2592000, 5184000, 8640000, 31536000];
  const HEIGHT = 320;
  const LANES = 44;

  // ── words, as in andon.web.charts.units and calendar ─────────────────────────────────────────
  const ROUND = { 86400: "1 d", 31536000: "1 y", 315360000: "10 y" };
  const digits = (value) => {
    const size = Math.abs(value);
    if (size >= 99.95) return Math.round(value).toLocaleString("en");
    const decimals = size >= 1 ? 1 : size >= 0.01 || !size ? 2 : Math.min(1 - Math.floor(Math.log10(size)), 12);
    return value.toFixed(decimals).replace(/\.?0+$/, "");
  };
  const long = (seconds) => {
    const [size, word] = STEPS.find(([length, , times]) => seconds >= length * times) || [1, "s"];
    return `${digits(seconds / size)} ${word}`;
  };
  const brief = (value, unit) => {
    if (value === null || value === undefined) return "no data";
    if (unit === "seconds") return long(value);
    if (unit === "ratio") return `${digits(value * 100)} %`;
    if (unit === "per day") return `${digits(value)} a day`;
    return unit === "count" ? digits(value) : `${digits(value)} ${unit}`;
  };
  const day = (seconds) => {
    const at = new Date(seconds * 1000);
    return `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]} ${at.getUTCFullYear()}`;
  };
  const clock = (seconds) => new Date(seconds * 1000).toISOString().slice(11, 16);
  const minute = (seconds) => `${day(seconds)} ${clock(seconds)}`;

  // what stands under a tick: years, months, days or hours, as the distance between ticks asks
  const under = (seconds, n, apart) => {
    const at = new Date(seconds * 1000);
    const [year, month] = [String(at.getUTCFullYear()), MONTHS[at.getUTCMonth()]];
    if (apart >= 31536000) return year;
    if (apart >= 2419200) return at.getUTCMonth() === 0 ? year : n ? month : `${month} ${year}`;
    if (apart >= 86400 || seconds % 86400 === 0) return `${at.getUTCDate()} ${month}`;
    return clock(seconds);
  };

  // ── colours: those of the style sheet, in the theme of the moment ────────────────────────────
  const colours = (figure) => {
    const probe = document.createElement("span");
    figure.append(probe);
    const found = {};
    for (const name of ["accent", "text", "quiet", "line", "line-strong", "red", "page"]) {
      probe.style.color = `var(--${name})`;
      found[name] = getComputedStyle(probe).color;
    }
    probe.remove();
    return found;
  };

  // ── what happened, drawn under and over the series ───────────────────────────────────────────
  const hatched = (context, colour) => {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 10;
    const pen = tile.getContext("2d");
    pen.strokeStyle = colour;
    pen.globalAlpha = 0.55;
    pen.lineWidth = 1.5;
    pen.beginPath();
    for (const x of [-10, 0, 10]) { pen.moveTo(x, 0); pen.lineTo(x + 10, 10); }
    pen.stroke();
    return context.createPattern(tile, "repeat");
  };
  const bands = (plot, series, colour) => {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height + LANES * devicePixelRatio);
    ctx.clip();
    const pattern = hatched(ctx, colour.red);
    for (const incident of series.incidents) {
      const begin = plot.valToPos(incident.begin, "x", true);
      const end = incident.end === null ? bbox.left + bbox.width + 9 : plot.valToPos(incident.end, "x", true);
      if (end < bbox.left || begin > bbox.left + bbox.width) continue;
      ctx.globalAlpha = 1;
      ctx.fillStyle = pattern;
      ctx.fillRect(begin, bbox.top, Math.max(end - begin, 3), bbox.height + LANES * devicePixelRatio);
      ctx.strokeStyle = colour.red;
      ctx.globalAlpha = 0.6;
      ctx.lineWidth = devicePixelRatio;
      ctx.strokeRect(begin, bbox.top - 9, Math.max(end - begin, 3), bbox.height + 18 + LANES * devicePixelRatio);
    }
    ctx.restore();
  };
  const stroke = (ctx, colour, width, ...lines) => {
    ctx.strokeStyle = colour;
    ctx.lineWidth = width;
    ctx.beginPath();
    for (const [x1, y1, x2, y2] of lines) { ctx.moveTo(x1, y1); ctx.lineTo(x2, y2); }
    ctx.stroke();
  };
  const signs = (plot, series, colour) => {
    const { ctx, bbox } = plot;
    const dot = devicePixelRatio;
    const ground = bbox.top + bbox.height + (LANES / 2) * dot;
    const inside = (at) => at >= plot.scales.x.min && at <= plot.scales.x.max;
    ctx.save();
    for (const { at, failed } of series.deployments) {
      if (!inside(at)) continue;
      const x = plot.valToPos(at, "x", true);
      if (!failed) { stroke(ctx, colour.quiet, 1.25 * dot, [x, ground, x, ground - 8 * dot]); continue; }
      const [y, r] = [ground - 14 * dot, 3.5 * dot];
      stroke(ctx, colour.red, 1.75 * dot, [x, ground, x, y], [x - r, y - r, x + r, y + r], [x + r, y - r, x - r, y + r]);
    }
    for (const { at } of series.flips) {
      if (!inside(at)) continue;
      const [x, y, r] = [plot.valToPos(at, "x", true), ground + 11 * dot, 5 * dot];
      ctx.fillStyle = colour.page;
      ctx.strokeStyle = colour.text;
      ctx.lineWidth = 1.5 * dot;
      ctx.beginPath();
      ctx.moveTo(x, y - r); ctx.lineTo(x + r, y); ctx.lineTo(x, y + r); ctx.lineTo(x - r, y); ctx.closePath();
      ctx.fill(); ctx.stroke();
    }
    ctx.restore();
  };
  const triangles = (plot, series, colour) => {
    const { ctx } = plot;
    const r = 5 * devicePixelRatio;
    ctx.save();
    ctx.fillStyle = colour.page;
    ctx.strokeStyle = colour.text;
    ctx.lineWidth = 1.5 * devicePixelRatio;
    for (const n of series.odd) {
      const at = series.at[n];
      if (at < plot.scales.x.min || at > plot.scales.x.max || series.values[n] === null) continue;
      const [x, y] = [plot.valToPos(at, "x", true), plot.valToPos(series.values[n], "y", true)];
      ctx.beginPath();
      ctx.moveTo(x, y - r); ctx.lineTo(x + r * 0.9, y + r * 0.7); ctx.lineTo(x - r * 0.9, y + r * 0.7); ctx.closePath();
      ctx.fill(); ctx.stroke();
    }
    ctx.restore();
  };
  const levels = (plot, series, colour) => {
    const { ctx, bbox } = plot;
    const right = bbox.left + bbox.width;
    ctx.save();
    ctx.fillStyle = colour.text;
    ctx.textAlign = "left";
    ctx.textBaseline = "alphabetic";
    ctx.font = `${12 * devicePixelRatio}px system-ui, sans-serif`;
    let last = Infinity;
    [...series.levels].sort((a, b) => a.value - b.value).forEach((level, n) => {
      const y = plot.valToPos(level.value, "y", true);
      if (y < bbox.top || y > bbox.top + bbox.height) return;
      ctx.setLineDash(n ? [5 * devicePixelRatio, 4 * devicePixelRatio] : []);
      stroke(ctx, colour.text, 1.25 * devicePixelRatio, [bbox.left, y, right, y]);
      last = Math.min(y, last - 15 * devicePixelRatio);
      ctx.fillText(`${level.words} ${brief(level.value, series.unit)}`, right + 8 * devicePixelRatio, last + 4 * devicePixelRatio);
    });
    ctx.restore();
  };
  const names = (plot, series, colour) => {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.fillStyle = colour.red;
    ctx.textAlign = "center";
    ctx.textBaseline = "alphabetic";
    ctx.font = `${12 * devicePixelRatio}px system-ui, sans-serif`;
    let last = -Infinity;
    for (const incident of [...series.incidents].sort((a, b) => a.begin - b.begin)) {
      const end = Math.min(incident.end ?? plot.scales.x.max, plot.scales.x.max);
      const begin = Math.max(incident.begin, plot.scales.x.min);
      if (end < begin) continue;
      const x = plot.valToPos((begin + end) / 2, "x", true);
      const half = ctx.measureText(incident.name).width / 2;
      if (x - half < last + 8 || x + half > bbox.left + bbox.width + 16) continue;
      ctx.fillText(incident.name, x, bbox.top - 5 * devicePixelRatio);
      last = x + half;
    }
    ctx.restore();
  };

  // ticks of durations: lengths that people have words for
  const lengths = (plot, axis, low, high) => LENGTHS.filter((length) => length >= low && length <= high);
  const times = (plot, axis, low, high) => {
    const step = TIMES.find((one) => one >= (high - low) / 6) || high - low;
    return Array.from({ length: Math.floor(high / step) + 1 }, (_, n) => n * step).filter((one) => one >= low);
  };

  // ── the plot ─────────────────────────────────────────────────────────────────────────────────
  const options = (series, colour, width, told) => ({
    width,
    height: HEIGHT,
    padding: [22, series.levels.length ? 88 : 12, 0, 0],
    legend: { show: false },
    cursor: { drag: { x: true, y: false, setScale: true }, points: { size: 7 } },
    tzDate: (at) => uPlot.tzDate(new Date(at * 1000), "Etc/UTC"),
    scales: { y: series.log ? { distr: 3 } : { range: (plot, low, high) => [Math.min(low ?? 0, 0), (high || 1) * 1.05] } },
    axes: [
      {
        stroke: colour.quiet, grid: { show: false }, ticks: { show: false }, border: { show: true, stroke: colour["line-strong"], width: 1 },
        font: "12px system-ui, sans-serif", gap: LANES + 4, size: LANES + 28, space: 64,
        values: (plot, splits, axis, space, apart) => splits.map((at, n) => under(at, n, apart)),
      },
      {
        stroke: colour.quiet, grid: { stroke: colour.line, width: 1 }, ticks: { show: false }, size: 64, font: "12px system-ui, sans-serif",
        values: (plot, values) => values.map((value) => (value === null ? "" : value === 0 ? "0" : (series.unit === "seconds" && ROUND[value]) || brief(value, series.unit))),
        ...(series.unit === "seconds" ? { splits: series.log ? lengths : times, filter: (plot, splits) => splits } : {}),
      },
    ],
    series: [{}, {
      stroke: colour.accent, width: 1.75, spanGaps: false,
      ...(series.mode === "dots" ? { paths: () => null, points: { show: true, size: 5, fill: colour.accent.replace("rgb(", "rgba(").replace(")", ", 0.55)"), width: 0 } } : {}),
    }],
    hooks: {
      drawClear: [(plot) => bands(plot, series, colour)],
      draw: [(plot) => { for (const part of [triangles, levels, signs, names]) part(plot, series, colour); }],
      setScale: [(plot, key) => { if (key === "x") told.range(plot); }],
      setCursor: [(plot) => told.cursor(plot)],
    },
  });

  const button = (words, does) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "button";
    made.textContent = words;
    made.addEventListener("click", does);
    return made;
  };

  let open = 0;
  let held = false;

  class Zoom {
    constructor(figure) {
      this.figure = figure;
      this.plate = figure.querySelector(".plate");
      this.tools = document.createElement("div");
      this.tools.className = "zoom-tools";
      this.opener = button("Zoom", () => this.show());
      this.tools.append(this.opener);
      this.plate.after(this.tools);
    }

    async show() {
      this.opener.disabled = true;
      try {
        const answer = await fetch(this.figure.dataset.series, { headers: { accept: "application/json" } });
        if (!answer.ok) throw new Error(String(answer.status));
        this.series = await answer.json();
      } catch {
        this.tools.append(" The single values could not be loaded. The picture and its table have what is known; try again.");
        this.opener.disabled = false;
        return;
      }
      open += 1;
      this.stage = document.createElement("div");
      this.stage.className = "zoomed";
      this.stage.tabIndex = 0;
      this.stage.setAttribute("role", "group");
      this.stage.setAttribute("aria-label", `${this.series.title}, zoomed. Arrow keys move, plus and minus zoom, 0 shows the whole time, Escape goes back.`);
      this.stage.addEventListener("keydown", (event) => this.key(event));
      this.said = document.createElement("p");
      this.said.setAttribute("role", "status");
      this.read = document.createElement("p");
      this.read.className = "zoom-read";
      this.read.setAttribute("aria-hidden", "true");
      const whole = button("Whole time", () => this.whole());
      this.buttons = [
        button("Earlier", () => this.move(-0.5)), button("Later", () => this.move(0.5)),
        button("Closer", () => this.scale(0.5)), button("Wider", () => this.scale(2)), whole,
        button("Back to the picture", () => this.hide()),
      ];
      this.tools.replaceChildren(...this.buttons, this.said, this.read);
      this.plate.hidden = true;
      this.plate.after(this.stage);
      this.draw();
      this.watch = new ResizeObserver(() => this.plot.setSize({ width: this.stage.clientWidth, height: HEIGHT }));
      this.watch.observe(this.stage);
      this.stage.focus({ preventScroll: true });
    }

    draw() {
      const range = this.plot && { min: this.plot.scales.x.min, max: this.plot.scales.x.max };
      this.plot?.destroy();
      const told = { range: (plot) => this.range(plot), cursor: (plot) => this.cursor(plot) };
      const { at, values, log } = this.series;
      const shown = log ? values.map((value) => (value !== null && value <= 0 ? null : value)) : values;
      this.plot = new uPlot(options(this.series, colours(this.figure), this.stage.clientWidth, told), [at, shown], this.stage);
      this.plot.root.querySelector("canvas").setAttribute("aria-hidden", "true");
      if (range) this.plot.setScale("x", range);
    }

    get ends() {
      const { at, deployments, incidents } = this.series;
      const all = [...at, ...deployments.map((d) => d.at), ...incidents.map((i) => i.begin)];
      return all.reduce(([low, high], one) => [Math.min(low, one), Math.max(high, one)], [Infinity, -Infinity]);
    }

    whole() {
      const [min, max] = this.ends;
      this.plot.setScale("x", { min, max });
    }

    to(min, max) {
      const [first, last] = this.ends;
      const size = Math.min(Math.max(max - min, 60), last - first);
      const begin = Math.min(Math.max(min, first), last - size);
      this.plot.setScale("x", { min: begin, max: begin + size });
    }

    move(share) {
      const { min, max } = this.plot.scales.x;
      this.to(min + (max - min) * share, max + (max - min) * share);
    }

    scale(factor) {
      const { min, max } = this.plot.scales.x;
      const [middle, half] = [(min + max) / 2, ((max - min) * factor) / 2];
      this.to(middle - half, middle + half);
    }

    key(event) {
      const does = {
        ArrowLeft: () => this.move(-0.25), ArrowRight: () => this.move(0.25), "+": () => this.scale(0.5), "=": () => this.scale(0.5),
        "-": () => this.scale(2), 0: () => this.whole(), Escape: () => this.hide(),
      }[event.key];
      if (!does || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      event.stopPropagation();
      does();
    }

    range(plot) {
      const { min, max } = plot.scales.x;
      const count = this.series.at.filter((at, n) => at >= min && at <= max && this.series.values[n] !== null).length;
      const words = max - min > 172800 ? day : minute;
      this.said.textContent = `From ${words(min)} to ${words(max)} UTC: ${count.toLocaleString("en")} values.`;
    }

    cursor(plot) {
      const n = plot.cursor.idx;
      if (n === null || n === undefined) { this.read.textContent = ""; return; }
      this.read.textContent = `${minute(this.series.at[n])} UTC: ${brief(this.series.values[n], this.series.unit)}`;
    }

    hide() {
      open -= 1;
      this.watch.disconnect();
      this.plot.destroy();
      this.plot = null;
      this.stage.remove();
      this.plate.hidden = false;
      this.opener.disabled = false;
      this.tools.replaceChildren(this.opener);
      this.opener.focus({ preventScroll: true });
      if (held && !open) {
        held = false;
        globalThis.htmx?.trigger(document.body, "moved");
      }
    }
  }

  const zooms = new Set();
  const begin = () => {
    for (const figure of document.querySelectorAll("figure[data-series]")) {
      if (!figure.querySelector(".zoom-tools")) zooms.add(new Zoom(figure));
    }
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    for (const zoom of zooms) if (zoom.plot) zoom.draw();
  });
  // a live page must not take away what a person has zoomed into
  document.addEventListener("htmx:before:swap", (event) => {
    if (!open) return;
    held = true;
    event.preventDefault();
  });
  document.addEventListener("htmx:after:swap", begin);
  begin();
})();
