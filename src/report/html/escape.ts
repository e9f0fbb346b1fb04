import { plain } from "../layout.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text for HTML content and quoted attributes, on one line. */
export const escapeHtml = (text: string): string =>
  plain(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");

/** Lines for a `<pre>`. They must have been made `plain` before. */
export const escapeLines = (lines: readonly string[]): string => lines.map(escapeHtml).join("\n");

/** A value for a `<script type="application/json">`: nothing in it can end the element or open a comment. */
export const scriptJson = (value: unknown): string =>
  JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });

/** `#12` in escaped text becomes a link to the bar of that operation, where there is such an operation. */
export const linkOperations = (escaped: string, operations: number): string =>
  escaped.replace(/(?<![&\w])#(\d{1,9})\b/g, (name, digits: string) =>
    Number(digits) < operations ? operationLink(Number(digits)) : name,
  );

export const operationLink = (index: number): string => `<a class="op" href="#op-${index}">#${index}</a>`;
