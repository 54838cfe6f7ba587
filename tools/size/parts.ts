/** What the entry is made of, and what it would weigh without some of that. */
import { build } from 'esbuild';
import { type Bundle, bundle, everything, type Rewrite } from './bundle.ts';

/** By the files of the build; a file belongs to the first that names it. */
const parts = {
  'messages out': /src\/(outbox\/|(payload|uuid|calls|bag)\.js)|machines\/outbox\.js/,
  rooms: /src\/(rooms|rooms-view|room-[a-z]+|membership)\.js|machines\/rooms\.js/,
  'catching up': /src\/inbox\//,
  'trace, stats, steady': /src\/(trace|stats|steady)\.js/,
  'signals and probes': /src\/(signals|probe|browser\/[a-z]+)\.js|machines\/probing\.js/,
  'checks of options':
    /src\/(options|check-shape|bad-option|nearest|judge|link\/(socket-io-options|url))\.js/,
  'the link over Socket.IO': /src\/link\//,
  'failures and their hints': /machines\/verdict\.js|src\/(errors|describe|callback-error)\.js/,
  'the chart': /machines\//,
  credentials: /src\/(credential|secret)\.js/,
  'status, session, wiring': /./,
};

export type Part = keyof typeof parts;

export const allParts = Object.keys(parts) as Part[];

export interface PartWeight {
  readonly min: number;
  /** What gzip saves when the part is left out: less than it takes by itself, where it repeats what others say. */
  readonly gzip: number;
}

/** Every part of the entry by itself: the difference that leaving out its files makes, with all else as it is. */
export async function weighParts(base: string, outside: readonly string[]): Promise<Map<Part, PartWeight>> {
  const { files } = await bundle(base, everything, { outside });
  const named = [...files.keys()].map((file) => `import './${file}';`).join('\n');
  const weigh = (left: readonly Part[]) =>
    bundle(base, `${named}\n${everything}`, { outside, keepAll: true, rewrite: leavingOut(left) });
  const weights = new Map<Part, PartWeight>();
  const whole = await weigh([]);
  for (const part of allParts) {
    const rest = await weigh([part]);
    weights.set(part, { min: whole.min - rest.min, gzip: whole.gzip - rest.gzip });
  }
  return weights;
}

/** The entry without some of its parts: what they export is there, and undefined. It could not run, but be weighed. */
export function bundleWithout(
  base: string,
  left: readonly Part[],
  outside: readonly string[],
): Promise<Bundle> {
  return bundle(base, everything, { outside, rewrite: leavingOut(left) });
}

function leavingOut(left: readonly Part[]): Rewrite {
  return async (file, code) => {
    const part = allParts.find((each) => parts[each].test(file));
    if (part === undefined || !left.includes(part)) return undefined;
    return (await namesIn(code)).map((name) => `export let ${name};`).join('\n');
  };
}

/** What a module exports. */
async function namesIn(code: string): Promise<readonly string[]> {
  const { metafile } = await build({
    stdin: { contents: code },
    format: 'esm',
    write: false,
    metafile: true,
  });
  return Object.values(metafile.outputs).flatMap((output) => output.exports);
}
