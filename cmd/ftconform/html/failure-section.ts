// One failure in the HTML report: what was expected, what came, where to look, the diagram, and the line to paste.

import type { Result } from "../../../conformance/index.ts";
import type { Moment } from "../../../conformance/index.ts";
import { stamp } from "./badges.ts";
import { diagram } from "./diagram.ts";
import { html, type Markup } from "./markup.ts";
import { findDecisiveEvent } from "../model/decisive-event.ts";

export function story(one: Result, key: string): Markup {
  const { id, level, role, title, expected, observed, hint, again, retried } = one;
  const twice = retried
    ? html`<span class="twice"> and again on a fresh subject</span>`
    : undefined;
  return html`<article class="story" aria-labelledby="${key}">
    <h3 id="${key}">${stamp(one)} ${id}: ${title} <span class="level">${level}, ${role}</span></h3>
    <dl>
      <dt>expected</dt>
      <dd>${expected}</dd>
      <dt>observed</dt>
      <dd>${observed}${twice}</dd>
      ${
        one.crash === undefined
          ? undefined
          : html`<dt>beside</dt>
              <dd>the server broke down: ${one.crash.words}</dd>`
      }
      ${(one.remarks ?? []).map(
        (remark) =>
          html`<dt>beside</dt>
            <dd>${remark}</dd>`,
      )}
      <dt>look at</dt>
      <dd>${hint}</dd>
    </dl>
    <figure>
      ${diagram(one, `${key}-diagram`)}
      <figcaption>
        Times in milliseconds. ✗ marks the offending event, or the silence where something had to
        come.
      </figcaption>
    </figure>
    ${table(one)}
    <p class="again"><span>Judge it again:</span> <code>${again}</code></p>
  </article>`;
}

/** The whole timeline in words: for who cannot see the diagram, and for what had no room in it. */
function table(one: Result): Markup {
  const { blamed } = findDecisiveEvent(one);
  const { shown, left } = kept(one.timeline);
  const more = left > 0 ? html`<p>${left} more events are in the JSON report.</p>` : undefined;
  return html`<details>
    <summary>The timeline in words: ${one.timeline.length} events</summary>
    <table class="timeline" role="table">
      <thead role="rowgroup">
        <tr role="row">
          ${["ms", "where", "who", "what"].map((head) => html`<th role="columnheader" scope="col">${head}</th>`)}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${shown.map((moment) => row(moment, one, moment === blamed))}
      </tbody>
    </table>
    ${more}
  </details>`;
}

const MOST = 200; // rows: a flood of events must not make the page unreadable

function kept(timeline: readonly Moment[]): { shown: readonly Moment[]; left: number } {
  return { shown: timeline.slice(0, MOST), left: Math.max(timeline.length - MOST, 0) };
}

function row(
  { at, track, actor, kind, text, bytes }: Moment,
  { role }: Result,
  blamed: boolean,
): Markup {
  const size = bytes === undefined ? "" : ` ${bytes} B`;
  const who = actor === "subject" ? role : "the suite";
  const mark = blamed ? html`<strong>✗ </strong>` : undefined;
  return html`<tr role="row" class="${blamed ? "blamed" : ""}">
    <td role="cell">${at.toFixed(1)}</td>
    <td role="cell">${track}</td>
    <td role="cell">${who}</td>
    <td role="cell">${mark}<code>${kind}${size} ${text}</code></td>
  </tr>`;
}
