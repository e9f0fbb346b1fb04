export { set } from "./set.ts";
export { type SetFullOptions, setFull } from "./set-full.ts";
export { type ElementTimeline, type Fate, type Quantiles, type SetTimeline, setTimeline } from "./timeline.ts";
