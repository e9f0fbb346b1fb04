import { CLIENT_DRAW } from "./client-draw.ts";
import { CLIENT_INPUT } from "./client-input.ts";
import { CLIENT_STATE } from "./client-state.ts";

/** The page's script: one function, no globals, no network, nothing that parses text as HTML. */
export const CLIENT_SCRIPT = `(() => {\n"use strict";${CLIENT_STATE}${CLIENT_DRAW}${CLIENT_INPUT}})();\n`;
