import { describe, expect, test } from 'vitest';
import { findNginx, provideNginx } from '../../tools/nginx.mjs';
import { machine } from './machine.ts';

const apt = 'apt-get install -y --no-install-recommends nginx';

describe('an nginx is found', () => {
  test('where NGINX_PATH says, before any other, and never past one that leads nowhere', () => {
    const env = { NGINX_PATH: '/my/nginx' };
    expect(findNginx(machine(['/my/nginx', '/usr/sbin/nginx'], { env }))).toBe('/my/nginx');
    expect(() => findNginx(machine(['/usr/sbin/nginx'], { env }))).toThrow(/NGINX_PATH is \/my\/nginx/);
  });

  test.each([
    ['linux', '/usr/sbin/nginx'],
    ['linux', '/opt/bin/nginx'],
    ['darwin', '/opt/homebrew/bin/nginx'],
  ])('on %s at %s', (platform, path) => {
    expect(findNginx(machine([path], { platform }))).toBe(path);
  });

  test('on Windows on the path', () => {
    const env = { Path: 'C:\\bin;D:\\tools' };
    const path = 'D:\\tools\\nginx.exe';
    expect(findNginx(machine([path], { platform: 'win32', env }))).toBe(path);
  });

  test('unless it does not start, asked by the only flag that it knows for this', () => {
    const flags: (string | undefined)[] = [];
    const works = (_: string, flag?: string) => {
      flags.push(flag);
      return false;
    };
    expect(findNginx(machine(['/usr/sbin/nginx'], { works }))).toBeUndefined();
    expect(flags).toEqual(['-v']);
  });
});

describe('an nginx that is missing is installed', () => {
  test('not at all when there is one', () => {
    const here = machine(['/usr/sbin/nginx']);
    expect(provideNginx(here)).toBe('/usr/sbin/nginx');
    expect(here.run).not.toHaveBeenCalled();
  });

  test('by apt-get for root', () => {
    const here = machine(['/usr/bin/apt-get'], { installs: { [apt]: '/usr/sbin/nginx' } });
    expect(provideNginx(here)).toBe('/usr/sbin/nginx');
    expect(here.run.mock.calls).toEqual([[apt]]);
  });

  test('by Homebrew on a Mac that has it', () => {
    const path = '/opt/homebrew/bin/nginx';
    const installs = { 'brew install nginx': path };
    const here = machine(['/opt/homebrew/bin/brew'], { platform: 'darwin', isRoot: false, installs });
    expect(provideNginx(here)).toBe(path);
  });

  test('or an error says what was tried and what to do', () => {
    expect(() => provideNginx(machine(['/usr/bin/apt-get']))).toThrow(
      /none could be installed[\s\S]*apt-get update[\s\S]*failed[\s\S]*NGINX_PATH/,
    );
    expect(() => provideNginx(machine([], { isRoot: false }))).toThrow(
      /No way to do so is known here[\s\S]*NGINX_PATH/,
    );
  });
});
