#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { splitbrain } from "./program.ts";

const { version } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8")) as {
  version: string;
};

await splitbrain(process.argv.slice(2), version);
