// The frame of an HTML document that loads nothing and runs no script.

import css from "./report.css" with { type: "text" };
import { html, Markup } from "./markup.ts";

export function formatDocument(title: string, body: Markup): string {
  return html`${new Markup("<!doctype html>")}
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'"
        />
        <title>${title}</title>
        <style>
          ${new Markup(css)}
        </style>
      </head>
      <body>
        ${body}
      </body>
    </html> `.text;
}
