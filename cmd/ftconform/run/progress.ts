// What a person sees on standard error while the suite runs: the smoke test, each failure when it is found, and a count.

import {
  isSelected,
  type Result,
  ROLES,
  SMOKE_TESTS,
  type SuiteConfig,
} from "../../../conformance/index.ts";
import { sanitizeForDisplay } from "../../../lib/text.ts";
import { onTerminal, printMessage, STDERR } from "../../cli/terminal.ts";
import { badgeOf, choosePaint } from "../report/paint.ts";

/** After this time the smoke test is shown as far as it is known, in ms. */
const SMOKE_LIMIT = 9_000;

export class Progress implements Disposable {
  readonly #paint = choosePaint(STDERR);
  readonly #isDrawn = onTerminal(STDERR);
  /** The first result of each rule of the smoke test. */
  readonly #smoke = new Map<string, Result>();
  readonly #expected: readonly string[];
  readonly #timer: NodeJS.Timeout | undefined;
  #isSmokeShown = false;
  /** The failures that came before the smoke test was shown. */
  readonly #early: Result[] = [];
  /** The rules whose failure was shown: their other cases are in the report. */
  readonly #shown = new Set<string>();
  #done = 0;

  /** The smoke test is shown only if nobody chose the rules. */
  constructor(private readonly config: SuiteConfig) {
    const roles = ROLES.filter((role) => config[role]);
    const ids = roles.flatMap((role) => SMOKE_TESTS[role].map(({ id }) => id));
    this.#expected = config.only ? [] : ids.filter((id) => isSelected(id, config.only));
    this.#isSmokeShown = this.#expected.length === 0;
    if (!this.#isSmokeShown) this.#timer = setTimeout(() => this.#showSmoke(), SMOKE_LIMIT);
  }

  update(result: Result): void {
    this.#done++;
    const { id, verdict } = result;
    if (this.#expected.includes(id) && !this.#smoke.has(id)) this.#smoke.set(id, result);
    if (!this.#isSmokeShown && this.#smoke.size === this.#expected.length) this.#showSmoke();
    if (verdict === "fail" && this.#isSmokeShown) this.#showFailure(result);
    else if (verdict === "fail") this.#early.push(result);
    if (this.#isDrawn) printMessage(`\r\x1b[Kcases tested: ${this.#done}`);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#clear();
  }

  #showSmoke(): void {
    if (this.#isSmokeShown) return;
    this.#isSmokeShown = true;
    this.#clear();
    for (const role of ROLES.filter((one) => this.config[one])) {
      const words = SMOKE_TESTS[role].map(({ id, ability }) => {
        const { sign, tint } = badgeOf(this.#smoke.get(id) ?? UNKNOWN);
        return this.#paint(tint, `${sign} ${ability}`);
      });
      printMessage(`Your ${role}: ${words.join("  ")}\n`);
    }
    for (const failure of this.#early) this.#showFailure(failure);
  }

  /** In a file or a pipe, the report tells it soon enough. */
  #showFailure(result: Result): void {
    if (!this.#isDrawn || this.#shown.has(result.id)) return;
    this.#shown.add(result.id);
    this.#clear();
    const { sign, tint } = badgeOf(result);
    const line = `${result.id} ${result.rule}`;
    printMessage(
      `${this.#paint(tint, `${sign} ${sanitizeForDisplay(line).slice(0, columns() - 3)}`)}\n`,
    );
  }

  #clear(): void {
    if (this.#isDrawn) printMessage("\r\x1b[K");
  }
}

/** No result yet: the program has not answered so far. */
const UNKNOWN = { verdict: "inconclusive", level: "MUST" } as const;

const columns = (): number => process.stderr.columns || 80;
