/** The second part of the page's script: drawing. Everything in view is drawn anew on each change. */
export const CLIENT_DRAW = `
let scheduled = false;
function redraw() {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => { scheduled = false; drawAll(); });
}

function drawAll() {
  state.width = $("viewport").clientWidth || state.width;
  drawAxis();
  drawLanes();
  drawOverview();
  $("range").textContent = span(state.to - state.from) + " shown";
}

function sized(svg, height) {
  svg.replaceChildren();
  svg.setAttribute("height", height);
}

// A round step that leaves room for the labels.
function gridStep() {
  const rough = ((state.to - state.from) / plotWidth()) * 110;
  const power = Math.pow(10, Math.floor(Math.log10(rough)));
  return [1, 2, 5, 10].map((n) => n * power).find((step) => step >= rough);
}
function gridLines() {
  const step = gridStep(), lines = [];
  for (let ns = Math.ceil(Math.max(state.from, 0) / step) * step; ns <= state.to; ns += step) lines.push(ns);
  return { step, lines };
}

function drawAxis() {
  const svg = $("axis");
  sized(svg, AXIS + faultRows * FAULT_ROW + (faultRows ? 6 : 0));
  const { step, lines } = gridLines();
  for (const ns of lines) {
    const x = xOf(ns);
    if (x < LEFT) continue;
    draw(svg, "text", { x, y: 17, "text-anchor": "middle" }, instant(ns, step));
  }
  if (faultRows) draw(svg, "text", { x: 10, y: AXIS + 14, class: "lane-name" }, "faults");
  for (const fault of data.faults) {
    const [from, to] = visible(fault.startNs, faultEnd(fault));
    if (to <= from) continue;
    const y = AXIS + fault.row * FAULT_ROW;
    const group = draw(svg, "g", {});
    draw(group, "title", {}, fault.text + ", " + faultTimes(fault));
    draw(group, "rect", { x: from, y, width: to - from, height: FAULT_ROW - 3, rx: 3, class: "fault-bar " + kindOf(fault) });
    // A name may run on beyond its fault, up to the next one in the row.
    const next = data.faults.find((other) => other.row === fault.row && other.startNs >= faultEnd(fault));
    const room = Math.min(next ? xOf(next.startNs) : Infinity, state.width - RIGHT) - from - 8;
    draw(group, "text", { x: from + 5, y: y + 12, class: "fault-name" }, cut(fault.text, Math.floor(room / 6.7)));
  }
}
const KINDS = ["partition", "pause", "kill", "clock", "link", "disk"];
const kindOf = (fault) => (KINDS.includes(fault.kind) ? fault.kind : "other");
const faultTimes = (fault) =>
  instant(fault.startNs, 1e6) + (fault.endNs < 0 ? " to the end" : " to " + instant(fault.endNs, 1e6));

// The part of a span that is in view, in pixels; empty if there is none.
function visible(fromNs, toNs) {
  return [Math.max(LEFT, xOf(fromNs)), Math.min(state.width - RIGHT, xOf(toNs))];
}

function drawLanes() {
  const svg = $("lanes"), height = lanes.length * LANE + TOP + 4;
  sized(svg, height);
  defineShapes(svg);
  for (const fault of data.faults) {
    const [from, to] = visible(fault.startNs, faultEnd(fault));
    if (to > from) draw(svg, "rect", { x: from, y: 0, width: to - from, height, class: "fault-band " + kindOf(fault) });
  }
  for (const ns of gridLines().lines) {
    const x = xOf(ns);
    if (x >= LEFT) draw(svg, "line", { x1: x, x2: x, y1: 0, y2: height, class: "grid" });
  }
  const chosen = state.anomaly === null ? null : new Set(involved(data.anomalies[state.anomaly]));
  const plot = draw(svg, "g", { "clip-path": "url(#plot)" });
  lanes.forEach((lane, row) => {
    const y = TOP + row * LANE + LANE / 2;
    draw(svg, "line", { x1: LEFT, x2: state.width - RIGHT, y1: y + BAR / 2 + 4, y2: y + BAR / 2 + 4, class: "lane-line" });
    const inView = lane.ops.filter((op) => op.end >= state.from && op.call <= state.to).map((op) => op.process);
    const names = [...new Set(inView.length ? inView : lane.processes)].map((process) => "p" + process);
    const name = draw(svg, "text", { x: 10, y: y + 4, class: "lane-name" }, names.length < 3 ? names.join(" ") : names[0] + " … " + names[names.length - 1]);
    draw(name, "title", {}, "processes " + lane.processes.join(", "));
    drawBars(plot, lane, y, chosen);
  });
  if (state.anomaly !== null) drawArrows(plot, data.anomalies[state.anomaly]);
  drawTags(plot, chosen || (state.op ? [state.op.index] : []));
}

function defineShapes(svg) {
  const defs = draw(svg, "defs", {});
  const clip = draw(defs, "clipPath", { id: "plot" });
  draw(clip, "rect", { x: LEFT - 1, y: -20, width: plotWidth() + 2, height: lanes.length * LANE + 60 });
  const fade = draw(defs, "linearGradient", { id: "open-ended" });
  draw(fade, "stop", { offset: "0", "stop-color": "var(--info)", "stop-opacity": ".95" });
  draw(fade, "stop", { offset: "1", "stop-color": "var(--info)", "stop-opacity": ".12" });
  const head = draw(defs, "marker", { id: "head", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 8, markerHeight: 8,
    markerUnits: "userSpaceOnUse", orient: "auto" });
  draw(head, "path", { d: "M0,0 L8,4 L0,8 z", class: "arrow-head" });
}

const involved = (anomaly) => [...anomaly.ops, ...anomaly.because.flatMap(([from, to]) => [from, to])];
const middleOf = (op) => TOP + op.lane * LANE + LANE / 2;

function drawBars(plot, lane, y, chosen) {
  let last = null, process = -1, nameEnd = -Infinity;
  for (const op of lane.ops) {
    const x = xOf(op.call), right = Math.max(xOf(op.end), x + 2);
    if (op.process !== process && lane.processes.length > 1 && x >= LEFT && x <= state.width && x > nameEnd) {
      const name = "p" + op.process;
      draw(plot, "text", { x, y: y - BAR / 2 - 3, class: "small" }, name);
      nameEnd = x + name.length * 6 + 4;
    }
    process = op.process;
    if (right < LEFT || x > state.width) continue;
    const marked = op.wrong || op === state.op || (chosen && chosen.has(op.index));
    // Bars of the same outcome that share a pixel are drawn as one.
    if (!marked && last && last.outcome === op.outcome && right - x < 3 && x <= last.right + 0.7) {
      last.right = Math.max(last.right, right);
      last.rect.setAttribute("width", last.right - last.x);
      continue;
    }
    const faded = chosen && !chosen.has(op.index) ? " faded" : "";
    const rect = draw(plot, "rect", { x, y: y - BAR / 2, width: right - x, height: BAR, rx: op.ret < 0 ? 0 : Math.min(3, (right - x) / 3),
      class: "bar " + op.outcome + faded });
    if (op.ret < 0) draw(plot, "line", { x1: x, x2: x, y1: y - BAR / 2, y2: y + BAR / 2, class: "info-edge" + faded });
    last = marked ? null : { outcome: op.outcome, x, right, rect };
    if (op.wrong) draw(plot, "rect", { x: x - 1, y: y - BAR / 2 - 1, width: right - x + 2, height: BAR + 2, rx: 3, class: "wrong" + faded });
    if (op === state.op) {
      draw(plot, "rect", { x: x - 4, y: y - BAR / 2 - 4, width: right - x + 8, height: BAR + 8, rx: 5, class: "chosen" });
      if (op.ret < 0) draw(plot, "line", { x1: right, x2: state.width, y1: y, y2: y, class: "maybe" });
    }
    const start = Math.max(x, LEFT), text = cut(sentence(op), Math.floor((right - start - 6) / 6.7));
    // drawTags does those that are chosen.
    if ((op === state.op || (chosen && chosen.has(op.index))) && text !== sentence(op)) continue;
    // A few letters of a longer text say nothing.
    if (text === sentence(op) || text.length >= 12) draw(plot, "text", { x: start + 4, y: y + 4, class: "in-bar " + op.outcome + faded }, text);
  }
}

function drawArrows(plot, anomaly) {
  const placed = [];
  anomaly.because.forEach(([from, to], i) => {
    const a = byIndex.get(from), b = byIndex.get(to);
    if (!a || !b) return;
    // From the end of one to the beginning of the other, or between their middles where they overlap.
    const apart = a.end <= b.call;
    const x1 = xOf(apart ? a.end : (a.call + a.end) / 2), x2 = xOf(apart ? b.call : (b.call + b.end) / 2);
    const down = Math.sign(middleOf(b) - middleOf(a));
    const y1 = middleOf(a) + (down || -1) * BAR / 2, y2 = middleOf(b) - (down || 1) * (BAR / 2 + 2);
    const bend = down ? (y2 - y1) * 0.5 : -16;
    draw(plot, "path", { d: "M" + x1 + "," + y1 + " C" + x1 + "," + (y1 + bend) + " " + x2 + "," + (y2 - (down ? bend : 16)) + " " + x2 + "," + y2,
      class: "arrow", "marker-end": "url(#head)" });
    const x = (x1 + x2) / 2, y = down ? (y1 + y2) / 2 : y1 - 10;
    placed.push([x, y, i + 1]);
  });
  for (const [x, y, number] of placed) {
    draw(plot, "circle", { cx: x, cy: y, r: 8, class: "arrow-number" });
    draw(plot, "text", { x, y: y + 4, class: "arrow-text" }, number);
  }
}

// Bars that are too narrow for their text get it beside them, on the side where there is room.
function drawTags(plot, indices) {
  for (const index of indices) {
    const op = byIndex.get(index);
    if (!op || xOf(op.end) - xOf(op.call) > sentence(op).length * 6.7 + 10) continue;
    const text = "#" + index + " " + cut(sentence(op), 48), y = middleOf(op) + 4;
    const right = Math.max(xOf(op.end), xOf(op.call) + 2) + 7;
    const fits = right + text.length * 6.7 < state.width - RIGHT;
    draw(plot, "text", { x: fits ? right : xOf(op.call) - 7, y, class: "tag", "text-anchor": fits ? "start" : "end" }, text);
  }
}

function drawOverview() {
  const svg = $("overview"), height = 40;
  sized(svg, height);
  const width = plotWidth(), scale = width / data.endNs;
  for (const fault of data.faults)
    draw(svg, "rect", { x: LEFT + fault.startNs * scale, y: 4, width: Math.max(1, (faultEnd(fault) - fault.startNs) * scale), height: 32, class: "fault-bar " + kindOf(fault) });
  const bins = new Array(Math.ceil(width / 3)).fill(0);
  for (const op of ops) bins[clamp(Math.floor((op.call * scale) / 3), 0, bins.length - 1)]++;
  // By the root of the number, so that a burst does not flatten the rest.
  const most = Math.sqrt(bins.reduce((a, b) => Math.max(a, b), 1));
  bins.forEach((n, i) => {
    const tall = (Math.sqrt(n) / most) * 24;
    if (n) draw(svg, "rect", { x: LEFT + i * 3, y: 37 - tall, width: 2, height: tall, class: "density" });
  });
  data.anomalies.forEach((anomaly) => {
    const op = byIndex.get(anomaly.ops[anomaly.ops.length - 1]);
    if (!op) return;
    const x = LEFT + op.call * scale;
    draw(svg, "path", { d: "M" + (x - 4) + ",3 L" + (x + 4) + ",3 L" + x + ",11 z", class: "wrong-mark" });
  });
  const from = LEFT + Math.max(0, state.from) * scale, to = LEFT + Math.min(data.endNs, state.to) * scale;
  draw(svg, "rect", { x: LEFT, y: 0, width: Math.max(0, from - LEFT), height, class: "outside" });
  draw(svg, "rect", { x: to, y: 0, width: Math.max(0, LEFT + width - to), height, class: "outside" });
  draw(svg, "rect", { x: from, y: 1, width: Math.max(4, to - from), height: 38, rx: 3, class: "window" });
  draw(svg, "text", { x: 10, y: 24 }, "whole run");
}
`;
