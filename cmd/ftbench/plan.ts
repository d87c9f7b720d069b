// What is to be measured, and the measuring of it from beginning to end.

import { size as sizeText } from "../cli/progress.ts";
import { Environment, OUR_GET, OUR_LIST } from "./environment.ts";
import { type InterferenceRow, measureBesideBulk, measureBesideIdle } from "./interference.ts";
import type { Competitor } from "./competitor.ts";
import { measureLoad, type LoadRow } from "./load.ts";
import { ftp, http, native } from "./wire-protocol.ts";
import { PortPool } from "./port-pool.ts";
import { Unfit } from "./process.ts";
import { type Loss, compare, type Row, type Work } from "./compare.ts";

/** The wishes of the command line. Counts of 0 leave a part out. */
export interface Plan {
  readonly get: boolean;
  readonly list: number;
  readonly load: boolean;
  readonly idle: number;
  readonly bulk: number;
  readonly contenders: readonly Competitor[];
  readonly ftp: readonly { readonly name: string; readonly port: number }[];
  readonly http: readonly { readonly name: string; readonly port: number }[];
  readonly root: string | undefined;
  readonly sizes: readonly number[];
  readonly clients: readonly number[];
  readonly rounds: number;
  readonly seconds: number;
  readonly sink: string | undefined;
  readonly patience: number;
  /** Breaks everything off. */
  readonly signal: AbortSignal;
}

/** Everything that was measured. */
export interface Results {
  readonly rows: Row[];
  readonly loadRows: LoadRow[];
  readonly besides: InterferenceRow[];
  readonly losses: Loss[];
}

/** Carries out a plan, telling `note` what it is at. Whatever happens, no file and no process of ours is left. */
export async function measure(plan: Plan, note: (doing: string) => void): Promise<Results> {
  const results: Results = { rows: [], loadRows: [], besides: [], losses: [] };
  await using bed = new Environment(plan.root);
  await bed.serve(".", plan.idle > 0 ? plan.idle + 100 : 0);
  if (plan.get) {
    for (const size of plan.sizes) await raced(getting(bed, size), OUR_GET);
  }
  if (plan.load) await loaded();
  if (plan.idle + plan.bulk > 0) await besides();
  if (plan.list > 0) {
    const dir = bed.directory(plan.list);
    await bed.serve(dir);
    await raced(listing(bed, dir, plan.list), OUR_LIST);
  }
  return results;

  async function raced(work: Work, words: readonly string[]): Promise<void> {
    note(`${work.label}, ${plan.rounds} rounds`);
    const contenders = [{ name: "ftkit", words, port: bed.port }, ...plan.contenders];
    const sink = work.listing ? undefined : plan.sink;
    const { rows, losses } = await compare(bed, work, contenders, { ...plan, sink });
    results.rows.push(...rows);
    results.losses.push(...losses);
  }

  async function loaded(): Promise<void> {
    const size = plan.sizes[0] ?? 0;
    const file = bed.file(size);
    using ports = new PortPool();
    const dialects = [
      native("ftkit", bed.port, file),
      ...plan.ftp.map(({ name, port }) => ftp(name, port, file)),
      ...plan.http.map(({ name, port }) => http(name, port, file)),
    ];
    for (const clients of plan.clients) {
      const work = `${clients} clients, ${sizeText(size)} each`;
      note(`${work}, ${plan.rounds} laps of ${plan.seconds} s`);
      const rows = await measureLoad(dialects, size, ports, { ...plan, clients });
      results.loadRows.push(...rows);
      for (const { name, failures, problem } of rows) {
        if (problem)
          results.losses.push({ work, name, why: `${failures} transfers failed: ${problem}` });
      }
    }
  }

  async function besides(): Promise<void> {
    const size = plan.sizes[0] ?? 0;
    using ports = new PortPool();
    const dialect = native("ftkit", bed.port, bed.file(size));
    const { seconds, signal } = plan;
    const bench = { dialect, size, ports, server: bed.server, seconds, signal };
    if (plan.idle > 0) {
      note(`one client beside ${plan.idle} idle ones`);
      await tried("idle clients", () => measureBesideIdle(bench, plan.idle));
    }
    if (plan.bulk > 0) {
      const file = bed.file(Math.max(...plan.sizes));
      const client = { name: "ftkit", words: OUR_GET, port: bed.port };
      note(`one client beside ${plan.bulk} that fetch ${file}`);
      const values = { file, host: "127.0.0.1", port: String(bed.port) };
      await tried("bulk clients", () => measureBesideBulk(bench, plan.bulk, client, values));
    }
  }

  async function tried(work: string, step: () => Promise<InterferenceRow>): Promise<void> {
    try {
      results.besides.push(await step());
    } catch (error) {
      if (!(error instanceof Unfit)) throw error;
      results.losses.push({ work, name: "ftkit", why: error.message });
    }
  }
}

function getting(bed: Environment, size: number): Work {
  const file = bed.file(size);
  return {
    label: `get ${sizeText(size)}`,
    amount: size,
    listing: false,
    values: { file, host: "127.0.0.1", port: String(bed.port), size: String(size) },
    check: async (out) => {
      const [came, there] = [Bun.file(out), Bun.file(`${bed.root}/${file}`)];
      if (!(await came.exists())) throw new Unfit("it saved no file.");
      if (came.size !== size) throw new Unfit(`it saved ${came.size} bytes instead of ${size}.`);
      if ((await hash(came)) !== (await hash(there))) throw new Unfit("it saved other bytes.");
    },
  };
}

function listing(bed: Environment, dir: string, count: number): Work {
  return {
    label: `list ${count}`,
    amount: count,
    listing: true,
    values: { dir, host: "127.0.0.1", port: String(bed.port) },
    check: async (out) => {
      const lines = (await Bun.file(out).text()).split("\n").length - 1;
      if (lines !== count) throw new Unfit(`it printed ${lines} lines instead of ${count}.`);
    },
  };
}

async function hash(file: Blob): Promise<string> {
  const hasher = new Bun.CryptoHasher("blake2b256");
  for await (const chunk of file.stream()) hasher.update(chunk);
  return hasher.digest("hex");
}
