/**
 * Which room may import which: one table, as rules for dependency-cruiser. Types count as
 * imports. Tests may import what they like; nobody imports tests.
 */
import type { IForbiddenRuleType } from 'dependency-cruiser';

interface Room {
  /** Its files, as a regular expression on the path below the repository. */
  readonly files: string;
  /** Rooms whose values and types it may import; its own are always allowed. */
  readonly imports: readonly RoomName[];
  /** Rooms of which it may import types only. */
  readonly types: readonly RoomName[];
}

export type RoomName = (typeof ROOM_NAMES)[number];
export const ROOM_NAMES = [
  ...['errors', 'random', 'statistics', 'settings', 'formats', 'tokens', 'conversation'],
  ...['envTables', 'envFrame', 'envGuests', 'kernels', 'chat', 'env', 'engine', 'export', 'grpo'],
  ...['report', 'run', 'workersApi', 'workers', 'workerStart', 'ui', 'door', 'scripts'],
] as const satisfies readonly string[];

/** Leaves: any room may import them. */
const LEAVES = ['errors', 'random', 'statistics', 'settings', 'formats', 'tokens', 'conversation'] as const;
/** What a run is made of. */
const BELOW_RUN = [...LEAVES, 'kernels', 'chat', 'env', 'engine', 'export', 'grpo', 'report'] as const;

const folder = (name: string): string => `^src/${name}/`;
const leaf = (name: string, imports: readonly RoomName[] = []): Room => ({
  files: `^src/${name}(/|[^/]*\\.ts$)`,
  imports,
  types: [],
});

export const ROOMS: Readonly<Record<RoomName, Room>> = {
  errors: leaf('errors'),
  random: leaf('random'),
  statistics: leaf('statistics'),
  settings: leaf('settings', ['errors']),
  formats: leaf('formats', ['errors']),
  tokens: leaf('tokens', ['errors']),
  conversation: leaf('conversation', ['errors']),
  // What can be said of the built-in environments without opening one; forms need it before a worker is there.
  envTables: { files: '^src/env/(registry|settings|errors)\\.ts$', imports: [...LEAVES, 'env'], types: [] },
  // The page makes the frame of a user's file, the worker speaks to what runs in it.
  envFrame: { files: '^src/env/host/(page|frame)\\.ts$', imports: LEAVES, types: [] },
  envGuests: { files: '^src/env/host/browser\\.ts$', imports: [...LEAVES, 'env'], types: [] },
  kernels: { files: folder('kernels'), imports: LEAVES, types: [] },
  chat: { files: folder('chat'), imports: LEAVES, types: [] },
  env: { files: folder('env'), imports: LEAVES, types: [] },
  engine: { files: folder('engine'), imports: [...LEAVES, 'kernels', 'chat'], types: [] },
  export: { files: folder('export'), imports: [...LEAVES, 'kernels', 'chat', 'engine'], types: [] },
  // The template's seam is a type that rollouts are told about.
  grpo: { files: folder('grpo'), imports: LEAVES, types: ['env', 'engine', 'chat'] },
  report: { files: folder('report'), imports: LEAVES, types: ['env', 'grpo'] },
  run: { files: folder('run'), imports: BELOW_RUN, types: [] },
  workersApi: { files: '^workers/api\\.ts$', imports: [...LEAVES, 'run', 'report'], types: ['env', 'grpo'] },
  workers: {
    files: '^workers/(?!api\\.ts$)',
    imports: [...LEAVES, 'run', 'report', 'workersApi', 'envTables', 'envGuests'],
    types: ['env', 'grpo', 'engine'],
  },
  // Names the worker's file, to start it; nothing of it comes into the page.
  workerStart: { files: '^src/ui/worker-start\\.ts$', imports: ['workers', 'ui'], types: [] },
  ui: {
    files: '^src/ui/(?!worker-start\\.ts$)',
    imports: [...LEAVES, 'report', 'envTables', 'envFrame', 'workerStart'],
    types: ['workersApi', 'kernels', 'chat', 'env', 'engine', 'grpo', 'run'],
  },
  door: {
    files: '^src/(index|environments|tfjs)\\.ts$|^src/(tfjs|library)/',
    imports: [...BELOW_RUN, 'run'],
    types: [],
  },
  scripts: { files: '^scripts/', imports: [...BELOW_RUN, 'run', 'door'], types: ['workersApi'] },
};

const TEST = '\\.(test|spec)\\.ts$';
/** Everything that is ours. */
const OURS = '^(src|workers|scripts|tests)/';

const filesOf = (names: readonly RoomName[]): string[] => names.map((name) => ROOMS[name].files);

export function roomRules(): IForbiddenRuleType[] {
  return [...ROOM_NAMES.flatMap(rulesOf), ...GENERAL];
}

function rulesOf(name: RoomName): IForbiddenRuleType[] {
  const { files, imports, types } = ROOMS[name];
  const from = { path: files, pathNot: TEST };
  const allowed = filesOf([name, ...imports]);
  const rules: IForbiddenRuleType[] = [
    {
      name,
      severity: 'error',
      comment: `${name} may import ${[...imports, ...types.map((room) => `types of ${room}`)].join(', ') || 'no room'}.`,
      from,
      to: { path: OURS, pathNot: [...allowed, ...filesOf(types)] },
    },
  ];
  if (types.length > 0) {
    rules.push({
      name: `${name}-types`,
      severity: 'error',
      comment: `${name} may import only types of ${types.join(', ')}.`,
      from,
      to: { path: filesOf(types), pathNot: allowed, dependencyTypesNot: ['type-only'] },
    });
  }
  return rules;
}

const GENERAL: readonly IForbiddenRuleType[] = [
  {
    name: 'room',
    severity: 'error',
    comment: 'Every product file lies in a room of scripts/rooms/rules.ts.',
    from: { path: '^(src|workers|scripts)/', pathNot: [...filesOf(ROOM_NAMES), TEST] },
    to: {},
  },
  {
    name: 'tests',
    severity: 'error',
    comment: 'Nothing but tests imports tests or their support.',
    from: { path: '^(src|workers|scripts)/', pathNot: TEST },
    to: { path: ['^tests/', TEST] },
  },
  {
    name: 'resolved',
    severity: 'error',
    comment: 'An import that leads nowhere cannot be judged.',
    from: { path: '^(src|workers)/' },
    to: { couldNotResolve: true, path: '^[.#]' },
  },
];
