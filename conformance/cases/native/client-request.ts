// The native dialect: what a client sends on P.

import type { CaseContext } from "../../harness/context.ts";
import { findData } from "../evidence.ts";
import { show } from "../../net/bytes.ts";
import { serveClient } from "../../peer/launch-client.ts";
import type { TestCase } from "../../harness/test-case.ts";
import { clientRule, FILE } from "../../peer/native-server.ts";
import { describeRequest } from "../../peer/script.ts";
import { applies, must } from "../../spec/verdict.ts";

const readRequest = { kind: "get", mayLeave: true, atCommand: async () => {} } as const;

async function expectRequest(context: CaseContext, file: string): Promise<void> {
  const server = await serveClient(context, readRequest, { file, dataPort: context.dataPort() });
  const said = server.p.text.slice(server.options.join("").length);
  // S6.1 tests the port. Here it is only replaced by its name.
  const line = said.replace(/ \d+(?=\r?\n$)/, " DATA_PORT");
  const wanted = `-g ${file} DATA_PORT\n`;
  const isRight = line === Buffer.from(wanted).toString("latin1");
  must(isRight, `${show(wanted)} on P`, describeRequest(server), findData(server.p));
}

/** The client sends its options one by one, each after the reply to the last one. */
async function waitForEachReply(context: CaseContext): Promise<void> {
  const { options, p } = await serveClient(context, readRequest, { file: FILE });
  applies(options.length > 0, "the client sends no option lines");
  let at = 0;
  const hasTwoLines = ({ bytes = 0 }: { bytes?: number }): boolean =>
    p.bytes
      .subarray(at, (at += bytes))
      .toString("latin1")
      .split("\n").length > 2;
  const early = context.timeline.moments
    .filter(({ track, actor, kind }) => track === "P" && actor === "subject" && kind === "data")
    .find(hasTwoLines);
  const expected = "the client waits for a reply after each line";
  must(early === undefined, expected, `several lines at once: ${show(p.bytes)}`, early);
}

export const cases: TestCase[] = [
  clientRule("N6.1", "a name in UTF-8, and the line end", (context) =>
    expectRequest(context, "größe.txt"),
  ),
  clientRule("N6.4", "-g", (context) => expectRequest(context, FILE)),
  clientRule("N6.5", "a name of two words", (context) => expectRequest(context, "two words.txt")),
  clientRule("N6.12", "the option lines", waitForEachReply),
];
