import { describe } from '../../describe.ts';
import type { Check, Context, Facts, Finding } from './check.ts';
import { faults } from './faults.ts';
import { Hider } from './hide.ts';
import { type Checked, makeReport, type Report } from './report.ts';
import type { Settings } from './settings.ts';
import { within } from './within.ts';

/** A check may ask several questions one after another, each within the timeout. */
const questions = 6;
/** All checks together may take so many timeouts; more would mean that every one of them waits in vain. */
const allQuestions = 12;

export interface Watcher {
  /** Aborted to stop: what was found so far is the report. */
  readonly signal: AbortSignal;
  /** Called with each check as it is done. */
  readonly done?: (checked: Checked) => void;
}

/** Runs the checks in order. Never rejects; ends within `allQuestions` timeouts, and the wait of `--idle`. */
export async function examine(
  checks: readonly Check[],
  settings: Settings,
  watcher: Watcher,
): Promise<Report> {
  const started = performance.now();
  const hider = new Hider();
  for (const secret of secretsIn(settings)) hider.add(secret);
  const closers: (() => void)[] = [];
  const stop = new AbortController();
  const onAbort = () => stop.abort();
  watcher.signal.addEventListener('abort', onAbort, { once: true });
  if (watcher.signal.aborted) onAbort();
  const context: Context = {
    settings,
    quote: (said) => hider.quote(said),
    keepSecret: (secret) => hider.add(secret),
    signal: stop.signal,
    atEnd: (close) => void closers.push(close),
  };
  const examination = new Examination(checks, context, started);
  const checked: Checked[] = [];
  try {
    for (const check of checks) {
      const result = hider.hide(await examination.run(check));
      checked.push(result);
      watcher.done?.(result);
    }
  } finally {
    for (const close of closers) close();
    watcher.signal.removeEventListener('abort', onAbort);
  }
  // Goodbyes that nobody waits for have this long; then every request that is left is called off.
  if (!stop.signal.aborted) await within(200, stop.signal, examination.farewell());
  stop.abort();
  const shown = examination.facts.target?.shown ?? 'the URL given';
  return makeReport(hider.hide(shown), checked, {
    ms: Math.round(performance.now() - started),
    isInterrupted: watcher.signal.aborted,
  });
}

/** What was found, and why what was not tried was not. */
class Examination {
  facts: Partial<Facts> = {};
  readonly #checks: readonly Check[];
  readonly #context: Context;
  readonly #deadline: number;
  /** Check → the check whose finding is the reason that it gave nothing. */
  readonly #blame = new Map<string, string>();

  constructor(checks: readonly Check[], context: Context, started: number) {
    this.#checks = checks;
    this.#context = context;
    this.#deadline = started + allQuestions * context.settings.timeout;
  }

  async run(check: Check): Promise<Checked> {
    const { id } = check;
    const started = performance.now();
    const finding = this.#reasonNotTo(check) ?? (await this.#try(check));
    this.facts = { ...this.facts, ...finding.gives };
    const lacks = check.gives.some((fact) => this.facts[fact] === undefined);
    if (lacks && !this.#blame.has(id)) this.#blame.set(id, id);
    const { status, text } = finding;
    const ms = Math.round(performance.now() - started);
    if (finding.status !== 'fault' && finding.status !== 'warning') return { check: id, status, text, ms };
    const { cause, cure } = faults[finding.code];
    return { check: id, status, code: finding.code, text, cause, cure: finding.cure ?? cure, ms };
  }

  /** A moment for what was said last to leave. */
  farewell(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, 20));
  }

  #reasonNotTo(check: Check): Finding | undefined {
    if (this.#context.signal.aborted) return { status: 'skipped', text: 'not tried: interrupted' };
    const lacking = check.needs.find((fact) => this.facts[fact] === undefined);
    if (lacking !== undefined) {
      const giver = this.#checks.find(({ gives }) => gives.includes(lacking))?.id ?? '';
      const blamed = this.#blame.get(giver) ?? giver;
      this.#blame.set(check.id, blamed);
      return { status: 'skipped', text: `not tried, because of ${blamed}` };
    }
    if (performance.now() < this.#deadline) return undefined;
    return {
      status: 'unknown',
      text: 'not tried: the time for all checks is over; a longer --timeout gives more',
    };
  }

  async #try(check: Check): Promise<Finding> {
    const { signal, settings } = this.#context;
    const left = this.#deadline - performance.now();
    const bound = Math.min(questions * settings.timeout, left) + this.#waitOf(check);
    try {
      const found = await within(
        bound,
        signal,
        Promise.resolve(check.run(this.facts as Facts, this.#context)),
      );
      if (found !== undefined) return found;
      return {
        status: 'unknown',
        text: signal.aborted ? 'interrupted' : 'it did not come to an end in time',
      };
    } catch (error) {
      return { status: 'unknown', text: this.#context.quote(`the check itself failed: ${describe(error)}`) };
    }
  }

  /** The wait for a ping is as long as the server says, within reason. */
  #waitOf({ needs }: Check): number {
    const { idle } = this.#context.settings;
    const waits = idle && needs.includes('handshake') && needs.includes('session');
    return waits ? Math.min(this.facts.handshake?.pingInterval ?? 0, longestWait) : 0;
  }
}

/** Of `--idle`, ms. */
const longestWait = 10 * 60_000;

/** What may not be shown: the token, and what a URL holds before its host. */
function secretsIn({ token, url }: Settings): string[] {
  const [, user = '', password = ''] = /^\s*(?:\w+:\/\/)?([^/@:]*):?([^/@]*)@/.exec(url) ?? [];
  const named = [
    token ?? '',
    user,
    password,
    decoded(user),
    decoded(password),
    user && `${user}:${password}`,
  ];
  // Of a query, what is long enough to be a secret.
  const asked = [...new URLSearchParams(/\?([^#]*)/.exec(url)?.[1] ?? '').values()];
  return [...named, ...asked.filter((value) => value.length >= 8)].filter((secret) => secret !== '');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
