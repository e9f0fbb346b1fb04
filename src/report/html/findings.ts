import type { Anomaly } from "../../core/checker.ts";
import type { History } from "../../core/history.ts";
import { renderExcerpt } from "../columns.ts";
import { anomalyTitle, describeOperation } from "../describe.ts";
import type { EvidenceGroup } from "../evidence.ts";
import { excerptOf } from "../excerpt.ts";
import { plain, truncate } from "../layout.ts";
import { styleOf } from "../style.ts";
import { attemptsInWords, count, listed } from "../words.ts";
import { listedOperations, MAX_EXPLANATION, reasonsOf } from "./bounds.ts";
import { escapeHtml, escapeLines, linkOperations, operationLink } from "./escape.ts";

/** The evidence: a card per anomaly, grouped as in the text report. */
export function findingsHtml(groups: readonly EvidenceGroup[], shown: readonly Anomaly[], history: History): string {
  if (groups.length === 0)
    return `<section aria-labelledby="findings"><h2 id="findings">Anomalies</h2><p>None was found.</p></section>`;
  const number = new Map(shown.map((anomaly, i) => [anomaly, i + 1]));
  const parts = groups.map((group) => {
    const cards = group.anomalies.flatMap((anomaly) => {
      const n = number.get(anomaly);
      return n === undefined ? [] : [cardHtml(anomaly, n, group.promised, history)];
    });
    const hidden = group.anomalies.length - cards.length;
    const more = hidden > 0 ? `<p class="soft">and ${count(hidden)} more; verdict.json lists them all</p>` : "";
    const fall =
      group.alsoFall.length === 0 ? "" : ` <span class="soft">With it falls: ${listed(group.alsoFall)}.</span>`;
    const status = group.promised
      ? '<span class="chip invalid">promised</span>'
      : '<span class="chip unknown">allowed: not promised</span>';
    const heading = `${listed(group.rulesOut)} ${group.rulesOut.length === 1 ? "is" : "are"} broken`;
    return `<h3 class="group">${heading} ${status}${fall}</h3>${cards.join("\n")}${more}`;
  });
  return `<section aria-labelledby="findings"><h2 id="findings">Anomalies</h2>${parts.join("\n")}</section>`;
}

function cardHtml(anomaly: Anomaly, number: number, promised: boolean, history: History): string {
  const total = history.ops.length;
  const linked = (text: string): string => linkOperations(escapeHtml(text), total);
  const ops = listedOperations(anomaly).flatMap((index) => {
    const op = history.ops[index];
    if (op === undefined) return [];
    const where = `process ${op.process}${op.node === "" ? "" : ` at ${op.node}`}`;
    return [`<li>${operationLink(index)} ${escapeHtml(`${where}: ${describeOperation(op, { width: 100 })}`)}</li>`];
  });
  const hidden = anomaly.ops.length - ops.length;
  if (hidden > 0) ops.push(`<li>and ${count(hidden)} more</li>`);
  const reasons = reasonsOf(anomaly).map(
    ({ from, to, reason }) => `<li>${operationLink(from)} → ${operationLink(to)}: ${linked(reason)}</li>`,
  );
  const attempts = attemptsInWords(anomaly).map((words) => `<li>${linked(words)}</li>`);
  const lines = renderExcerpt(excerptOf(history, anomaly), [], {
    width: 120,
    indent: "",
    style: styleOf(false),
    ...(history.meta.nodes ? { nodes: history.meta.nodes } : {}),
  });
  return `<article class="panel finding${promised ? "" : " allowed"}" id="anomaly-${number}" data-anomaly="${number}" aria-labelledby="title-${number}">
<header><h4 id="title-${number}">${number}. ${escapeHtml(anomalyTitle(anomaly))}</h4><button data-show="${number}">Show in the timeline</button></header>
<p>${linked(truncate(plain(anomaly.explanation), MAX_EXPLANATION))}</p>
<ul>${ops.join("")}</ul>
${reasons.length === 0 ? "" : `<ol aria-label="Why">${reasons.join("")}</ol>`}
${attempts.length === 0 ? "" : `<ul aria-label="Orders that were tried">${attempts.join("")}</ul>`}
<pre tabindex="0" aria-label="Excerpt: a column per process, time runs downwards">${linkOperations(escapeLines(lines), total)}</pre></article>`;
}
