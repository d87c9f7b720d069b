// The HTML report in a real browser, narrow and wide, light and dark, and on paper.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Browser, chromium } from "./browser.ts";
import { formatPage } from "./page.ts";
import { reportOf } from "../model/report.ts";
import { REQUEST, RESULTS, RUN } from "../model/sample.ts";

/** Chromium's start and a few questions; each of them has its own shorter limit. */
const LIMIT = 60_000;
const path = chromium();
if (!path)
  console.warn(
    "The report was not looked at: no chromium is installed (apt-get install chromium).",
  );

const report = formatPage(reportOf({ options: REQUEST, program: "bun cmd/ftconform.ts" }, RUN));
const ids = [...new Set(RESULTS.map(({ id }) => id))];
const failures = RESULTS.filter(({ verdict }) => verdict === "fail").length;
const views = [400, 1200].flatMap((width) =>
  (["light", "dark"] as const).map((scheme) => ({ width, scheme })),
);

interface Node {
  role?: { value: string };
  name?: { value: string };
  description?: { value: string };
  ignored?: boolean;
}

describe.skipIf(!path)("in a browser", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await Browser.start(path ?? "");
  }, LIMIT);
  afterAll(async () => browser?.[Symbol.asyncDispose](), LIMIT);

  describe.each(views)("$width pixels wide, $scheme", ({ width, scheme }) => {
    test(
      "nothing is wider than the screen",
      async () => {
        await browser.open(report, width, scheme);
        const wide = await browser.value<string[]>(`[...document.querySelectorAll("body *")]
          .filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest("svg *"))
          .map((one) => one.outerHTML.slice(0, 120))`);
        expect(wide).toEqual([]);
        expect(await browser.value<number>("document.documentElement.scrollWidth")).toBe(width);
      },
      LIMIT,
    );

    test(
      "no text of a diagram leaves it, and each can be read",
      async () => {
        await browser.open(report, width, scheme);
        const outside = await browser.value<string[]>(`[...document.querySelectorAll("svg text")]
          .filter((one) => { const box = one.ownerSVGElement.getBoundingClientRect(), own = one.getBoundingClientRect();
            return own.width > 0 && (own.left < box.left - 1 || own.right > box.right + 1 || own.bottom > box.bottom + 1); })
          .map((one) => one.textContent)`);
        expect(outside).toEqual([]);
        const smallest =
          await browser.value<number>(`Math.min(...[...document.querySelectorAll("svg .label")]
          .map((one) => one.getBoundingClientRect()).filter(({ width }) => width > 0).map(({ height }) => height))`);
        expect(smallest).toBeGreaterThan(9);
      },
      LIMIT,
    );

    test(
      "every rule is there, with its verdict in a word",
      async () => {
        await browser.open(report, width, scheme);
        const rows = await browser.value<
          string[][]
        >(`[...document.querySelectorAll(".rules tbody tr")]
          .map((one) => [one.querySelector("th").textContent, one.querySelector(".badge").textContent])`);
        expect(rows.map(([id = ""]) => id).sort()).toEqual([...ids].sort());
        expect(
          rows.filter(([, word = ""]) => !/pass|fail|inconclusive|not applicable/.test(word)),
        ).toEqual([]);
      },
      LIMIT,
    );

    test(
      "text and background differ enough to be read",
      async () => {
        await browser.open(report, width, scheme);
        const faint = await browser.value<string[]>(CONTRAST);
        expect(faint).toEqual([]);
      },
      LIMIT,
    );

    test(
      "a screen reader meets a named diagram for each failure, and tables",
      async () => {
        await browser.open(report, width, scheme);
        const { nodes } = (await browser.send("Accessibility.getFullAXTree")) as { nodes: Node[] };
        const seen = nodes.filter(({ ignored }) => !ignored);
        const images = seen.filter(({ role }) => /^(image|img)$/.test(role?.value ?? ""));
        expect(images).toHaveLength(failures);
        expect(
          await browser.value<number>(`document.querySelectorAll("svg:not([role=img])").length`),
        ).toBe(0);
        expect(
          images.filter(({ name }) => !name?.value.startsWith("Sequence diagram of ")),
        ).toEqual([]);
        expect(
          images.filter(({ name }) => !name?.value.includes("the rule was found broken")),
        ).toEqual([]);
        expect(seen.filter(({ role }) => role?.value === "table").length).toBeGreaterThan(5);
        expect(
          seen.filter(({ role }) => role?.value === "rowheader").length,
        ).toBeGreaterThanOrEqual(ids.length);
      },
      LIMIT,
    );
  });

  test(
    "nothing hostile has run, and nothing was loaded",
    async () => {
      await browser.open(report, 1200, "light");
      const loaded = await browser.value<number>(`performance.getEntriesByType("resource").length`);
      expect(loaded).toBe(0);
      expect(await browser.value<number>(`document.querySelectorAll("script").length`)).toBe(0);
    },
    LIMIT,
  );

  test(
    "it prints",
    async () => {
      await browser.open(report, 1200, "dark");
      const { data } = await browser.send("Page.printToPDF", { printBackground: false });
      expect(Buffer.from(String(data), "base64").subarray(0, 5).toString()).toBe("%PDF-");
    },
    LIMIT,
  );
});

/** WCAG 2.2, 1.4.3: 4.5 to 1, for every text that is shown in HTML. */
const CONTRAST = `(() => {
  const light = (text) => { const [r, g, b] = text.match(/[0-9.]+/g).map(Number)
    .map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const behind = (one) => { for (let at = one; at; at = at.parentElement) {
    const colour = getComputedStyle(at).backgroundColor; if (!/, 0\\)$|transparent/.test(colour)) return colour; } return "rgb(255, 255, 255)"; };
  return [...document.querySelectorAll("body *:not(svg *)")].filter((one) => one.checkVisibility()
    && [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim())).filter((one) => {
    const [a, b] = [light(getComputedStyle(one).color), light(behind(one))].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05) < 4.5; }).map((one) => one.outerHTML.slice(0, 100)); })()`;
