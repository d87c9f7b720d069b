// A failure drawn as a sequence diagram: client and server as lifelines, P and Q between them, time downwards.

import type { Result } from "../../../conformance/index.ts";
import { buildDiagramRows, type DiagramRow } from "./diagram-rows.ts";
import { html, type Markup } from "./markup.ts";

/** The rows are a list of texts, so that it fits every width, can be copied, and can be read aloud. */
export function formatSequenceDiagram(result: Result): Markup {
  const { id, title, role } = result;
  const [client, server] =
    role === "client" ? ["your program", "the suite"] : ["the suite", "your program"];
  return html`<ol class="diagram" aria-label="Sequence diagram of ${id}: ${title}">
    <li class="lifelines" aria-hidden="true">
      <span class="lanes">
        <span><strong>client</strong><br />${client}</span>
        <b class="P">P</b> <b class="Q">Q</b>
        <span><strong>server</strong><br />${server}</span>
      </span>
    </li>
    ${buildDiagramRows(result).map(formatRow)}
  </ol>`;
}

function formatRow(row: DiagramRow): Markup {
  const { kind, at, side = "suite", open, isDecisive, isSimultaneous } = row;
  const classes = [
    kind,
    `from-${side}`,
    ...open.map((connection) => `${connection}-open`),
    ...(isDecisive ? ["decisive"] : []),
  ];
  return html`<li class="${classes.join(" ")}">
    <span class="time"
      >${isDecisive || kind === "verdict" ? "✗ " : ""}${isSimultaneous ? html`<span title="The order to the rows right before it is unknown">=</span> ` : ""}${at?.toFixed(at < 1000 ? 1 : 0)}</span
    >
    <span class="lanes">
      <span class="label"
        >${formatSpeaker(row)}${row.label}${isDecisive ? html`<span class="hidden"> This breaks the rule.</span>` : undefined}</span
      >
      ${kind === "arrow" ? formatArrow(row) : undefined}
    </span>
  </li>`;
}

/** Who acts, for a reader who does not see on which side the text stands. */
function formatSpeaker({ side, connection }: DiagramRow): Markup | undefined {
  if (side === undefined) return undefined;
  const where = connection === undefined ? "" : ` on ${connection}`;
  return html`<span class="hidden">${side}${where}: </span>`;
}

function formatArrow({ connection, isLost }: DiagramRow): Markup {
  return html`<span class="line ${connection} ${isLost ? "lost" : ""}"></span>
    <b class="${connection}" aria-hidden="true">${connection}</b>`;
}
