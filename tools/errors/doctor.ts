import { checks } from '../../src/cli/doctor/checks.ts';
import { faults } from '../../src/cli/doctor/faults.ts';

/** What each check of the doctor asks, in the order of the checks. */
export function checksTable(): string {
  const rows = checks.map(({ id, asks }) => `| \`${id}\` | ${cell(asks)} |`);
  return ['| check | what it asks |', '|---|---|', ...rows].join('\n');
}

/** Every code of the doctor, its cause and its cure. */
export function faultsTable(): string {
  const rows = Object.entries(faults).map(
    ([code, { cause, cure }]) => `| \`${code}\` | ${cell(cause)} | ${cell(cure)} |`,
  );
  return ['| code | cause | cure |', '|---|---|---|', ...rows].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
