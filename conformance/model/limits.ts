// What the wire of a dialect can say and carry: only that is drawn.

import type { CaseContext } from "../harness/context.ts";
import { matchTemplate } from "../dialect/decode.ts";
import { encodeTemplate } from "../dialect/encode.ts";
import { framePayload } from "../dialect/frame-writer.ts";
import { createFrameReader } from "../dialect/framing.ts";
import type { Template, TemplateValues } from "../dialect/template.ts";
import type { Dialect } from "../dialect/types.ts";
import { isFixedPort } from "../net/ports.ts";
import { type Stage, STAGES } from "./plan.ts";
import { type FilePlan, isText, makeContent } from "./content.ts";

const PLAIN_NAME = /^\w{1,20}\.txt$/;

export class Limits {
  readonly dialect: Dialect;

  constructor(context: CaseContext) {
    this.dialect = context.dialect;
  }

  get largest(): number {
    return this.dialect.abilities?.maxFile ?? Infinity;
  }

  /** Whether each client has a data port of its own. */
  get hasOwnPorts(): boolean {
    const { dataPorts, dataOffset } = this.dialect.abilities ?? {};
    return dataOffset === undefined && !isFixedPort(dataPorts);
  }

  /** Whether clients can come at once. */
  get takesMany(): boolean {
    return this.hasOwnPorts && !this.dialect.abilities?.oneClient;
  }

  /** Where a client can leave: on a shared data port, the Q of one that has left would reach the next one. */
  get stages(): readonly Stage[] {
    return this.hasOwnPorts ? STAGES : ["at once", "half a command"];
  }

  /** Whether the file can be asked for by its name, and arrives as it is. */
  allows(file: FilePlan): boolean {
    if (file.size > this.largest || !this.canSay(file.name)) return false;
    const { textOnly } = this.dialect.abilities ?? {};
    if (textOnly && (!isText(file.kind) || file.kind === "UTF-8")) return false;
    return this.#canCarry(makeContent(file), file);
  }

  /** Whether the name comes out of the request as it went in. */
  canSay(name: string): boolean {
    const { steps } = this.dialect.get;
    return steps.every((step) => {
      if (!("send" in step) || !step.send.placeholders.includes("file")) return true;
      const text = this.#encode(step.send, name);
      // A value that only the server tells is not known yet: then only a plain name is safe.
      if (text === undefined) return PLAIN_NAME.test(name);
      return matchTemplate(step.send, text, this.dialect.values ?? {})?.values["file"] === name;
    });
  }

  #encode(template: Template, name: string): string | undefined {
    try {
      return encodeTemplate(template, this.#valuesFor(name, 0)).toString("latin1");
    } catch {
      return undefined;
    }
  }

  // A frame may take a marker out of a content, or a last line end, and cannot tell it from its own.
  #canCarry(content: Buffer, { name, kind }: FilePlan): boolean {
    const { data } = this.dialect.get;
    if (!data) return false;
    const values = this.#valuesFor(name, content.length);
    try {
      const wire = Buffer.concat(framePayload(data, content, values));
      const reader = createFrameReader(data, values);
      reader.read(wire, true);
      return reader.payload.equals(content);
    } catch {
      // The same: the frame needs a value that the server tells.
      return isText(kind) && kind !== "UTF-8";
    }
  }

  #valuesFor(file: string, size: number): TemplateValues {
    const known = { any: "any", sport: 1, dport: 2, qport: 3, host: "h", shost: "h", hash: "" };
    return { ...known, ...this.dialect.values, file, size };
  }
}
