/** `npm run errors`: makes docs/errors.md from the code; with `--check` it fails when they differ. */
import { classificationTable, errorsPage } from './errors/page.ts';
import { type Generated, generate } from './generated.ts';
import { isMain } from './paths.ts';

export function errorPages(): Generated[] {
  return [
    { path: 'docs/errors.md', text: errorsPage() },
    { path: 'docs/decisions/0003-classification.md', between: 'classification', text: classificationTable() },
  ];
}

if (isMain(import.meta.url)) generate('errors', errorPages());
