// Text that may stand in XML and HTML, whoever wrote it.

import { sanitizeForDisplay } from "../../../lib/text.ts";

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** One line: controls, which XML 1.0 forbids, and what reorders text become escapes such as `\x1b`. */
export const escapeXml = (text: string): string =>
  sanitizeForDisplay(text)
    .replace(/[\uFFFE\uFFFF]/g, "\uFFFD")
    .replace(/[&<>"']/g, (one) => ENTITIES[one] ?? "");

/** Several lines. */
export const escapeXmlLines = (text: string): string => text.split("\n").map(escapeXml).join("\n");
