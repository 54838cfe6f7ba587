/**
 * Where everything stands in the drawing of the chart: placed by hand, so that it looks the same every time and a reader
 * knows it again. States at rest on the left, those that try in the middle, the open link on the right.
 */

/** x, y, width, height. */
export type Box = readonly [x: number, y: number, width: number, height: number];

export interface Route {
  /** Corners of the arrow, as `x,y x,y …`. */
  readonly points: string;
  /** Where the words beside it begin, end or have their middle; none inside of a state, where there is no room. */
  readonly label?: {
    readonly at: readonly [x: number, y: number];
    readonly anchor: 'start' | 'middle' | 'end';
    /** Characters in a line. */
    readonly width: number;
  };
}

export const size = { width: 1300, height: 672 } as const;

/** One attempt has the same shape wherever it is made. */
function attempt(parent: string, x: number, y: number): Record<string, Box> {
  return {
    [`${parent}.credential`]: [x, y, 200, 76],
    [`${parent}.credential.dialing`]: [x + 10, y + 32, 72, 30],
    [`${parent}.credential.dialFailed`]: [x + 108, y + 32, 82, 30],
    [`${parent}.handshake`]: [x + 232, y + 32, 84, 30],
  };
}

function routesOfAttempt(parent: string, x: number, y: number): Record<string, Route> {
  const credential = `${parent}.credential`;
  const handshake = `${parent}.handshake`;
  return {
    [`${credential}.dialing > ${credential}.dialFailed`]: {
      points: `${x + 82},${y + 47} ${x + 108},${y + 47}`,
    },
    [`${credential} > ${handshake}`]: { points: `${x + 200},${y + 41} ${x + 232},${y + 41}` },
    [`${handshake} > ${credential}`]: { points: `${x + 232},${y + 53} ${x + 200},${y + 53}` },
    [`${credential} > ${credential}`]: loop(x + 112, y),
  };
}

/** Back into the same state, above its upper edge. */
function loop(x: number, y: number): Route {
  return { points: `${x},${y} ${x},${y - 10} ${x + 18},${y - 10} ${x + 18},${y}` };
}

/** One step of restoring. */
function step(name: string, y: number): Record<string, Box> {
  const path = `connected.session.restoring.${name}`;
  return {
    [path]: [818, y, 202, 62],
    [`${path}.looking`]: [824, y + 24, 56, 28],
    [`${path}.working`]: [892, y + 24, 56, 28],
    [`${path}.pausing`]: [960, y + 24, 56, 28],
  };
}

function routesOfStep(name: string, y: number): Record<string, Route> {
  const path = `connected.session.restoring.${name}`;
  return {
    [`${path}.looking > ${path}.working`]: { points: `880,${y + 38} 892,${y + 38}` },
    [`${path}.working > ${path}.pausing`]: { points: `948,${y + 34} 960,${y + 34}` },
    [`${path}.pausing > ${path}.working`]: { points: `960,${y + 44} 948,${y + 44}` },
  };
}

/** One step of a renewal. */
function renewalStep(name: string, x: number): Record<string, Box> {
  const path = `connected.renewal.${name}`;
  return {
    [path]: [x, 318, 98, 86],
    [`${path}.asking`]: [x + 8, 342, 82, 22],
    [`${path}.pausing`]: [x + 8, 376, 82, 22],
  };
}

function routesOfRenewalStep(name: string, x: number): Record<string, Route> {
  const path = `connected.renewal.${name}`;
  return {
    [`${path}.asking > ${path}.pausing`]: { points: `${x + 36},364 ${x + 36},376` },
    [`${path}.pausing > ${path}.asking`]: { points: `${x + 62},376 ${x + 62},364` },
  };
}

/** By the path of the state. */
export const boxes: Readonly<Record<string, Box>> = {
  idle: [16, 70, 116, 46],
  'auth-failed': [16, 290, 116, 46],
  exhausted: [16, 520, 116, 46],

  authenticating: [360, 40, 348, 150],
  ...attempt('authenticating', 374, 88),

  connected: [796, 40, 488, 396],
  'connected.session': [806, 72, 228, 274],
  'connected.session.restoring': [812, 98, 214, 174],
  ...step('rooms', 124),
  ...step('missed', 202),
  'connected.session.live': [884, 302, 70, 32],
  'connected.stability': [806, 356, 228, 68],
  'connected.stability.unproven': [824, 386, 78, 28],
  'connected.stability.proven': [938, 386, 78, 28],
  'connected.health': [1046, 72, 228, 100],
  'connected.health.healthy': [1058, 112, 64, 32],
  'connected.health.probing': [1138, 88, 130, 76],
  'connected.health.probing.asking': [1144, 122, 52, 30],
  'connected.health.probing.overdue': [1208, 122, 54, 30],
  'connected.renewal': [1046, 182, 228, 242],
  'connected.renewal.deciding': [1064, 212, 62, 28],
  'connected.renewal.unneeded': [1190, 212, 74, 28],
  'connected.renewal.scheduled': [1064, 266, 72, 28],
  'connected.renewal.lapsing': [1204, 266, 60, 28],
  ...renewalStep('fetching', 1060),
  ...renewalStep('handing', 1166),

  reconnecting: [360, 350, 348, 270],
  'reconnecting.scheduling': [384, 384, 92, 30],
  'reconnecting.planning': [506, 384, 84, 30],
  'reconnecting.offline': [384, 448, 84, 30],
  'reconnecting.waiting': [506, 448, 84, 30],
  'reconnecting.suspended': [610, 448, 86, 30],
  ...attempt('reconnecting', 374, 526),
};

/** By the paths of the states at its ends; `*` is any state. */
export const routes: Readonly<Record<string, Route>> = {
  '* > idle': { points: '74,166 74,116', label: { at: [16, 182], anchor: 'start', width: 23 } },
  'idle > authenticating': {
    points: '132,84 360,84',
    label: { at: [246, 67], anchor: 'middle', width: 40 },
  },
  'authenticating > idle': {
    points: '360,100 132,100',
    label: { at: [246, 113], anchor: 'middle', width: 40 },
  },
  'exhausted > authenticating': {
    points: '132,532 150,532 150,122 360,122',
    label: { at: [156, 478], anchor: 'start', width: 18 },
  },
  'auth-failed > authenticating': {
    points: '132,300 184,300 184,140 360,140',
    label: { at: [190, 153], anchor: 'start', width: 20 },
  },
  'authenticating > auth-failed': {
    points: '360,158 322,158 322,318 132,318',
    label: { at: [316, 206], anchor: 'end', width: 24 },
  },
  'authenticating > exhausted': {
    points: '360,176 342,176 342,548 132,548',
    label: { at: [250, 562], anchor: 'middle', width: 40 },
  },
  'authenticating > connected': {
    points: '708,84 796,84',
    label: { at: [752, 78], anchor: 'middle', width: 14 },
  },
  'authenticating > reconnecting': {
    points: '430,190 430,350',
    label: { at: [438, 216], anchor: 'start', width: 26 },
  },
  'authenticating > authenticating': {
    ...loop(660, 40),
    label: { at: [652, 34], anchor: 'end', width: 40 },
  },
  'connected > idle': {
    points: '920,40 920,16 74,16 74,70',
    label: { at: [300, 12], anchor: 'middle', width: 40 },
  },
  'connected > authenticating': {
    points: '796,140 708,140',
    label: { at: [752, 154], anchor: 'middle', width: 14 },
  },
  'connected > auth-failed': {
    points: '796,332 132,332',
    label: { at: [716, 304], anchor: 'middle', width: 40 },
  },
  'connected > reconnecting': {
    points: '796,396 708,396',
    label: { at: [752, 379], anchor: 'middle', width: 14 },
  },
  'connected > exhausted': {
    points: '960,436 960,654 40,654 40,566',
    label: { at: [640, 648], anchor: 'middle', width: 40 },
  },
  'reconnecting > idle': {
    points: '360,366 168,366 168,110 132,110',
    label: { at: [174, 361], anchor: 'start', width: 24 },
  },
  'reconnecting > auth-failed': {
    points: '360,400 60,400 60,336',
    label: { at: [180, 413], anchor: 'start', width: 26 },
  },
  'reconnecting > exhausted': {
    points: '360,600 74,600 74,566',
    label: { at: [84, 613], anchor: 'start', width: 28 },
  },
  'reconnecting > authenticating': {
    points: '620,350 620,190',
    label: { at: [628, 262], anchor: 'start', width: 16 },
  },
  'reconnecting > connected': {
    points: '708,556 920,556 920,436',
    label: { at: [752, 550], anchor: 'middle', width: 14 },
  },

  ...routesOfAttempt('authenticating', 374, 88),
  ...routesOfAttempt('reconnecting', 374, 526),
  'reconnecting.scheduling > reconnecting.planning': { points: '476,399 506,399' },
  'reconnecting.scheduling > reconnecting.offline': { points: '420,414 420,448' },
  'reconnecting.planning > reconnecting.waiting': { points: '540,414 540,448' },
  'reconnecting.waiting > reconnecting.waiting': loop(564, 448),
  'reconnecting.waiting > reconnecting.offline': { points: '506,458 468,458' },
  'reconnecting.offline > reconnecting.waiting': { points: '468,468 506,468' },
  'reconnecting.waiting > reconnecting.credential': { points: '524,478 524,526' },
  'reconnecting.offline > reconnecting.credential': { points: '430,478 430,526' },
  'reconnecting.suspended > reconnecting.offline': { points: '640,478 640,492 450,492 450,478' },
  'reconnecting.suspended > reconnecting.credential': { points: '664,478 664,506 556,506 556,526' },
  'reconnecting.credential > reconnecting.scheduling': { points: '374,564 367,564 367,399 384,399' },
  'reconnecting.handshake > reconnecting.scheduling': {
    points: '690,572 702,572 702,372 430,372 430,384',
  },

  'connected.session.restoring > connected.session.live': { points: '904,272 904,302' },
  'connected.session.live > connected.session.restoring': { points: '934,302 934,272' },
  'connected.session.restoring.rooms > connected.session.restoring.missed': { points: '919,186 919,202' },
  ...routesOfStep('rooms', 124),
  ...routesOfStep('missed', 202),
  'connected.stability.unproven > connected.stability.proven': { points: '902,400 938,400' },
  'connected.health.healthy > connected.health.probing': { points: '1122,122 1138,122' },
  'connected.health.probing > connected.health.healthy': { points: '1138,134 1122,134' },
  'connected.health.probing > connected.health.probing': loop(1240, 88),
  'connected.health.probing.asking > connected.health.probing.overdue': { points: '1196,137 1208,137' },
  'connected.renewal.deciding > connected.renewal.unneeded': { points: '1126,226 1190,226' },
  'connected.renewal.deciding > connected.renewal.scheduled': { points: '1088,240 1088,266' },
  'connected.renewal.deciding > connected.renewal.lapsing': { points: '1112,240 1112,253 1234,253 1234,266' },
  'connected.renewal.scheduled > connected.renewal.fetching': { points: '1088,294 1088,318' },
  'connected.renewal.fetching > connected.renewal.handing': { points: '1158,353 1166,353' },
  'connected.renewal.fetching > connected.renewal.lapsing': { points: '1146,318 1146,280 1204,280' },
  'connected.renewal.handing > connected.renewal.lapsing': { points: '1234,318 1234,294' },
  'connected.renewal.handing > connected.renewal.deciding': {
    points: '1215,404 1215,413 1053,413 1053,226 1064,226',
  },
  ...routesOfRenewalStep('fetching', 1060),
  ...routesOfRenewalStep('handing', 1166),
};
