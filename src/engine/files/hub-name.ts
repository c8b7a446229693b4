/** What `hub:…` names. */
import { PolicyError } from '../../errors/policy';

/** A model on a hub: a repository, at a revision, and a place in it. */
export interface HubName {
  /** `owner/name`. */
  readonly repository: string;
  /** Branch, tag or commit. */
  readonly revision: string;
  /** Folder inside the repository, '' for its top; else with a slash at its end. */
  readonly folder: string;
  /** The one file in that folder that is the model (GGUF), or null for a model folder. */
  readonly file: string | null;
}

/** Revisions hold a slash only where they are the hub's own references, as of pull requests. */
const FORM = /^(\w[\w.-]*\/\w[\w.-]*?)(?:@(refs\/\w+\/[\w.-]+|[\w.%-]+))?((?:\/[^/?#]+)*)\/?$/;

/**
 * Reads `owner/name`, `owner/name@revision`, `owner/name@revision/folder` and `owner/name/folder/model.gguf`. A revision
 * with other slashes has them as `%2F`.
 * @throws PolicyError
 */
export function parseHubName(text: string): HubName {
  const [, repository, revision, rest = ''] = FORM.exec(text) ?? [];
  const parts = rest.split('/').filter((part) => part !== '');
  if (repository === undefined || parts.some((part) => /^\.+$/.test(part) || hasControl(part))) {
    throw PolicyError.of('policy/no-hub-name', { name: text });
  }
  const { folder, file } = placeOf(parts.join('/'));
  return { repository, revision: revision === undefined ? 'main' : decoded(revision), folder, file };
}

/** Splits a path at its last part where that is a file that holds a whole model. */
export function placeOf(path: string): Pick<HubName, 'folder' | 'file'> {
  const clean = path.replace(/\/+$/, '');
  if (clean === '') return { folder: '', file: null };
  if (!isModelFile(clean)) return { folder: `${clean}/`, file: null };
  const cut = clean.lastIndexOf('/') + 1;
  return { folder: clean.slice(0, cut), file: clean.slice(cut) };
}

/** Whether a path is that of a file which holds a whole model. */
export function isModelFile(path: string): boolean {
  return /\.gguf$/i.test(path);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function hasControl(text: string): boolean {
  return [...text].some((char) => char < ' ' || char === '\u007f');
}
