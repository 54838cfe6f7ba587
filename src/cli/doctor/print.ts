import type { Checked, Report } from './report.ts';

export interface Look {
  readonly color: boolean;
}

const marks = { ok: '✓', warning: '!', fault: '✗', skipped: '–', unknown: '?' } as const;
const colors = { ok: 32, warning: 33, fault: 31, skipped: 90, unknown: 33 } as const;

/** One line a check; beneath a fault or a warning what it means and what to do. */
function lineOf({ check, status, code, text, cause, cure }: Checked, look: Look): string {
  const mark = paint(marks[status], colors[status], look);
  const name = check.padEnd(10);
  const told = status === 'skipped' ? paint(text, colors.skipped, look) : text;
  const line = `${mark} ${name} ${told}${code === undefined ? '' : `  [${code}]`}`;
  return cause === undefined || cure === undefined
    ? line
    : `${line}\n${indent(cause)}\n${indent(`→ ${cure}`)}`;
}

/**
 * Prints each check as it is done. Those that a fault left no sense in are told in one line: what is the matter must
 * not scroll away beneath them.
 */
export class Printer {
  readonly #print: (text: string) => void;
  readonly #look: Look;
  #held: { readonly why: string; readonly checks: string[] } | undefined;

  constructor(print: (text: string) => void, look: Look) {
    this.#print = print;
    this.#look = look;
  }

  done(checked: Checked): void {
    const [, why] = (checked.status === 'skipped' && /^not tried[,:] (.+)$/.exec(checked.text)) || [];
    if (why === undefined || why !== this.#held?.why) this.flush();
    if (why === undefined) this.#print(lineOf(checked, this.#look));
    else if (this.#held === undefined) this.#held = { why, checks: [checked.check] };
    else this.#held.checks.push(checked.check);
  }

  /** What is held back, when nothing more comes. */
  flush(): void {
    if (this.#held === undefined) return;
    const { why, checks } = this.#held;
    this.#held = undefined;
    const text = `${checks.join(', ')}: not tried, ${why}`;
    this.#print(paint(`${marks.skipped} ${text}`, colors.skipped, this.#look));
  }
}

/** The last line: the verdict in one sentence. */
export function verdictOf({ verdict, faults, warnings, checks, exitCode, url }: Report, look: Look): string {
  switch (verdict) {
    case 'healthy': {
      const remarks = warnings.length === 0 ? '' : ` Worth a look: ${warnings.join(', ')}.`;
      return `${paint('Healthy', colors.ok, look)}: ${url} can be connected to.${remarks}`;
    }
    case 'fault':
      return `${paint('Fault', colors.fault, look)}: ${faults.join(', ')}.`;
    case 'unknown': {
      const last = checks.find(({ status }) => status === 'unknown');
      const why =
        exitCode === 130 ? 'interrupted' : `${last?.check ?? 'a check'}: ${last?.text ?? 'unknown'}`;
      return `${paint('Could not tell', colors.unknown, look)} (${why}).`;
    }
  }
}

/** `--quiet`: the verdict, and of each fault what to do. */
export function quietly(report: Report, look: Look): string {
  const faults = report.checks.filter(({ status }) => status === 'fault');
  return [verdictOf(report, look), ...faults.map(({ text, cure }) => `  ${text}\n  → ${cure}`)].join('\n');
}

const width = 100;
const margin = ' '.repeat(13);

/** Wrapped, beneath the text of the check. */
function indent(text: string): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last !== '' && last.length + word.length + 1 > width - margin.length) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines.map((line, at) => `${margin}${at > 0 && text.startsWith('→') ? '  ' : ''}${line}`).join('\n');
}

function paint(text: string, color: number, { color: isColored }: Look): string {
  return isColored ? `\u001b[${color}m${text}\u001b[0m` : text;
}
