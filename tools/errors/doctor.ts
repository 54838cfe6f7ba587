import { checks } from '../../src/cli/doctor/checks.ts';
import { faults } from '../../src/cli/doctor/faults.ts';
import { table } from '../table.ts';

/** What each check of the doctor asks, in the order of the checks. */
export function checksTable(): string {
  return table(
    ['check', 'what it asks'],
    checks.map(({ id, asks }) => [`\`${id}\``, cell(asks)]),
  );
}

/** Every code of the doctor, its cause and its cure. */
export function faultsTable(): string {
  return table(
    ['code', 'cause', 'cure'],
    Object.entries(faults).map(([code, { cause, cure }]) => [`\`${code}\``, cell(cause), cell(cure)]),
  );
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
