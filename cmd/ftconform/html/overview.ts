// The nine steps as rows: what each asks for, its rules with their verdicts, and what came of the step.

import { chip } from "./badges.ts";
import { BEYOND, type Finding, STEPS } from "../model/finding.ts";
import { html, type Markup } from "./markup.ts";
import type { Report } from "../model/report.ts";

export function overview({ findings }: Report): Markup {
  const rows = Object.entries(STEPS).map(([step, title]) => {
    const found = findings.filter((one) => one.step === Number(step));
    return Number(step) === BEYOND && found.length === 0
      ? undefined
      : row(Number(step), title, found);
  });
  return html`<section aria-labelledby="steps">
    <h2 id="steps">The nine steps</h2>
    <table class="steps" role="table">
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">step</th>
          <th role="columnheader" scope="col">rules</th>
          <th role="columnheader" scope="col">outcome</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${rows}
      </tbody>
    </table>
  </section>`;
}

function row(step: number, title: string, found: readonly Finding[]): Markup {
  const number = step === BEYOND ? "+" : step;
  const judged = found.filter(({ verdict }) => verdict !== "not-applicable");
  const idle = found.length - judged.length;
  const why = judged.length === 0 && idle > 0 ? `: ${found[0]?.results[0]?.reason}` : "";
  const more = idle > 0 ? html`<p class="idle">– ${idle} not applicable${why}</p>` : undefined;
  const rules =
    judged.length > 0
      ? html`<ul class="chips">
          ${judged.map(chip)}
        </ul>`
      : undefined;
  return html`<tr role="row">
    <th role="rowheader" scope="row">
      <div class="title">
        <span class="number">${number}</span><a href="#step-${step}">${title}</a>
      </div>
    </th>
    <td role="cell">${rules}${more}</td>
    <td role="cell">${outcome(found)}</td>
  </tr>`;
}

/** A step's outcome in words: its gravest verdict first. */
function outcome(found: readonly Finding[]): Markup {
  const how = (check: (one: Finding) => boolean): number => found.filter(check).length;
  const broken = how(({ verdict, level }) => verdict === "fail" && level === "MUST");
  const wanting = how(({ verdict, level }) => verdict === "fail" && level !== "MUST");
  const open = how(({ verdict }) => verdict === "inconclusive");
  const met = how(({ verdict }) => verdict === "pass");
  const words = [
    ...(broken > 0 ? [["bad", `✗ ${broken} broken`]] : []),
    ...(wanting > 0 ? [["odd", `! ${wanting} fail`]] : []),
    ...(open > 0 ? [["odd", `? ${open} inconclusive`]] : []),
    ...(met > 0 ? [["good", `✓ ${met} pass`]] : []),
  ];
  if (words.length === 0)
    return html`<span class="dim"
      >– ${found.length > 0 ? "not applicable" : "not asked for"}</span
    >`;
  return html`<ul class="outcome">
    ${words.map(([tint, text]) => html`<li class="${tint}">${text}</li>`)}
  </ul>`;
}
