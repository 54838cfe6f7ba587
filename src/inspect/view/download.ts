import { element } from './element.ts';

/** Hands the person a file. */
export function download(document: Document, name: string, content: unknown): void {
  const url = URL.createObjectURL(
    new Blob([`${JSON.stringify(content, null, 2)}\n`], { type: 'application/json' }),
  );
  const link = element(document, 'a', { href: url, download: name });
  link.click();
  // The browser has taken what it needs when the click is over.
  setTimeout(() => URL.revokeObjectURL(url), 0);
}
