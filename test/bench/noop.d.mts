import type { Model } from "../../src/core/model.ts";

declare const noop: Model;
export default noop;
