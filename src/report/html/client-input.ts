/** The third part of the page's script: choosing, zooming, panning, keyboard, links. */
export const CLIENT_INPUT = String.raw`
function show(from, to) {
  const least = 1e3, most = whole.to - whole.from;
  const length = clamp(to - from, least, most);
  const start = clamp((from + to) / 2 - length / 2, whole.from, whole.to - length);
  state.from = start;
  state.to = start + length;
  redraw();
}
function zoom(factor, atNs) {
  const at = atNs === undefined ? (state.from + state.to) / 2 : atNs;
  show(at - (at - state.from) * factor, at + (state.to - at) * factor);
}
const pan = (share) => { const by = (state.to - state.from) * share; show(state.from + by, state.to + by); };

// Brings operations into view with some room around them.
function frame(list) {
  const from = list.reduce((least, op) => Math.min(least, op.call), Infinity);
  const to = list.reduce((most, op) => Math.max(most, op.ret < 0 ? op.call : op.ret), 0);
  const room = Math.max((to - from) * (list.length > 1 ? 0.25 : 10), 2e5);
  show(from - room, to + room);
}
function reveal(op) {
  if (op.call < state.from || op.call > state.to) {
    const length = state.to - state.from;
    show(op.call - length / 2, op.call + length / 2);
  }
  const y = $("axis").clientHeight + op.lane * LANE, viewport = $("viewport");
  if (y < viewport.scrollTop + $("axis").clientHeight || y + LANE > viewport.scrollTop + viewport.clientHeight)
    viewport.scrollTop = y - viewport.clientHeight / 2;
}

function chooseOp(op) {
  state.op = op;
  tell();
  redraw();
}
function chooseAnomaly(number) {
  state.anomaly = number;
  state.op = null;
  if (number !== null) {
    const list = involved(data.anomalies[number]).map((index) => byIndex.get(index)).filter(Boolean);
    if (list.length) { frame(list); reveal(list[list.length - 1]); }
  }
  tell();
  redraw();
}
function stepAnomaly(by) {
  const n = data.anomalies.length;
  if (n) chooseAnomaly(state.anomaly === null ? (by > 0 ? 0 : n - 1) : (state.anomaly + by + n) % n);
}

function opLink(parent, index) {
  add(parent, "a", "#" + index, { class: "op", href: "#op-" + index });
}
// What is chosen, in words; a live region, so that it is read out as well.
function tell(hovered) {
  const box = $("detail"), op = hovered || state.op;
  box.replaceChildren();
  if (op) {
    const line = add(box, "p");
    add(line, "strong", "#" + op.index + "  " + sentence(op));
    const where = "process " + op.process + (op.node ? " at " + op.node : "");
    const when = "called at " + instant(op.call, 1e4) + (op.ret < 0 ? ", no outcome known: it may have happened, or may still" : ", returned at " + instant(op.ret, 1e4) + " after " + span(op.ret - op.call));
    add(box, "p", where + ", " + when);
    const during = data.faults.filter((fault) => fault.startNs <= op.end && faultEnd(fault) >= op.call);
    if (during.length) add(box, "p", "faults meanwhile: " + during.map((fault) => fault.text).join("; "), { class: "soft" });
    const parts = anomaliesOf.get(op.index);
    if (parts && state.anomaly === null) {
      const line = add(box, "p", "part of ");
      parts.slice(0, 5).forEach((i) => {
        add(line, "a", "anomaly " + (i + 1) + " (" + data.anomalies[i].title + ")", { href: "#anomaly-" + (i + 1) });
        line.append(" ");
      });
    }
  }
  if (state.anomaly !== null && !hovered) {
    const anomaly = data.anomalies[state.anomaly];
    const line = add(box, "p");
    add(line, "strong", "Anomaly " + (state.anomaly + 1) + ": " + anomaly.title + ". ");
    line.append(anomaly.explanation);
    const list = add(box, "ol");
    for (const [from, to, reason] of anomaly.because) {
      const item = add(list, "li");
      opLink(item, from);
      item.append(" → ");
      opLink(item, to);
      item.append(": " + reason);
    }
  }
  if (!box.hasChildNodes()) add(box, "p", "Point at an operation, or choose an anomaly.", { class: "soft" });
  $("which").textContent = data.anomalies.length === 0 ? "no anomalies"
    : state.anomaly === null ? data.anomalies.length + (data.anomalies.length === 1 ? " anomaly" : " anomalies")
    : "anomaly " + (state.anomaly + 1) + " of " + data.anomalies.length;
}

// The operation under the pointer, or the nearest within a few pixels.
function opAt(event) {
  const box = $("lanes").getBoundingClientRect();
  const x = event.clientX - box.left, lane = lanes[Math.floor((event.clientY - box.top - TOP) / LANE)];
  if (!lane || x < LEFT) return null;
  let best = null, least = 5;
  for (const op of lane.ops) {
    const left = xOf(op.call), right = Math.max(xOf(op.end), left + 2);
    const distance = x < left ? left - x : x > right ? x - right : 0;
    // The later of two that overlap is the one on top.
    if (distance < least || (distance === 0 && least === 0)) { best = op; least = distance; }
  }
  return best;
}

const viewport = $("viewport");
viewport.addEventListener("wheel", (event) => {
  event.preventDefault();
  const x = event.clientX - $("lanes").getBoundingClientRect().left;
  const sideways = event.shiftKey ? event.deltaY : event.deltaX;
  if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) pan(sideways / plotWidth());
  else zoom(Math.exp(clamp(event.deltaY, -200, 200) * 0.003), nsOf(Math.max(x, LEFT)));
}, { passive: false });

let drag = null;
viewport.addEventListener("pointerdown", (event) => {
  if (event.button !== 0) return;
  drag = { x: event.clientX, y: event.clientY, from: state.from, to: state.to, top: viewport.scrollTop, moved: false };
});
window.addEventListener("pointermove", (event) => {
  if (drag) {
    const dx = event.clientX - drag.x;
    if (Math.abs(dx) + Math.abs(event.clientY - drag.y) > 4) drag.moved = true;
    if (!drag.moved) return;
    viewport.classList.add("dragging");
    const by = (-dx / plotWidth()) * (drag.to - drag.from);
    show(drag.from + by, drag.to + by);
    viewport.scrollTop = drag.top - (event.clientY - drag.y);
  } else if (viewport.contains(event.target)) tell(opAt(event));
});
window.addEventListener("pointerup", (event) => {
  if (drag && !drag.moved) chooseOp(opAt(event));
  drag = null;
  viewport.classList.remove("dragging");
});
viewport.addEventListener("pointerleave", () => { if (!drag) tell(); });

const overview = $("overview");
function panOverview(event) {
  if (event.buttons !== 1) return;
  const ns = ((event.clientX - overview.getBoundingClientRect().left - LEFT) / plotWidth()) * data.endNs;
  const half = (state.to - state.from) / 2;
  show(ns - half, ns + half);
}
overview.addEventListener("pointerdown", panOverview);
overview.addEventListener("pointermove", panOverview);

// Along a lane, or to the operation nearest in time on the lane above or below that has one.
function move(along, across) {
  const middle = (state.from + state.to) / 2;
  const near = (lane) => lane.ops.reduce((best, op) =>
    !best || Math.abs(op.call - (state.op ? state.op.call : middle)) < Math.abs(best.call - (state.op ? state.op.call : middle)) ? op : best, null);
  let next = null;
  if (!state.op) next = lanes.map(near).find(Boolean);
  else if (along) next = lanes[state.op.lane].ops[state.op.place + along];
  else for (let row = state.op.lane + across; lanes[row] && !next; row += across) next = near(lanes[row]);
  if (next) { chooseOp(next); reveal(next); }
}
const KEYS = {
  ArrowRight: () => move(1, 0), ArrowLeft: () => move(-1, 0), ArrowDown: () => move(0, 1), ArrowUp: () => move(0, -1),
  "+": () => zoom(0.6, state.op ? state.op.call : undefined), "=": () => zoom(0.6, state.op ? state.op.call : undefined),
  "-": () => zoom(1 / 0.6), "0": () => show(whole.from, whole.to), PageDown: () => pan(0.8), PageUp: () => pan(-0.8),
  Home: () => pan(-1e9), End: () => pan(1e9), n: () => stepAnomaly(1), p: () => stepAnomaly(-1),
  Escape: () => { state.anomaly = null; chooseOp(null); },
};
viewport.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key]();
});

const BUTTONS = {
  "zoom-in": () => zoom(0.5), "zoom-out": () => zoom(2), "show-all": () => { state.anomaly = null; tell(); show(whole.from, whole.to); },
  earlier: () => pan(-0.5), later: () => pan(0.5), previous: () => stepAnomaly(-1), next: () => stepAnomaly(1),
};
for (const id in BUTTONS) $(id).addEventListener("click", BUTTONS[id]);
$("previous").disabled = $("next").disabled = data.anomalies.length === 0;

// #op-12 and #anomaly-3 name what is to be shown, so that a place in the page can be passed on as a link.
function follow(hash, jump) {
  const [, kind, digits] = /^#(op|anomaly)-(\d+)$/.exec(hash) || [];
  if (kind === "anomaly" && data.anomalies[digits - 1]) chooseAnomaly(digits - 1);
  if (kind !== "op") return;
  const op = byIndex.get(Number(digits));
  if (!op) return void add($("detail"), "p", "#" + digits + " is not among the operations that are drawn.");
  if (state.anomaly !== null && !involved(data.anomalies[state.anomaly]).includes(op.index)) state.anomaly = null;
  if (state.anomaly === null) frame([op]);
  chooseOp(op);
  reveal(op);
  if (jump) { $("timeline").scrollIntoView({ block: "start" }); viewport.focus({ preventScroll: true }); }
}
document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const link = target && target.closest('a[href^="#op-"]');
  const button = target && target.closest("[data-show]");
  if (link) {
    event.preventDefault();
    // A link inside a finding shows the operation within that finding.
    const finding = link.closest("[data-anomaly]");
    if (finding && data.anomalies[finding.dataset.anomaly - 1]) chooseAnomaly(finding.dataset.anomaly - 1);
    history.replaceState(null, "", link.getAttribute("href"));
    follow(link.getAttribute("href"), true);
  } else if (button) {
    chooseAnomaly(button.dataset.show - 1);
    $("timeline").scrollIntoView({ block: "start" });
    viewport.focus({ preventScroll: true });
  }
});
window.addEventListener("hashchange", () => follow(location.hash, false));

const copy = $("copy");
if (copy && navigator.clipboard) {
  copy.hidden = false;
  copy.addEventListener("click", () => navigator.clipboard.writeText($("command").textContent).then(() => { copy.textContent = "Copied"; }));
}

new ResizeObserver(redraw).observe(viewport);
tell();
drawAll();
if (location.hash) follow(location.hash, true);
`;
