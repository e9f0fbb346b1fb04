import type { ModelConfig } from "../../core/model.ts";

/** The configurations that stand for all in the matrix. */
export const SHOWCASE: readonly ModelConfig[] = [{ placement: "anywhere" }, { placement: "home-region" }];
