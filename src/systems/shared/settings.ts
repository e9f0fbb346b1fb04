import type { ModelConfig, ModelOption } from "../../core/model.ts";

/** The chosen value of an option; one that is not given stays at its default, the first value. */
export function chosen<Options extends Readonly<Record<string, ModelOption>>, Name extends keyof Options & string>(
  options: Options,
  config: ModelConfig,
  name: Name,
): keyof Options[Name]["values"] & string {
  return config[name] ?? Object.keys(options[name]?.values ?? {})[0] ?? "";
}
