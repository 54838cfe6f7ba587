import { describe, expect, test } from 'vitest';
import { findRedis, provideRedis } from '../../tools/redis.mjs';
import { machine } from './machine.ts';

const apt = 'apt-get install -y --no-install-recommends redis-server';

describe('a Redis server is found', () => {
  test('where REDIS_SERVER_PATH says, before any other, and never past one that leads nowhere', () => {
    const env = { REDIS_SERVER_PATH: '/my/redis' };
    expect(findRedis(machine(['/my/redis', '/usr/bin/redis-server'], { env }))).toBe('/my/redis');
    expect(() => findRedis(machine(['/usr/bin/redis-server'], { env }))).toThrow(
      /REDIS_SERVER_PATH is \/my\/redis/,
    );
  });

  test.each([
    ['linux', '/usr/bin/redis-server'],
    ['linux', '/usr/local/bin/valkey-server'],
    ['linux', '/opt/bin/redis-server'],
    ['darwin', '/opt/homebrew/bin/redis-server'],
  ])('on %s at %s', (platform, path) => {
    expect(findRedis(machine([path], { platform }))).toBe(path);
  });

  test('on Windows on the path', () => {
    const env = { Path: 'C:\\bin;D:\\tools' };
    const path = 'D:\\tools\\redis-server.exe';
    expect(findRedis(machine([path], { platform: 'win32', env }))).toBe(path);
  });

  test('unless it does not start', () => {
    const works = (path: string) => path !== '/usr/bin/redis-server';
    expect(findRedis(machine(['/usr/bin/redis-server'], { works }))).toBeUndefined();
  });
});

describe('a Redis server that is missing is installed', () => {
  test('not at all when there is one', () => {
    const here = machine(['/usr/bin/redis-server']);
    expect(provideRedis(here)).toBe('/usr/bin/redis-server');
    expect(here.run).not.toHaveBeenCalled();
  });

  test('by apt-get for root', () => {
    const here = machine(['/usr/bin/apt-get'], { installs: { [apt]: '/usr/bin/redis-server' } });
    expect(provideRedis(here)).toBe('/usr/bin/redis-server');
    expect(here.run.mock.calls).toEqual([[apt]]);
  });

  test('by Homebrew on a Mac that has it', () => {
    const path = '/opt/homebrew/bin/redis-server';
    const installs = { 'brew install redis': path };
    const here = machine(['/opt/homebrew/bin/brew'], { platform: 'darwin', isRoot: false, installs });
    expect(provideRedis(here)).toBe(path);
  });

  test('or an error says what was tried and what to do', () => {
    expect(() => provideRedis(machine(['/usr/bin/apt-get']))).toThrow(
      /none could be installed[\s\S]*apt-get update[\s\S]*failed[\s\S]*REDIS_SERVER_PATH/,
    );
    expect(() => provideRedis(machine([], { isRoot: false }))).toThrow(
      /No way to do so is known here[\s\S]*REDIS_SERVER_PATH/,
    );
  });
});
