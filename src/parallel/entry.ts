import { existsSync } from "node:fs";

/**
 * The compiled script of a worker thread in a folder of `src`. Where this code itself runs from its TypeScript sources, as
 * tests do, it is the build in `dist`, for Node cannot run sources. Throws if it was not built.
 */
export function workerEntry(name: string, folder = "parallel"): URL {
  const fromSources = import.meta.url.endsWith(".ts");
  const entry = new URL(`${fromSources ? "../../dist/src" : ".."}/${folder}/${name}.js`, import.meta.url);
  if (!existsSync(entry))
    throw new Error(`The worker was not built: there is no ${entry.pathname}. Run: npm run build`);
  return entry;
}
