/** Paths of all states in a state value, outer ones first: `{ connected: { health: 'healthy' } }` has three. */
export function statePaths(value: unknown, around = ''): string[] {
  const within = around === '' ? '' : `${around}.`;
  if (typeof value === 'string') return [`${within}${value}`];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const path = `${within}${key}`;
    return [path, ...statePaths(inner, path)];
  });
}

/** Pairs of states that one step leads between: the outermost that were left, and what was entered in their place. */
export function changesBetween(before: unknown, after: unknown, around = ''): [from: string, to: string][] {
  const [from, to] = [regionsOf(before), regionsOf(after)];
  const within = around === '' ? '' : `${around}.`;
  const stayed = Object.keys(from).filter((key) => key in to);
  if (stayed.length > 0)
    return stayed.flatMap((key) => changesBetween(from[key], to[key], `${within}${key}`));
  const [left, entered] = [Object.keys(from)[0], Object.keys(to)[0]];
  return left === undefined || entered === undefined ? [] : [[`${within}${left}`, `${within}${entered}`]];
}

function regionsOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'string') return { [value]: undefined };
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
