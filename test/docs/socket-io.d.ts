import type { Link } from 'holdfast';

declare module 'holdfast' {
  export function socketIo(url: string, options?: object): Link;
}
