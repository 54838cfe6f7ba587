/** `npm run errors`: makes docs/errors.md and the tables of docs/doctor.md from the code; with `--check` it fails when they differ. */
import { checksTable, faultsTable } from './errors/doctor.ts';
import { classificationTable, errorsPage } from './errors/page.ts';
import { type Generated, generate } from './generated.ts';
import { isMain } from './paths.ts';

export function errorPages(): Generated[] {
  return [
    { path: 'docs/errors.md', text: errorsPage() },
    { path: 'docs/doctor.md', between: 'checks', text: checksTable() },
    { path: 'docs/doctor.md', between: 'faults', text: faultsTable() },
    { path: 'docs/decisions/0003-classification.md', between: 'classification', text: classificationTable() },
  ];
}

if (isMain(import.meta.url)) generate('errors', errorPages());
