import type { Model } from "../../src/core/model.ts";

declare const probe: Model;
export default probe;
