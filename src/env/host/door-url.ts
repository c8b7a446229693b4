/** How a user's module finds `defineEnvironment` and its like: in a module made of nothing but an address. */
const KEY = 'mailgym.door';

/** What `import … from 'mailgym'` can name in a user's file. */
const NAMES = ['defineEnvironment', 'tool', 'z', 'count', 'real', 'onOff', 'text', 'choice'] as const;
export type Door = Readonly<Record<(typeof NAMES)[number], unknown>>;

export const DOOR_MODULE = `export const { ${NAMES.join(', ')} } = globalThis[Symbol.for(${JSON.stringify(KEY)})];`;
export const DOOR_URL = `data:text/javascript,${encodeURIComponent(DOOR_MODULE).replaceAll("'", '%27')}`;

/** To be called in the guest, before it imports a module. */
export function openDoor(door: Door): void {
  Object.defineProperty(globalThis, Symbol.for(KEY), { value: door });
}
