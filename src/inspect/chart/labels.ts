import { allOf, type Row } from './transitions.ts';

/** Guards whose own name would not tell a reader of the drawing what happened. */
export const guardPhrases: Readonly<Record<string, string>> = {
  broughtRefused: 'the refused token once more',
  hasSync: 'a gap in the messages',
  broughtRefusedAgain: 'the refused token again',
  isFinalForUser: 'refused for good',
  isFinal: 'not to be tried again',
  runsOut: 'the credential runs out',
  isShortAgain: 'its life is short again',
  hasLapsed: 'the old one ran out',
  mayRestart: 'not too often',
  mayRetryAtOnce: 'to be tried at once',
  resumesOnSignal: 'resumeOnSignal',
};

/**
 * What leads along one edge, a line each: methods and signals first, then what else may happen. `;`, `:` and `#` would
 * end a label in Mermaid, and none is used.
 */
export function linesOf(rows: readonly Row[]): string[] {
  const plain = new Set(rows.filter(({ guard }) => guard === undefined).map(triggerKey));
  const telling = rows.filter((row) => row.guard === undefined || !plain.has(triggerKey(row)));
  const named = new Map<string, Set<string>>();
  const others = new Set<string>();
  for (const row of telling) {
    const name = nameOf(row);
    const condition = row.guard === undefined ? '' : ` if ${guardPhrase(row.guard)}`;
    if (name !== undefined) named.set(condition, (named.get(condition) ?? new Set()).add(name));
    else others.add(row.guard === undefined ? triggerPhrase(row) : guardPhrase(row.guard));
  }
  const asked = [...named].map(([condition, names]) => [...names].join(', ') + condition);
  return [...asked, ...others].filter((line) => line !== '');
}

/** `isAnotherIdentity` as `another identity`. */
export function guardPhrase(guard: string): string {
  const phrases = guard
    .split(allOf)
    .map((name) => guardPhrases[name] ?? spaced(name.replace(/^(is|was)(?=[A-Z])/, '')));
  return phrases.join(allOf);
}

function triggerKey({ trigger }: Row): string {
  return `${trigger.kind} ${trigger.name}`;
}

/** What users call, and what the world says: `credentialChanged()`, `online`. */
function nameOf({ trigger }: Row): string | undefined {
  if (trigger.kind !== 'event') return undefined;
  const [who, what = ''] = trigger.name.split('.');
  if (who === 'world') return what;
  if (who !== 'user') return undefined;
  return `${what.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())}()`;
}

function triggerPhrase({ trigger }: Row): string {
  if (trigger.kind === 'after') return `after ${trigger.name}`;
  return trigger.name.replace(/[.-]/g, ' ');
}

function spaced(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).trim();
}
