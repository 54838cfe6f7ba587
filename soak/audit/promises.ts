/** What a run must keep, by the name under which a breach of it is found. */
export const promises = {
  lost: 'every acknowledged message took effect',
  doubled: 'no message took effect twice',
  unsettled: 'every message came to an end that was told',
  undead: 'what was refused, or ran out before it was sent, took no effect',
  invented: 'nothing took effect but what was sent, where and as who it was sent',
  missed: 'every member of a room received every message of it, or was told of the gap',
  repeated: 'nobody received a message twice',
  disordered: 'everybody received the messages of a room in its order',
  foreign: 'nobody received what was meant for somebody else, nor when nobody was connected',
  status: 'every status followed from the one before, for the user that the app wanted',
  driven: 'nobody was turned away but those who were driven to it',
  absent: 'in the end everybody is live, and in every room',
  'refused-send': '`send` took every message',
  leak: 'no credential could be read: not in problems, causes, traces, snapshots, notices or here',
  crash: 'no process ended, or threw what nobody caught, by itself',
  memory: 'memory is flat',
  remains: 'clients that are disposed of leave no handle, and give their memory back',
  idle: 'everything that should go wrong did, and messages went through all the same',
} as const;

export type PromiseName = keyof typeof promises;

/** What was found to be broken: how often, and a few of the times in words. */
export class Breaches {
  readonly #found = new Map<PromiseName, { count: number; readonly examples: string[] }>();

  note(name: PromiseName, what: string, times = 1): void {
    const found = this.#found.get(name) ?? { count: 0, examples: [] };
    this.#found.set(name, found);
    found.count += times;
    if (found.examples.length < shown) found.examples.push(what);
  }

  count(name: PromiseName): number {
    return this.#found.get(name)?.count ?? 0;
  }

  examples(name: PromiseName): readonly string[] {
    return this.#found.get(name)?.examples ?? [];
  }

  /** Those of them that are broken, in the order of the list. */
  get broken(): readonly PromiseName[] {
    return (Object.keys(promises) as PromiseName[]).filter((name) => this.count(name) > 0);
  }
}

/** Of each kind: the rest is the same again, as a rule. */
const shown = 5;
