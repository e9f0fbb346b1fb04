import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * The compiled entry point of the bundled node, to be run with `process.execPath`. Where this code itself runs from its
 * TypeScript sources, as tests do, it is the build in `dist`. Throws if it was not built.
 */
export function nodeEntry(): string {
  const fromSources = import.meta.url.endsWith(".ts");
  const entry = new URL(fromSources ? "../../../../dist/src/cli/node.js" : "../../../cli/node.js", import.meta.url);
  const path = fileURLToPath(entry);
  if (!existsSync(path)) throw new Error(`The bundled node was not built: there is no ${path}. Run: npm run build`);
  return path;
}
