// The native dialect: what a client sends on P.

import type { CaseContext } from "../../harness/context.ts";
import { show } from "../../net/bytes.ts";
import { serveClient } from "../../peer/launch-client.ts";
import type { TestCase } from "../../harness/test-case.ts";
import { clientRule, FILE } from "../../peer/native-server.ts";
import { describeRequest } from "../../peer/script.ts";
import { applies, must } from "../../spec/verdict.ts";

async function requestIs(context: CaseContext, name: string, wanted: string): Promise<void> {
  const dataPort = context.dataPort();
  const call = { file: name, dataPort };
  const heard = await serveClient(context, { kind: "get", atCommand: async () => {} }, call);
  const line = Buffer.from(wanted.replace("{dport}", ""));
  const said = heard.p.text.slice(heard.options.join("").length);
  // Which port it names is judged in S6.1.
  const same = said.replace(/ \d+(?=\r?\n$)/, " ") === line.toString("latin1");
  must(same, `${show(wanted)} on P`, describeRequest(heard));
}

/** Options come one by one, each after the reply to the last. */
async function onePerReply(context: CaseContext): Promise<void> {
  const { options, p } = await serveClient(
    context,
    { kind: "get", atCommand: async () => {} },
    { file: FILE },
  );
  applies(options.length > 0, "the client sends no option lines");
  const pieces = context.timeline.moments.filter(
    ({ track, actor, kind }) => track === "P" && actor === "subject" && kind === "data",
  );
  const early = pieces.find(({ text }) => (text.match(/\\n/g)?.length ?? 0) > 1);
  must(early === undefined, "a line, its reply, and then the next line", show(p.bytes));
}

export const cases: TestCase[] = [
  clientRule("N6.1", "a name in UTF-8, and a line end", (context) =>
    requestIs(context, "größe.txt", "-g größe.txt {dport}\n"),
  ),
  clientRule("N6.4", "-g", (context) => requestIs(context, FILE, `-g ${FILE} {dport}\n`)),
  clientRule("N6.5", "a name of two words", (context) =>
    requestIs(context, "two words.txt", "-g two words.txt {dport}\n"),
  ),
  clientRule("N6.12", "its option lines", onePerReply),
];
