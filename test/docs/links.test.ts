import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from '../../tools/paths.ts';
import { type Page, pages, proseOf, quotesIn } from '../support/docs/pages.ts';

/** What a page points to that is not there. */
function brokenIn({ path, text }: Page): string[] {
  const prose = proseOf(text).replace(/`[^`\n]+`/g, '``');
  const links = [
    ...prose.matchAll(/\]\(([^()\s]+(?:\([^()\s]*\))?[^()\s]*)\)|<(?:img|a) [^>]*(?:src|href)="([^"]+)"/g),
  ];
  return links
    .map(([, inline, html]) => inline ?? html ?? '')
    .filter((link) => !/^(https?:|mailto:)/.test(link))
    .filter((link) => !leadsSomewhere(path, link))
    .map((link) => `${path}: ${link}`);
}

function leadsSomewhere(from: string, link: string): boolean {
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? from : normalize(join(dirname(from), decodeURIComponent(file)));
  if (target.startsWith('..') || !existsSync(join(root, target))) return false;
  if (anchor === undefined) return true;
  if (!target.endsWith('.md') || statSync(join(root, target)).isDirectory()) return false;
  return anchorsOf(readFileSync(join(root, target), 'utf8')).has(decodeURIComponent(anchor));
}

/** As GitHub makes them: of each heading, numbered where one comes twice, and those that a page sets itself. */
function anchorsOf(text: string): Set<string> {
  const anchors = new Set([...text.matchAll(/<a (?:id|name)="([^"]+)"/g)].map(([, id = '']) => id));
  const seen = new Map<string, number>();
  for (const [, heading = ''] of proseOf(text).matchAll(/^#{1,6} (.+?)(?: #+)?$/gm)) {
    const words = heading.replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[`*]/g, '');
    const slug = words
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
      .replaceAll(' ', '-');
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    anchors.add(before === 0 ? slug : `${slug}-${before}`);
  }
  return anchors;
}

/** Files of the repository that are named in backticks, and are not there. Decisions and changes tell of what was. */
function missingIn({ path, text }: Page): string[] {
  if (/^docs\/decisions\/|CHANGELOG/.test(path)) return [];
  return quotesIn(text)
    .filter((quote) => /^(docs|test|src|machines|tools|examples|bench|soak)\/[\w./-]+$/.test(quote))
    .filter((quote) => !existsSync(join(root, quote)))
    .map((quote) => `${path}: ${quote}`);
}

describe('every link in the docs', () => {
  test('leads to a file, and its anchor to a heading', () => {
    expect(pages.length).toBeGreaterThan(40);
    expect(pages.flatMap(brokenIn)).toEqual([]);
  });

  test('would be caught if it did not', () => {
    const text = [
      '# Two words, `code` & [a link](README.md)',
      '## Again',
      '## Again',
      '[good](#two-words-code--a-link) [good](#again-1) [good](docs/spec.md#lc--lifecycle) [good](LICENSE)',
      '[no heading](#nowhere) [no file](docs/gone.md) [no heading there](docs/spec.md#gone) [outside](../gone.md)',
      '![no picture](docs/images/gone.png)',
      '`[no link](gone.md)`',
      '```',
      '[no link](gone.md)',
      '```',
    ].join('\n');
    expect(brokenIn({ path: 'README.md', text })).toEqual([
      'README.md: #two-words-code--a-link',
      'README.md: #again-1',
      'README.md: #nowhere',
      'README.md: docs/gone.md',
      'README.md: docs/spec.md#gone',
      'README.md: ../gone.md',
      'README.md: docs/images/gone.png',
    ]);
    expect([...anchorsOf(text)]).toEqual(['two-words-code--a-link', 'again', 'again-1']);
  });
});

describe('every file that the docs name', () => {
  test('is there', () => {
    expect(pages.flatMap(missingIn)).toEqual([]);
  });

  test('would be caught if it were not', () => {
    expect(missingIn({ path: 'X.md', text: 'See `docs/spec.md` and `docs/gone.md`.' })).toEqual([
      'X.md: docs/gone.md',
    ]);
  });
});
