/**
 * `npm run bench` measures everything that takes no more than minutes; `npm run bench -- NAME` one thing. With `--keep`
 * the run becomes the one that README and docs quote. Figures are of this machine, so no CI runs it.
 *
 * It runs what `tsc` makes, as users do: what runs TypeScript directly names every closure, which costs memory and time.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { attempt } from './attempt.ts';
import { broadcast } from './broadcast.ts';
import { broadcastRedis } from './broadcast-redis.ts';
import { connect } from './connect.ts';
import { type Bench, digits, type Result } from './harness.ts';
import { herd } from './herd.ts';
import { herdReal } from './herd-real.ts';
import { inbound } from './inbound.ts';
import { keep, keptPathOf, machineNow } from './kept.ts';
import { machine } from './machine.ts';
import { memory } from './memory.ts';
import { outbound } from './outbound.ts';
import { property } from './property.ts';
import { recover } from './recover.ts';
import { restore } from './restore.ts';
import { serverMemory, serverMemoryRedis } from './server-memory.ts';
import { size } from './size.ts';
import { stores } from './stores.ts';

const benches: readonly Bench[] = [
  ...[inbound, outbound, memory(1_000, 'memory'), memory(10_000, 'memory-10000')],
  ...[stores, connect, restore, size, machine, attempt, property, broadcast, broadcastRedis],
  ...[serverMemory, serverMemoryRedis, herd, herdReal, recover],
];

const { positionals: names, values } = parseArgs({
  // npm takes the first `--`, and passes on a second one.
  args: process.argv.slice(2).filter((argument) => argument !== '--'),
  options: { clients: { type: 'string' }, keep: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const clients = values.clients === undefined ? undefined : Number(values.clients);
if (clients !== undefined && !(Number.isInteger(clients) && clients > 0)) {
  console.error(`--clients ${values.clients}: a whole number from 1 on is needed.`);
  process.exit(2);
}
const unknown = names.filter((name) => !benches.some((bench) => bench.name === name));
if (unknown.length > 0) {
  console.error(
    `There is no bench ${unknown.join(', ')}; there are ${benches.map(({ name }) => name).join(', ')}.`,
  );
  process.exit(2);
}

const chosen = benches.filter((bench) =>
  names.length === 0 ? !bench.isByNameOnly : names.includes(bench.name),
);
const [first, ...others] = chosen;
if (first !== undefined && others.length === 0) await measure(first);
else {
  console.log(machineNow());
  for (const { name } of chosen) measureApart(name);
}
// Sockets of raw clients may still be closing.
process.exit();

/** In a process of its own: what another bench left behind, in the heap and in compiled code, is not measured. */
function measureApart(name: string): void {
  const flags = [
    ...(values.keep ? ['--keep'] : []),
    ...(clients === undefined ? [] : ['--clients', String(clients)]),
  ];
  const script = process.argv[1] ?? '';
  const { status } = spawnSync(process.execPath, [...process.execArgv, script, name, ...flags], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
}

async function measure(bench: Bench): Promise<void> {
  console.log(`\n${bench.name}: ${bench.title}`);
  const startedAt = performance.now();
  const result = await bench.measure({ clients, keep: values.keep });
  show(result);
  console.log(`  ${((performance.now() - startedAt) / 1_000).toFixed(0)} s, ${machineNow()}`);
  const path = `reports/bench-${bench.name}.json`;
  write(path, { name: bench.name, title: bench.title, machine: machineNow(), ...result });
  if (values.keep) write(keptPathOf(bench.name), keep(bench, result));
}

function show({ rows, targets }: Result): void {
  const width = Math.max(...rows.map(({ name }) => name.length));
  for (const { name, unit, median, least, most, samples } of rows) {
    const spread =
      samples.length === 1 ? '' : `(${digits(least)} to ${digits(most)} in ${samples.length} runs)`;
    console.log(`  ${name.padEnd(width)}  ${digits(median).padStart(9)} ${unit}  ${spread}`.trimEnd());
  }
  for (const { what, promise, found, isMet } of targets) {
    const of = what === undefined ? '' : `${what}: `;
    console.log(`  ${isMet ? '✓ met' : '✗ MISSED'}: ${of}promised ${promise}, found ${found}`);
    if (!isMet) process.exitCode = 1;
  }
}

function write(path: string, content: unknown): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(content, null, 2)}\n`);
  console.log(`  ${path}`);
}
