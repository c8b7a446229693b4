/** Building DOM nodes. Text only ever enters through text nodes, so data can never become markup. */

type Listeners = { [K in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[K]) => void };
type AttributeValue = string | number | boolean | null | undefined;
/** Attribute values as HTML writes them; `true` is an empty attribute, `false`, null and undefined leave it out. */
export type Attributes = { readonly on?: Listeners } & {
  readonly [name: string]: AttributeValue | Listeners;
};
export type Child = Node | string | null | false;

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'on') continue;
    setAttribute(node, name, value as AttributeValue);
  }
  for (const [type, listener] of Object.entries(attributes.on ?? {})) {
    node.addEventListener(type, listener as EventListener);
  }
  append(node, children);
  return node;
}

export function setAttribute(node: Element, name: string, value: AttributeValue): void {
  if (value === null || value === undefined || value === false) node.removeAttribute(name);
  else node.setAttribute(name, value === true ? '' : String(value));
}

function append(node: Node, children: readonly Child[]): void {
  for (const child of children) {
    if (child === null || child === false) continue;
    node.appendChild(typeof child === 'string' ? document.createTextNode(child) : child);
  }
}

/** Replaces everything inside `node`. */
export function fill(node: Element, ...children: Child[]): void {
  node.replaceChildren();
  append(node, children);
}

/** Sets text only when it differs, so that live regions do not announce the same words again. */
export function setText(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** Text for screen readers only. */
export function hidden(text: string): HTMLElement {
  return el('span', { class: 'visually-hidden' }, text);
}

let serial = 0;
/** An id that is unique in the page, for labels and descriptions. */
export function uniqueId(prefix: string): string {
  return `${prefix}-${++serial}`;
}

/** Hands bytes to the browser's download. */
export function download(name: string, bytes: Uint8Array, type: string): void {
  const blob = new Blob([new Uint8Array(bytes)], { type });
  const url = URL.createObjectURL(blob);
  const link = el('a', { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  // The download has taken its own reference by then; revoking at once cancels it in some browsers.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
