// The looks of the HTML report: light and dark, narrow and wide, screen and paper.

/** Text and backgrounds have a contrast of 4.5 and more in both schemes (WCAG 2.2, 1.4.3). */
const COLOURS = `
:root { color-scheme: light dark;
  --page:#f6f5f1; --card:#fff; --ink:#1c2127; --soft:#59626d; --line:#dcdad3; --faint:#efede7;
  --good:#1a6b35; --bad:#b3201f; --odd:#8a5200; --good-bg:#e4f2e7; --bad-bg:#fbe6e4; --odd-bg:#faeed7;
  --p:#0a5cad; --q:#7a3aa8; }
@media screen and (prefers-color-scheme: dark) { :root {
  --page:#14171b; --card:#1c2026; --ink:#e6e9ed; --soft:#a3adb8; --line:#343b44; --faint:#242930;
  --good:#76d094; --bad:#ff938a; --odd:#f0b75c; --good-bg:#1b3325; --bad-bg:#442220; --odd-bg:#3b2d14;
  --p:#7ebcff; --q:#d0a5f5; } }
`;

const TEXT = `
* { box-sizing:border-box; }
html { font:16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; background:var(--page); color:var(--ink); -webkit-text-size-adjust:100%; }
body { margin:0 auto; max-width:66rem; padding:clamp(1rem, 4vw, 3rem); }
h1, h2, h3, p, dl, dd, ul, table, figure { margin:0; padding:0; }
h2 { font-size:1.25rem; line-height:1.3; margin:0 0 .9rem; letter-spacing:-.01em; }
h3 { font-size:1rem; line-height:1.7; font-weight:600; }
a { color:inherit; }
a:focus-visible, summary:focus-visible { outline:2px solid var(--p); outline-offset:2px; border-radius:3px; }
code, .label, .time { font-family:ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
code { font-size:.86em; overflow-wrap:anywhere; unicode-bidi:isolate; }
body { overflow-wrap:anywhere; }
table { border-collapse:collapse; width:100%; }
th { text-align:left; font-weight:600; }
thead th, caption, dt, .kicker { font-size:.75rem; letter-spacing:.04em; color:var(--soft); font-weight:500; text-align:left; }
.hidden { position:absolute; width:1px; height:1px; overflow:hidden; clip-path:inset(50%); white-space:nowrap; }
.good { color:var(--good); } .bad { color:var(--bad); } .odd { color:var(--odd); } .dim { color:var(--soft); }
.number { display:inline-grid; place-items:center; flex:none; width:1.75rem; height:1.75rem; border:1.5px solid currentColor; border-radius:50%; font-size:.85rem; font-weight:600; font-variant-numeric:tabular-nums; }
`;

const MASTHEAD = `
.kicker { text-transform:uppercase; letter-spacing:.12em; }
.stamp { display:inline-block; margin:.4rem 0 .8rem; padding:.15em .55em .2em; border:3px solid; border-radius:.35em; font-size:clamp(1.6rem, 6vw, 2.6rem); line-height:1.2; letter-spacing:-.02em; text-transform:capitalize; }
.stamp.conformant { color:var(--good); background:var(--good-bg); }
.stamp.not-conformant { color:var(--bad); background:var(--bad-bg); }
.stamp.inconclusive { color:var(--odd); background:var(--odd-bg); }
.sentence { font-size:1.1rem; max-width:46rem; }
.facts { margin:1.2rem 0; display:grid; gap:.3rem; }
.facts div { display:grid; grid-template-columns:5rem 1fr; align-items:baseline; }
.counts { width:auto; margin:1.2rem 0 .6rem; font-variant-numeric:tabular-nums; }
.counts caption { padding-bottom:.3rem; }
.counts th, .counts td { padding:.25rem 1.1rem .25rem 0; }
.counts tbody th { white-space:nowrap; }
.counts td { text-align:right; font-size:1.05rem; font-weight:600; }
.counts thead th + th { text-align:right; }
.counts .good { color:var(--good); } .counts .bad { color:var(--bad); } .counts .odd { color:var(--odd); }
.counts tbody tr { border-top:1px solid var(--line); }
.begin ul { padding-left:1.2rem; } .begin li + li { margin-top:.4rem; }
.counts .zero { color:var(--soft); font-weight:400; }
.slowest, footer { color:var(--soft); font-size:.9rem; }
footer { margin-top:2rem; }
`;

const STEPS = `
section { background:var(--card); border:1px solid var(--line); border-radius:.75rem; padding:clamp(1rem, 3vw, 1.75rem); margin-top:1.5rem; }
.steps th, .steps td, .rules th, .rules td { vertical-align:top; padding:.6rem 1rem .6rem 0; }
.steps tbody tr, .rules tbody tr { border-top:1px solid var(--line); }
.steps tbody th { width:17rem; font-weight:500; } .title { display:flex; gap:.7rem; align-items:baseline; }
.steps tbody th a { text-decoration:none; } .steps tbody th a:hover, .chip:hover { text-decoration:underline; }
.steps td:last-child { width:8rem; white-space:nowrap; padding-right:0; }
.chips, .outcome { list-style:none; }
.chips { display:flex; flex-wrap:wrap; gap:.35rem; }
.chip, .badge { display:inline-block; padding:.05rem .5rem; border-radius:1rem; border:1px solid currentColor; font-size:.8rem; line-height:1.6; white-space:nowrap; text-decoration:none; font-weight:500; }
.chip.bad, .badge.bad { background:var(--bad-bg); font-weight:700; } .chip.odd, .badge.odd { background:var(--odd-bg); } .chip.good, .badge.good { background:var(--good-bg); border-color:transparent; }
.badge.dim { border-color:var(--line); }
.idle { color:var(--soft); font-size:.85rem; } .chips + .idle { margin-top:.35rem; }
.steps td > .dim { font-size:.9rem; } .idle-rules { margin:.4rem 0 0; } .outcome li { font-size:.9rem; font-weight:600; } .outcome .good { font-weight:400; }
h2 .number { margin-right:.35rem; }
.rules .verdict { width:8.5rem; } .rules tbody th { width:4rem; white-space:nowrap; font-variant-numeric:tabular-nums; } .rules .level { width:5rem; font-size:.85rem; color:var(--soft); padding-top:.7rem; }
.rules td:last-child { padding-right:0; }
.rules .not-applicable .rule { color:var(--soft); }
.reason, .retried, .twice { font-size:.85rem; color:var(--soft); } .retried { color:var(--odd); }
.rules tr:target { background:var(--faint); }
`;

const STORY = `
.story { margin-top:1.5rem; padding-top:1.25rem; border-top:3px double var(--line); }
.story .level { font-weight:400; color:var(--soft); font-size:.85rem; }
.story dl { display:grid; grid-template-columns:5.5rem 1fr; gap:.2rem .5rem; margin:.7rem 0 1rem; align-items:baseline; }
figure { border:1px solid var(--line); border-radius:.5rem; padding:clamp(.4rem, 1.5vw, 1rem); background:var(--card); }
figcaption { color:var(--soft); font-size:.8rem; margin-top:.5rem; }
.diagram { display:block; width:100%; height:auto; max-width:760px; margin:0 auto; } .diagram.narrow { display:none; max-width:420px; }
details { margin-top:.8rem; } summary { cursor:pointer; font-size:.9rem; color:var(--soft); }
.timeline { margin-top:.5rem; font-size:.85rem; } .timeline td, .timeline th { padding:.15rem .8rem .15rem 0; vertical-align:baseline; }
.timeline td:first-child { text-align:right; font-variant-numeric:tabular-nums; white-space:nowrap; } .timeline thead th:first-child { text-align:right; }
.timeline td:nth-child(-n+3), .timeline th { white-space:nowrap; }
.timeline .blamed { background:var(--bad-bg); color:var(--bad); }
.again { margin-top:.8rem; font-size:.9rem; } .again span { color:var(--soft); } .again code { display:block; margin-top:.2rem; padding:.5rem .7rem; background:var(--faint); border-radius:.4rem; user-select:all; }
`;

const DIAGRAM = `
.diagram text { fill:var(--ink); font-size:12px; } .diagram .name { font-size:14px; font-weight:700; } .diagram .role { font-size:11px; fill:var(--soft); }
.diagram .label, .diagram .time { font-size:11px; paint-order:stroke; stroke:var(--card); stroke-width:4px; stroke-linejoin:round; } .diagram .time { fill:var(--soft); }
.diagram .label.note { font-style:italic; fill:var(--soft); } .diagram .label.gap { fill:var(--soft); }
.diagram .label.said { fill:var(--bad); font-weight:700; } .diagram .cross { fill:var(--bad); font-weight:700; font-size:14px; }
.diagram .cross, .diagram .in-verdict .cross { stroke:none; }
.diagram .blame { fill:var(--bad-bg); } .diagram .verdict { fill:var(--bad-bg); stroke:var(--bad); stroke-width:1.5; }
.diagram .in-blame .label, .diagram .in-blame .time, .diagram .in-verdict text { stroke:var(--bad-bg); fill:var(--bad); }
.diagram .life { stroke:var(--line); stroke-width:1.5; } .diagram .life.P, .diagram .life.Q { stroke-dasharray:2 4; }
.diagram .name.P, .diagram .head.P, .diagram .arrow.P { color:var(--p); } .diagram .name.P { fill:var(--p); } .diagram .name.Q { fill:var(--q); }
.diagram .arrow, .diagram .head { fill:none; stroke-width:1.6; } .diagram .arrow.P, .diagram .head.P { stroke:var(--p); } .diagram .arrow.Q, .diagram .head.Q { stroke:var(--q); }
.diagram .bar.P, .diagram .node.P { fill:var(--p); } .diagram .bar.Q, .diagram .node.Q { fill:var(--q); } .diagram .bar { opacity:.22; }
.diagram .letter { fill:var(--card); font-size:9.5px; font-weight:700; } .diagram .dot { fill:var(--soft); }
`;

const NARROW = `
@media screen and (max-width: 44rem) {
  .steps, .steps tbody, .steps tr, .steps td, .rules, .rules tbody, .rules tr { display:block; }
  .steps thead, .rules thead { position:absolute; clip-path:inset(50%); width:1px; height:1px; overflow:hidden; }
  .steps tbody th, .steps td { width:auto; padding:.2rem 0; } .steps td { padding-left:2.45rem; } .steps tr, .rules tr { padding:.6rem 0; }
  .outcome { display:flex; flex-wrap:wrap; gap:0 .8rem; }
  .rules tr { display:grid; grid-template-columns:auto auto 1fr; column-gap:.7rem; align-items:baseline; }
  .rules th, .rules td { padding:0; } .rules .verdict, .rules tbody th, .rules .level { width:auto; padding:0; } .rules .rule { grid-column:1 / -1; margin-top:.25rem; }
  .diagram.wide { display:none; } .diagram.narrow { display:block; }
  .story dl { grid-template-columns:1fr; gap:0; } .story dd { margin-bottom:.45rem; }
  .counts th, .counts td { padding-right:.6rem; } .counts thead th { font-size:.68rem; vertical-align:bottom; }
}
@media print {
  html { font-size:10.5pt; background:#fff; } body { max-width:none; padding:0; }
  section { border:0; padding:0; border-radius:0; } .story, tr, figure { break-inside:avoid; } h2, h3 { break-after:avoid; }
  details:not(.idle-rules)::details-content { content-visibility:visible; display:block; } .badge, .chip, .stamp, .diagram { print-color-adjust:exact; -webkit-print-color-adjust:exact; }
}
`;

export const STYLE = [COLOURS, TEXT, MASTHEAD, STEPS, STORY, DIAGRAM, NARROW].join("");
