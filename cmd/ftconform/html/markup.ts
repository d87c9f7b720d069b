// HTML put together so that nothing a stranger wrote can become markup.

import { escapeXml } from "../report/xml.ts";

/** Text that is markup already. */
export class Markup {
  constructor(readonly text: string) {}
}

export type Piece = Markup | string | number | undefined | readonly Piece[];

/** A template whose values are escaped unless they are markup; lists are joined, and nothing stands for nothing. */
export function html(parts: TemplateStringsArray, ...values: readonly Piece[]): Markup {
  const text = parts.map((part, at) => part + rendered(values[at])).join("");
  return new Markup(text);
}

function rendered(piece: Piece): string {
  if (piece === undefined) return "";
  if (piece instanceof Markup) return piece.text;
  if (typeof piece === "object") return piece.map(rendered).join("");
  return escapeXml(String(piece));
}
