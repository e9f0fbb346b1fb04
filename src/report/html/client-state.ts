/**
 * The first part of the page's script: the data, what is shown and chosen, and small helpers. The parts are joined into
 * one function (see `client.ts`). Plain ES2020 for browsers. All texts of the history enter the page as text nodes only.
 */
export const CLIENT_STATE = `
const data = JSON.parse(document.getElementById("data").textContent);
const $ = (id) => document.getElementById(id);

// Operations as objects; "lane" is the row they are drawn in, "end" where the bar ends.
const OUTCOMES = ["ok", "fail", "info"];
const ops = data.ops.map(([index, process, lane, call, ret, outcome, node, invocation, result]) => ({
  index, process, lane, call, ret, outcome: OUTCOMES[outcome], node: data.nodes[node], invocation, result,
  end: ret, wrong: false,
}));
const byIndex = new Map(ops.map((op) => [op.index, op]));
const lanes = data.lanes.map((processes) => ({ processes, ops: [] }));
for (const op of ops) lanes[op.lane].ops.push(op);
for (const lane of lanes) {
  lane.ops.forEach((op, i) => {
    op.place = i;
    // An unknown outcome has no end: its bar is drawn until the thread goes on, and left open there.
    if (op.ret < 0) op.end = lane.ops[i + 1] ? lane.ops[i + 1].call : data.endNs;
  });
}
// The anomalies in which an operation takes part.
const anomaliesOf = new Map();
data.anomalies.forEach((anomaly, i) => {
  for (const index of new Set(anomaly.ops)) {
    anomaliesOf.set(index, [...(anomaliesOf.get(index) || []), i]);
    const op = byIndex.get(index);
    if (op) op.wrong = true;
  }
});

const LEFT = 104, RIGHT = 14, AXIS = 26, FAULT_ROW = 19, LANE = 38, BAR = 18, TOP = 12;
const faultRows = data.faults.reduce((rows, fault) => Math.max(rows, fault.row + 1), 0);
const state = { from: 0, to: data.endNs, width: 1000, op: null, anomaly: null };
const whole = { from: -0.01 * data.endNs, to: 1.01 * data.endNs };
state.from = whole.from;
state.to = whole.to;

const plotWidth = () => Math.max(50, state.width - LEFT - RIGHT);
const xOf = (ns) => LEFT + ((ns - state.from) / (state.to - state.from)) * plotWidth();
const nsOf = (x) => state.from + ((x - LEFT) / plotWidth()) * (state.to - state.from);
const clamp = (value, least, most) => Math.min(Math.max(value, least), most);
const faultEnd = (fault) => (fault.endNs < 0 ? data.endNs : fault.endNs);

const SVG = "http://www.w3.org/2000/svg";
function draw(parent, tag, attributes, text) {
  const element = document.createElementNS(SVG, tag);
  for (const name in attributes) element.setAttribute(name, attributes[name]);
  if (text !== undefined) element.textContent = text;
  parent.appendChild(element);
  return element;
}
function add(parent, tag, text, attributes) {
  const element = document.createElement(tag);
  for (const name in attributes || {}) element.setAttribute(name, attributes[name]);
  if (text !== undefined) element.textContent = text;
  parent.appendChild(element);
  return element;
}

// Instants in one unit, with the decimals that "step" asks for.
function instant(ns, step) {
  const inMs = data.endNs < 1e9;
  const unit = inMs ? 1e6 : 1e9;
  const decimals = clamp(Math.ceil(-Math.log10(step / unit) - 1e-9), 0, inMs ? 6 : 9);
  return (ns / unit).toFixed(decimals) + (inMs ? " ms" : " s");
}
function span(ns) {
  if (ns < 1e6) return (ns / 1e3).toFixed(1) + " µs";
  if (ns < 1e9) return (ns / 1e6).toFixed(ns < 1e7 ? 2 : 1) + " ms";
  return (ns / 1e9).toFixed(2) + " s";
}
const sentence = (op) => op.invocation + " → " + op.result;
// A shortened list keeps its end, where lists differ.
function cut(text, characters) {
  if (text.length <= characters) return text;
  if (characters < 3) return "";
  const tail = text.includes("[") ? Math.floor(characters / 2) : 0;
  return text.slice(0, characters - 1 - tail) + "…" + (tail ? text.slice(-tail) : "");
}
`;
