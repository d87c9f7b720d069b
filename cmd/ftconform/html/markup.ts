// HTML templates: every value is escaped, so that text from a tested program cannot become markup.

import { escapeXml } from "../report/xml.ts";

/** Text that is already HTML. */
export class Markup {
  constructor(readonly text: string) {}
}

export type MarkupValue = Markup | string | number | undefined | readonly MarkupValue[];

/** Escapes every value that is not markup. Lists are joined; `undefined` gives nothing. */
export function html(parts: TemplateStringsArray, ...values: readonly MarkupValue[]): Markup {
  return new Markup(parts.map((part, index) => part + escapeValue(values[index])).join(""));
}

function escapeValue(value: MarkupValue): string {
  if (value === undefined) return "";
  if (value instanceof Markup) return value.text;
  if (typeof value === "object") return value.map(escapeValue).join("");
  return escapeXml(String(value));
}
