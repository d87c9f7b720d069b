// The HTML report in Chromium: narrow and wide, light and dark, and on paper.

import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeReport } from "../model/report.ts";
import { REQUEST, RESULTS, RUN } from "../model/sample.ts";
import { html, Markup } from "./markup.ts";
import { formatPage } from "./page.ts";

/** Chromium shows the page in one second, or in many on a busy machine. */
const CHROMIUM_LIMIT = 30_000;
const LIMIT = CHROMIUM_LIMIT + 5_000;
/** Debian, Fedora and macOS have different names for it. */
const NAMES = ["chromium", "chromium-browser", "google-chrome", "chrome"];
const path = NAMES.map((name) => Bun.which(name)).find((found) => found !== null);
if (!path)
  console.warn("The HTML report is not tested: install Chromium (apt-get install chromium).");

const FLAGS = [
  // Root has no sandbox. Nothing in a test may use the network.
  ...["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run"],
  ...["--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update"],
  "--enable-blink-features=ComputedAccessibilityInfo",
];

const report = formatPage(makeReport({ options: REQUEST, program: "bun cmd/ftconform.ts" }, RUN));
const ids = [...new Set(RESULTS.map(({ id }) => id))];
const failures = RESULTS.filter(({ verdict }) => verdict === "fail").length;
const directory = mkdtempSync(join(tmpdir(), "ftconform-page-"));
afterAll(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }));

async function runChromium(page: string, ...options: string[]): Promise<string> {
  const file = join(directory, "page.html");
  writeFileSync(file, page);
  const profile = `--user-data-dir=${join(directory, "profile")}`;
  const browser = Bun.spawn([path ?? "", ...FLAGS, profile, ...options, `file://${file}`], {
    stdio: ["ignore", "pipe", "ignore"],
    timeout: CHROMIUM_LIMIT,
    killSignal: "SIGKILL",
    env: { ...process.env, TMPDIR: directory },
  });
  const output = await browser.stdout.text();
  expect(await browser.exited).toBe(0);
  return output;
}

/** What a script in a frame's parent finds out about the report in the frame. */
interface Observed {
  tooWide: string[];
  scrollWidth: number;
  cutLabels: string[];
  smallestLabel: number;
  rules: [id: string, verdict: string][];
  lowContrast: string[];
  diagrams: { role: string; name: string; text: string }[];
  roles: string[];
  loaded: number;
  scripts: number;
}

/** A frame can be narrower than Chromium's smallest window, and keeps the page's own security policy. */
async function inspect(width: number, scheme: "light" | "dark"): Promise<Observed> {
  const page = html`<!doctype html>
    <iframe
      style="width: ${width}px; height: 900px; border: 0"
      srcdoc="${new Markup(quoteAttribute(report))}"
    ></iframe>
    <pre></pre>
    <script>
      ${new Markup(INSPECT)};
    </script>`.text;
  const dark = `--blink-settings=preferredColorScheme=${scheme === "dark" ? 0 : 1}`;
  const dom = await runChromium(page, dark, "--window-size=1300,900", "--dump-dom");
  const observed = /<pre>(.*)<\/pre>/s.exec(dom)?.[1] ?? "";
  return JSON.parse(decodeURIComponent(observed)) as Observed;
}

const quoteAttribute = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");

const INSPECT = `
const frame = document.querySelector("iframe");
frame.onload = () => {
  const { contentDocument: page, contentWindow: view } = frame;
  const all = (selector, from = page) => [...from.querySelectorAll(selector)];
  const outline = (element) => element.outerHTML.slice(0, 120);
  for (const details of all("details")) details.open = true;
  const boxOf = (element) => element.getBoundingClientRect();
  const labels = all(".diagram .label");
  const light = (colour) => {
    const [r, g, b] = colour.match(/[0-9.]+/g).map(Number)
      .map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = view.getComputedStyle(at).backgroundColor;
      if (!/, 0\\)$|transparent/.test(colour)) return colour;
    }
  };
  const hasText = (element) => element.checkVisibility()
    && [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
  // WCAG 2.2, 1.4.3: 4.5 to 1.
  const contrast = (element) => {
    const [a, b] = [view.getComputedStyle(element).color, behind(element)].map(light)
      .sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  };
  const observed = {
    tooWide: all("body *").filter((one) => boxOf(one).right > view.innerWidth + 1).map(outline),
    scrollWidth: page.documentElement.scrollWidth,
    cutLabels: labels.filter((label) => {
      const own = boxOf(label), box = boxOf(label.closest(".diagram"));
      return own.left < box.left - 1 || own.right > box.right + 1 || own.bottom > box.bottom + 1;
    }).map(outline),
    smallestLabel: Math.min(...labels.map((label) => boxOf(label).height)),
    rules: all(".rules tbody tr").map((row) =>
      [row.querySelector("th").firstChild.textContent.trim(), row.querySelector(".badge").textContent]),
    lowContrast: all("body *").filter(hasText).filter((one) => contrast(one) < 4.5).map(outline),
    diagrams: all(".diagram").map((one) =>
      ({ role: one.computedRole, name: one.computedName, text: one.textContent })),
    roles: all("table, th").map((one) => one.computedRole),
    loaded: view.performance.getEntriesByType("resource").length,
    scripts: all("script").length,
  };
  document.querySelector("pre").textContent = encodeURIComponent(JSON.stringify(observed));
};`;

describe.skipIf(!path)("in Chromium", () => {
  const views = [400, 1200].flatMap((width) =>
    (["light", "dark"] as const).map((scheme) => ({ width, scheme })),
  );

  test.each(views)(
    "the report can be read: $width pixels wide, $scheme",
    async ({ width, scheme }) => {
      const seen = await inspect(width, scheme);
      // Nothing is wider than the screen.
      expect(seen.tooWide).toEqual([]);
      expect(seen.scrollWidth).toBe(width);
      // No text leaves its diagram, and each can be read.
      expect(seen.cutLabels).toEqual([]);
      expect(seen.smallestLabel).toBeGreaterThan(9);
      expect(seen.lowContrast).toEqual([]);
      // Every rule is there, with its verdict in a word.
      expect(seen.rules.map(([id]) => id).sort()).toEqual([...ids].sort());
      expect(
        seen.rules.filter(([, word]) => !/pass|fail|inconclusive|not applicable/.test(word)),
      ).toEqual([]);
      // A screen reader meets a named diagram for each failure, and tables.
      expect(seen.diagrams).toHaveLength(failures);
      expect(seen.diagrams.filter(({ role }) => role !== "list")).toEqual([]);
      expect(seen.diagrams.filter(({ name }) => !name.startsWith("Sequence diagram of "))).toEqual(
        [],
      );
      expect(seen.diagrams.filter(({ text }) => !/\S+ fails here/.test(text))).toEqual([]);
      expect(seen.roles.filter((role) => role === "table").length).toBeGreaterThan(5);
      expect(seen.roles.filter((role) => role === "rowheader").length).toBeGreaterThanOrEqual(
        ids.length,
      );
      // Nothing hostile ran, and nothing was loaded.
      expect([seen.loaded, seen.scripts]).toEqual([0, 0]);
    },
    LIMIT,
  );

  test(
    "the report can be printed",
    async () => {
      const file = join(directory, "page.pdf");
      await runChromium(report, `--print-to-pdf=${file}`);
      expect(await Bun.file(file).slice(0, 5).text()).toBe("%PDF-");
    },
    LIMIT,
  );
});
